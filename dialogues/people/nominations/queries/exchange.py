"""The exchange of sealed lists: when it opens, whom it is told, and what changed on opened lists."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zlib import crc32

from sqlalchemy import exists, select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Exchange, Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus, PartyKind
from dialogues.meetings.roles.queries import belongs_to
from dialogues.people.nominations.rules import Setter, is_due, is_frozen
from dialogues.people.participants.models import ListChange, Participation
from dialogues.people.participants.queries.news import holders
from dialogues.people.participants.queries.visibility import may_read_changes_of, native_script, person_of
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.policy import EXCHANGE_FIX, PARTICIPANTS_SEE


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When the lists of a meeting open or opened; who has lodged does not follow from it."""

    sealed_until: datetime | None
    opened_at: datetime | None

    def may_be_withdrawn(self, now: datetime) -> bool:
        """Whether a list can be withdrawn as a whole at that time."""
        return self.opened_at is None and not is_frozen(self.sealed_until, now)


def moment_of(meeting_id: UUID) -> Moment:
    """When the lists of a meeting open, for those who may know that it takes place."""
    row = db.session.get(Exchange, meeting_id)
    return Moment(
        sealed_until=row.sealed_until if row else None,
        opened_at=row.opened_at if row else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Another time for the exchange, which waits for a second person; `until` None: no set time."""

    until: datetime | None
    by: Setter
    name: str


def proposal(viewer: Viewer, meeting_id: UUID) -> Proposal | None:
    """What is proposed for the exchange, for those who may set its time; None also once the proposer may not."""
    row = db.session.get(Exchange, meeting_id) if viewer.may(EXCHANGE_FIX) else None
    if row is None or row.proposed_by is None:
        return None
    by = setter(meeting_id, row.proposed_by)
    name = db.session.get_one(Person, row.proposed_by).name
    return Proposal(until=row.proposed_until, by=by, name=name) if by.may_set else None


def moment_mark(meeting_id: UUID) -> int:
    """A number that differs once the time of the exchange or what is proposed for it has changed."""
    row = db.session.get(Exchange, meeting_id)
    if row is None:
        return 0
    return crc32(repr((row.sealed_until, row.proposed_until, row.proposed_by, row.proposed_at)).encode())


def setter(meeting_id: UUID, person_id: UUID) -> Setter:
    """Who somebody is for the time of the exchange, by the roles that they hold now; read by the house."""
    meeting = db.session.get_one(Meeting, meeting_id)
    held = holders(meeting_id, person_id).get(person_id)
    sides = select(Party.id).where(
        Party.dialogue_id == meeting.dialogue_id, belongs_to(Party.id, person_id, meeting_id)
    )
    return Setter(
        person_id=person_id,
        account_id=db.session.get_one(Person, person_id).account_id,
        roles=held.roles if held else frozenset(),
        parties=frozenset(db.session.scalars(sides)),
    )


def is_to_open(meeting_id: UUID, now: datetime) -> bool:
    """Whether the lists of this meeting are sealed still and due to open; observing organisations keep nobody waiting.

    Read by the house, shown to nobody.
    """
    exchange, meeting = db.session.get(Exchange, meeting_id), db.session.get_one(Meeting, meeting_id)
    over = {MeetingStatus.CANCELLED, MeetingStatus.CLOSED}
    if meeting.status in over or (exchange is not None and exchange.opened_at is not None):
        return False
    submitted = db.session.scalars(
        select(MeetingParty.submitted_at)
        .join(Party, Party.id == MeetingParty.party_id)
        .where(MeetingParty.meeting_id == meeting_id, Party.kind != PartyKind.OBSERVER)
    ).all()
    return is_due(exchange.sealed_until if exchange else None, [at is not None for at in submitted], now)


def meetings_to_open(now: datetime) -> list[UUID]:
    """The meetings whose lists are due to open; one query to find the sealed ones, which are few."""
    sealed = (
        select(Meeting.id)
        .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
        .where(Exchange.opened_at.is_(None), Meeting.status.in_((MeetingStatus.PROVISIONAL, MeetingStatus.CONFIRMED)))
        .order_by(Meeting.id)
    )
    return [meeting_id for meeting_id in db.session.scalars(sealed).all() if is_to_open(meeting_id, now)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A change of an opened list, as far as the reader may know of the people in it."""

    kind: ListChangeKind
    at: datetime
    name: str
    native: str
    instead_of: str
    party_code: str
    party_name: str


#: As many as one reads at a glance; the list itself says how it stands.
MOST_ANNOUNCED = 100


def announced(viewer: Viewer) -> list[Announced]:
    """What changed since the lists were opened, the newest first: who joined or replaced someone, and who left.

    Whom the reader may not see is not named here either: someone who left is told to those who saw them come.
    """
    rows = db.session.execute(
        select(
            ListChange.kind,
            ListChange.at,
            ListChange.instead_of,
            Person.name,
            native_script(viewer, PARTICIPANTS_SEE).label("native"),
            Party.code.label("party_code"),
            Party.names.label("party_names"),
        )
        .join(Participation, Participation.id == ListChange.participation_id)
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .where(may_read_changes_of(viewer))
        .order_by(ListChange.at.desc(), Person.collation, ListChange.id)
        .limit(MOST_ANNOUNCED)
    ).all()
    before = _names(viewer, {row.instead_of for row in rows})
    return [
        Announced(
            kind=row.kind,
            at=row.at,
            name=row.name,
            native=row.native,
            instead_of=before.get(row.instead_of, ""),
            party_code=row.party_code,
            party_name=row.party_names.get("en", row.party_code),
        )
        for row in rows
    ]


def _names(viewer: Viewer, participations: Collection[UUID | None]) -> dict[UUID | None, str]:
    """Whoever left an opened list, by name; who was replaced before they had stood on one is told to nobody."""
    left = exists().where(ListChange.participation_id == Participation.id, ListChange.kind == ListChangeKind.LEFT)
    named = (
        select(Participation.id, Person.name)
        .join(Person, person_of())
        .where(
            may_read_changes_of(viewer), left, Participation.id.in_([one for one in participations if one is not None])
        )
    )
    return {row.id: row.name for row in db.session.execute(named)}
