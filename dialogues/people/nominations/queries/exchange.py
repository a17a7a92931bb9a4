"""The exchange: its time, proposals for it, and list changes after it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy import exists, select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Exchange, Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.queries.meetings import registration_window
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus, PartyKind
from dialogues.meetings.roles.queries import belongs_to
from dialogues.people.nominations.rules import NOTICE, Setter
from dialogues.people.participants.models import ListChange, Participation
from dialogues.people.participants.queries.news import holders
from dialogues.people.participants.queries.visibility import english, may_read_changes_of, native_script, person_of
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.policy import EXCHANGE_FIX, PARTICIPANTS_SEE


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Time of the exchange. It does not reveal which parties have submitted."""

    sealed_until: datetime | None = None
    opened_at: datetime | None = None

    def may_be_withdrawn(self, now: datetime) -> bool:
        # A single nominee can still be withdrawn, because people fall ill, but not the last one on a list.
        return self.opened_at is None and (self.sealed_until is None or now < self.sealed_until - NOTICE)


def moment_of(meeting_id: UUID) -> Moment:
    """Returns the time of the exchange. Does no access check: the viewer has to know the meeting already."""
    row = db.session.get(Exchange, meeting_id)
    return Moment(sealed_until=row.sealed_until, opened_at=row.opened_at) if row else Moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposed time that waits for a second person; `until` is None for no set time."""

    until: datetime | None
    by: Setter


def proposal(viewer: Viewer, meeting_id: UUID) -> Proposal | None:
    """Returns the pending proposal; None if the viewer may not set the time, or the proposer no longer may."""
    row = db.session.get(Exchange, meeting_id) if viewer.may(EXCHANGE_FIX) else None
    if row is None or row.proposed_by is None:
        return None
    by = setter(meeting_id, row.proposed_by)
    return Proposal(until=row.proposed_until, by=by) if by.may_set else None


def moment_mark(meeting_id: UUID) -> int:
    """Checksum of the time and its proposal, for optimistic locking."""
    row = db.session.get(Exchange, meeting_id)
    if row is None:
        return 0
    return crc32(repr((row.sealed_until, row.proposed_until, row.proposed_by, row.proposed_at)).encode())


@reading(Purpose.CHECK)
def setter(meeting_id: UUID, person_id: UUID) -> Setter:
    """Returns a person's current roles and parties for setting the time. For checks; only the name is shown."""
    meeting = db.session.get_one(Meeting, meeting_id)
    person = db.session.get_one(Person, person_id)
    held = holders(meeting_id, person_id).get(person_id)
    own = (Party.dialogue_id == meeting.dialogue_id, belongs_to(Party.id, person_id, meeting_id))
    return Setter(
        person_id=person_id,
        name=person.name,
        account_id=person.account_id,
        roles=held.roles if held else frozenset(),
        parties=frozenset(db.session.scalars(select(Party.id).where(*own))),
    )


def is_to_open(meeting_id: UUID, now: datetime) -> bool:
    """Whether the lists are still sealed and the exchange is due. For checks; never shown to a viewer.

    It is due at the set time or, if none is set, when all parties have submitted. It does not wait for the lists of
    observing organisations.
    """
    moment, meeting = moment_of(meeting_id), db.session.get_one(Meeting, meeting_id)
    if moment.opened_at is not None or not registration_window(meeting).takes_place:
        return False
    if moment.sealed_until is not None:
        return moment.sealed_until <= now
    submitted = db.session.scalars(
        select(MeetingParty.submitted_at)
        .join(Party, Party.id == MeetingParty.party_id)
        .where(MeetingParty.meeting_id == meeting_id, Party.kind != PartyKind.OBSERVER)
    ).all()
    return bool(submitted) and None not in submitted


def meetings_to_open(now: datetime) -> list[UUID]:
    """Returns the meetings whose exchange is due. Uses one query for the sealed meetings, then two or more for each."""
    sealed = (
        select(Meeting.id)
        .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
        .where(Exchange.opened_at.is_(None), Meeting.status.in_((MeetingStatus.PROVISIONAL, MeetingStatus.CONFIRMED)))
        .order_by(Meeting.id)
    )
    return [meeting_id for meeting_id in db.session.scalars(sealed).all() if is_to_open(meeting_id, now)]


#: Limit of shown changes; the list itself shows the current state.
MAX_ANNOUNCED = 100


def announced(viewer: Viewer) -> list[tuple[Any, str]]:
    """Returns list changes after the exchange, newest first, each with the name of the replaced person, if any.

    People the viewer may not see are left out. People who left are shown to viewers who could see them before.
    """
    rows = db.session.execute(
        select(
            ListChange.kind,
            ListChange.at,
            ListChange.instead_of,
            Person.name,
            native_script(viewer, PARTICIPANTS_SEE).label("native"),
            Party.code.label("party_code"),
            english().label("party_name"),
        )
        .join(Participation, Participation.id == ListChange.participation_id)
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .where(may_read_changes_of(viewer))
        .order_by(ListChange.at.desc(), Person.collation, ListChange.id)
        .limit(MAX_ANNOUNCED)
    ).all()
    former_names = _names(viewer, {row.instead_of for row in rows if row.instead_of is not None})
    return [(row, former_names.get(row.instead_of, "")) for row in rows]


def _names(viewer: Viewer, participations: Collection[UUID]) -> dict[UUID, str]:
    """Returns names of replaced people, only of those who were on an exchanged list."""
    left = exists().where(ListChange.participation_id == Participation.id, ListChange.kind == ListChangeKind.LEFT)
    named = (
        select(Participation.id, Person.name)
        .join(Person, person_of())
        .where(may_read_changes_of(viewer), left, Participation.id.in_(participations))
    )
    return {row.id: row.name for row in db.session.execute(named)}
