"""Steps that bring LVR-1 to and through the exchange of its lists."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Exchange
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.jobs import open_due_lists
from dialogues.people.nominations.queries import exchange as nominations_exchange
from dialogues.people.participants import operations as participants
from dialogues.people.participants.models import ListChange, Participation
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.roster.queries import listing as roster
from dialogues.people.roster.queries.listing import ListFilter
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast

#: The exchange time that the co-chairs of LVR-1 set: 2 August 2027, 10:00 in Vevey.
MOMENT = datetime.fromisoformat("2027-08-02T10:00+02:00")
NOT_SUBMITTED = ("CN", "KP", "KR", "JP")


def viewer(cast: Cast, name: str, now: datetime = BEFORE_LVR_1) -> Any:
    return cast.viewer(name, meeting="LVR-1", now=now)


def lvr(cast: Cast, rest: str = "") -> str:
    return f"/meetings/{cast.meeting('LVR-1')}{rest}"


def listed(cast: Cast, name: str) -> set[str]:
    """The codes of the parties whose people this persona sees on the list of LVR-1."""
    found = roster.participants(viewer(cast, name, clock.now()), ListFilter())
    return {line.party_code for line in found.lines}


def opened_at(cast: Cast) -> datetime | None:
    db.session.rollback()
    return db.session.get_one(Exchange, cast.meeting("LVR-1")).opened_at


def submit_lists(cast: Cast, *codes: str) -> None:
    """Submit the lists of these parties as the coordinator."""
    for code in codes:
        nominations_submitting.submit_list(
            viewer(cast, "st-coord", clock.now()), cast.party(code, "LVR"), now=clock.now()
        )


def propose(cast: Cast, name: str, local: str | None) -> None:
    """Propose an exchange time in the time zone of the place; None proposes to have none."""
    nominations_submitting.propose_exchange(
        viewer(cast, name, clock.now()),
        datetime.fromisoformat(local) if local else None,
        version=nominations_exchange.moment_mark(cast.meeting("LVR-1")),
        now=clock.now(),
    )


def confirm_time(cast: Cast, name: str) -> None:
    """Confirm the proposed time."""
    mark = nominations_exchange.moment_mark(cast.meeting("LVR-1"))
    nominations_submitting.confirm_exchange(viewer(cast, name, clock.now()), version=mark, now=clock.now())


def set_time(cast: Cast, local: str | None, by: tuple[str, str] = ("ch2", "mn1")) -> None:
    """Let one person propose the time and another confirm it."""
    propose(cast, by[0], local)
    confirm_time(cast, by[1])


def set_until(cast: Cast) -> datetime | None:
    """The exchange time in force."""
    db.session.rollback()
    return nominations_exchange.moment_of(cast.meeting("LVR-1")).sealed_until


def clear_time(cast: Cast) -> None:
    set_time(cast, None, ("st-coord", "ch2"))


def confirm(cast: Cast, code: str) -> Participation:
    """Confirm the next invited person of the party without going through a link."""
    found = db.session.execute(
        select(Participation)
        .where(
            Participation.meeting_id == cast.meeting("LVR-1"),
            Participation.party_id == cast.party(code, "LVR"),
            Participation.status == ParticipationStatus.INVITED,
        )
        .order_by(Participation.seat)
        .limit(1)
    ).scalar_one()
    participation_id = found.id
    db.session.rollback()
    with upkeep(system(Purpose.SAMPLE)):
        participation = db.session.get_one(Participation, participation_id)
        participation.status = ParticipationStatus.CONFIRMED
        participants.begin_participation(participation, clock.now())
    db.session.rollback()
    return db.session.get_one(Participation, participation_id)


def changes() -> list[tuple[ListChangeKind, UUID]]:
    db.session.rollback()
    rows = db.session.execute(select(ListChange.kind, ListChange.participation_id).order_by(ListChange.at))
    return [(row.kind, row.participation_id) for row in rows]


def news(kind: EmailKind) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Email.id).where(Email.kind == kind)).all())


def open_lists(cast: Cast) -> None:
    set_clock(cast.app, MOMENT)
    open_due_lists()
    set_clock(cast.app, MOMENT + timedelta(hours=1))


def meeting_id(cast: Cast) -> UUID:
    with cast.app.app_context():
        return cast.meeting("LVR-1")
