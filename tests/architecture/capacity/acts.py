"""What people do to a capacity: nominate, change, replace, withdraw, give seats."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogues.core.common import clock
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import MeetingParty, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants import commands as participants_commands
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import SEATS_EDIT
from tests.cast import Cast

#: The lists of TRD-1 and its registration are open.
BEFORE_TRD_1 = datetime(2027, 5, 10, 9, 0, tzinfo=UTC)
BELOW = tuple(one for one in Capacity if one is not Capacity.PARTICIPANT)
#: The capacities of each kind of party, by hand from the practice page.
ALLOWED = {
    PartyKind.PARTY: frozenset(Capacity),
    PartyKind.HOST: frozenset(Capacity),
    PartyKind.OBSERVER: frozenset(BELOW),
}
OBSERVER_WHO_ASKS = (Capacity.OBSERVER, Capacity.PARTICIPANT)


def at(cast: Cast, name: str) -> Viewer:
    return cast.viewer(name, meeting="TRD-1", now=BEFORE_TRD_1)


def nominate_for(cast: Cast, speaker: str, party: str, name: str = "Vera SMIRNOVA", **facts: Any) -> UUID:
    nominee = Nominee(name=name, **facts)
    return nominations_nominating.nominate(
        at(cast, speaker), cast.party(party), nominee, once=uuid4().hex, now=clock.now()
    )


def state_of(participation_id: UUID) -> tuple[Capacity, Capacity | None, ParticipationStatus, int | None, int | None]:
    db.session.rollback()
    one = db.session.get_one(Participation, participation_id)
    return one.capacity, one.requested_capacity, one.status, one.seat, one.queue_no


def version(participation_id: UUID) -> int:
    db.session.rollback()
    one = db.session.get_one(Participation, participation_id)
    found = one.version + db.session.get_one(Person, one.person_id).version
    db.session.rollback()
    return found


def change(cast: Cast, speaker: str, one: UUID, name: str = "Vera SMIRNOVA", **facts: Any) -> None:
    nominee = Nominee(name=name, **facts)
    nominations_nominating.change_nominee(at(cast, speaker), one, nominee, version=version(one), now=clock.now())


def replace(cast: Cast, speaker: str, one: UUID, name: str, **facts: Any) -> None:
    nominee = Nominee(name=name, **facts)
    mark = uuid4().hex
    nominations_nominating.replace_nominee(
        at(cast, speaker), one, nominee, version=version(one), once=mark, now=clock.now()
    )


def withdraw(cast: Cast, speaker: str, one: UUID) -> None:
    nominations_nominating.withdraw_nominee(at(cast, speaker), one, version=version(one), now=clock.now())


def give_seats(desk: Viewer, party_id: UUID, **seats: int) -> None:
    rows = {one.party_id: one.seats for one in nominations_nominations.seats(desk, SEATS_EDIT)}
    mark = nominations_nominations.seats_mark(desk, SEATS_EDIT)
    nominations_submitting.set_seats(desk, {**rows, party_id: seats}, version=mark, now=clock.now())


def seats_of(party_id: UUID, meeting_id: UUID) -> dict[str, int]:
    db.session.rollback()
    return db.session.get_one(MeetingParty, (meeting_id, party_id)).seats


def participation_of(cast: Cast, name: str) -> UUID:
    found = select(Participation.id).where(
        Participation.meeting_id == cast.meeting(), Participation.person_id == cast.person(name)
    )
    return db.session.execute(found).scalar_one()


def approve(desk: Viewer, one: UUID) -> None:
    participants_commands.approve_participant(desk, one, version=version(one), now=clock.now())


def of_party(cast: Cast, code: str) -> list[Participation]:
    db.session.rollback()
    rows = select(Participation).where(
        Participation.meeting_id == cast.meeting(), Participation.party_id == cast.party(code)
    )
    return list(db.session.scalars(rows).all())


def own_name(cast: Cast) -> str:
    return db.session.get_one(Person, cast.person("jp2")).name


def leave(cast: Cast, desk: Viewer, name: str) -> None:
    """End the focal point's participation; the party has free seats."""
    give_seats(desk, cast.party("JP"), participant=6, observer=2)
    invitations_inviting.take_back(desk, participation_of(cast, name), now=clock.now())


def an_observer(cast: Cast, desk: Viewer, **facts: Any) -> UUID:
    """A seated observer of JP; one more participant and two more observers have seats."""
    give_seats(desk, cast.party("JP"), participant=6, observer=2)
    return nominate_for(cast, "jp2", "JP", capacity=Capacity.OBSERVER, **facts)
