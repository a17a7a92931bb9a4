"""The draft of the agenda for people who may edit it: sessions, and the rooms and people to choose from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from dialogues.agenda.planning.models import DraftItem, DraftPerson, DraftRoom
from dialogues.agenda.planning.rules import Booking, TimeSlot, first_parts
from dialogues.agenda.versions.models import AgendaSession, Release, ReleaseItem
from dialogues.agenda.versions.queries.published import current_snapshots, is_newest
from dialogues.agenda.versions.rules import (
    Admits,
    Difference,
    Part,
    SessionKind,
    Snapshot,
    differences,
    frozen_times,
    people_by_session,
)
from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.ical.vtimezone import tz_version
from dialogues.lib.refusal import or_not_found
from dialogues.lib.wall_time import WallClock
from dialogues.meetings.dialogues.models import Meeting, Party, Person
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus, Rule
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.queries import counts_at
from dialogues.meetings.venues.models import Room
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import hides_name, shows_name
from dialogues.people.participants.rules.standing import LIVE
from dialogues.policy import AGENDA_EDIT, SESSION_PEOPLE_SEE, Action, Role, Scope


@limits_rows
def visible_drafts(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: sessions of the draft that the action reaches. A viewer sees a whole draft or nothing of it."""
    if viewer.is_system:
        return true()
    if viewer.meeting_id is None or Scope.ALL not in viewer.scopes(action):
        return false()
    return DraftItem.meeting_id == viewer.meeting_id


def planned_meeting(viewer: Viewer) -> Meeting:
    """Returns the meeting whose agenda the viewer edits.

    :raises NotFound: the viewer may not edit it.
    """
    viewer.must(AGENDA_EDIT)
    return db.session.get_one(Meeting, viewer.here)


def meetings_on_older_zone_data(now: datetime) -> list[UUID]:
    """Returns the meetings whose published agenda has a session to come that was computed from other time zone data."""
    query = (
        select(ReleaseItem.meeting_id)
        .join(Release, Release.id == ReleaseItem.release_id)
        .join(Meeting, Meeting.id == ReleaseItem.meeting_id)
        .where(is_newest(), ReleaseItem.tz_version != tz_version(), ReleaseItem.ends_utc > now)
        .where(Meeting.status.in_((MeetingStatus.PROVISIONAL, MeetingStatus.CONFIRMED)))
        .distinct()
    )
    with reading(Purpose.UPKEEP):
        return sorted(db.session.scalars(query))


def rooms_of_venue(meeting: Meeting) -> Sequence[Room]:
    """Returns the rooms of the meeting's venue that are in use, in the order set for the venue."""
    return db.session.scalars(
        select(Room)
        .where(Room.venue_id == meeting.venue_id, Room.retired_at.is_(None))
        .order_by(Room.position, Room.name)
    ).all()


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """A person of the meeting who can get a part in a session. `party` is a party code, or "" for staff."""

    id: UUID
    name: str
    party: str
    roles: frozenset[Role]


def people_of_meeting(viewer: Viewer, meeting: Meeting, hidden_ids: set[UUID] | None = None) -> list[PersonChoice]:
    """Returns the people of the meeting whom the viewer may know, by party in order of precedence, then staff.

    :param hidden_ids: the `hidden_people`, if the caller has them.
    """
    if not viewer.may(SESSION_PEOPLE_SEE):
        return []
    hidden_ids = hidden_people(viewer, meeting) if hidden_ids is None else hidden_ids
    rank_by_party = {party.code: rank for rank, party in enumerate(precedence.parties_in_order(viewer))}
    people = (person for person in members_of_meeting(meeting) if person.id not in hidden_ids)
    return sorted(people, key=lambda person: rank_by_party.get(person.party, len(rank_by_party)))


@reading(Purpose.FILTERED_LATER)
def hidden_people(viewer: Viewer, meeting: Meeting) -> set[UUID]:
    """Returns the ids of people whose name is hidden from this viewer, such as nominees before the exchange."""
    hidden = select(Person.id).where(
        Person.dialogue_id == meeting.dialogue_id, hides_name(viewer, SESSION_PEOPLE_SEE, Person.id)
    )
    return set(db.session.scalars(hidden))


@reading(Purpose.FILTERED_LATER)
def members_of_meeting(meeting: Meeting) -> list[PersonChoice]:
    """Returns everyone with a live participation or a role in the meeting.

    Does no access check: commands validate against it, pages use `people_of_meeting`.
    """
    rows = db.session.execute(
        select(Person.id, Person.name, Party.code, Participation.id.label("participation"), RoleGrant.role)
        .outerjoin(
            Participation,
            (Participation.person_id == Person.id)
            & (Participation.meeting_id == meeting.id)
            & Participation.status.in_(LIVE),
        )
        .outerjoin(Party, Party.id == Participation.party_id)
        .outerjoin(
            RoleGrant,
            (RoleGrant.person_id == Person.id) & counts_at(meeting.id) & RoleGrant.revoked_at.is_(None),
        )
        .where(Person.dialogue_id == meeting.dialogue_id, or_(Participation.id.is_not(None), RoleGrant.id.is_not(None)))
        .order_by(Person.collation, Person.name, Person.id)
    ).all()
    roles: dict[UUID, set[Role]] = {}
    for row in rows:
        roles.setdefault(row.id, set()).update({row.role} - {None})
    people = {row.id: PersonChoice(row.id, row.name, row.code or "", frozenset(roles[row.id])) for row in rows}
    return list(people.values())


@dataclass(frozen=True, slots=True)
class DraftSession:
    """A session of the draft with rooms (id to name) and people in display order."""

    item: DraftItem
    id: UUID
    meeting_id: UUID
    short_code: str
    code: str
    title: str
    kind: SessionKind
    rule: Rule
    admits: Admits
    slot: TimeSlot
    languages: tuple[str, ...]
    version: int
    rooms: Mapping[UUID, str]
    people: tuple[tuple[UUID, Part], ...]

    @property
    def booking(self) -> Booking:
        return Booking(self.id, self.title, self.slot, self.rooms, first_parts(self.people))

    def with_part(self, part: Part) -> list[UUID]:
        return [person for person, theirs in self.people if theirs is part]

    @property
    def by_part(self) -> list[tuple[Part, list[UUID]]]:
        return [(part, self.with_part(part)) for part in Part if self.with_part(part)]

    @property
    def snapshot(self) -> Snapshot:
        """The session as a version would store it."""
        frozen: dict[str, Any] = {
            "short_code": self.short_code,
            "code": self.code,
            "title": self.title,
            "kind": self.kind.value,
            "rule": self.rule.value,
            "admits": self.admits.value,
            **frozen_times(self.slot.starts, self.slot.ends),
            "rooms": list(self.rooms.values()),
            "languages": list(self.languages),
        }
        return Snapshot(self.id, frozen, self.people)


def draft(viewer: Viewer, meeting: Meeting, *conditions: ColumnElement[bool]) -> list[DraftSession]:
    """Returns the sessions of the draft in order of time; the instants are computed from local time and zone."""
    return drafts({meeting.id: meeting.zone}, and_(visible_drafts(viewer, AGENDA_EDIT), *conditions))[meeting.id]


def sessions_near(viewer: Viewer, meeting: Meeting, session_id: UUID, slot: TimeSlot) -> list[DraftSession]:
    """Returns the session and those that may overlap the slot, also if the clocks change in between."""
    near = and_(
        DraftItem.local_start < slot.ends.local + timedelta(days=1),
        DraftItem.local_end > slot.starts.local - timedelta(days=1),
    )
    return draft(viewer, meeting, or_(DraftItem.session_id == session_id, near))


def drafts(zones: Mapping[UUID, str], condition: ColumnElement[bool]) -> dict[UUID, list[DraftSession]]:
    """Returns the drafts of several meetings (id to zone).

    :param condition: from `visible_drafts`, for one viewer or several.
    """
    found: dict[UUID, list[DraftSession]] = {meeting_id: [] for meeting_id in zones}
    if not zones:
        return found
    items = db.session.execute(
        select(DraftItem, AgendaSession.short_code)
        .join(AgendaSession, AgendaSession.id == DraftItem.session_id)
        .where(condition, DraftItem.meeting_id.in_(list(zones)))
    ).all()
    rooms = _rooms(and_(condition, DraftItem.meeting_id.in_(list(zones))))
    people = people_by_session(
        db.session.execute(
            select(DraftPerson.session_id, DraftPerson.person_id, DraftPerson.part, DraftPerson.position)
            .join(DraftItem, DraftItem.session_id == DraftPerson.session_id)
            .where(condition, DraftItem.meeting_id.in_(list(zones)))
        )
    )
    for item, short_code in items:
        own_rooms, own_people = rooms.get(item.session_id, {}), people.get(item.session_id, ())
        session = _draft_session(item, short_code, zones[item.meeting_id], own_rooms, own_people)
        found[item.meeting_id].append(session)
    for sessions in found.values():
        sessions.sort(key=lambda session: (session.slot.starts_utc, session.slot.ends_utc, str(session.id)))
    return found


def _draft_session(
    item: DraftItem, short_code: str, zone: str, rooms: Mapping[UUID, str], people: tuple[tuple[UUID, Part], ...]
) -> DraftSession:
    starts = WallClock(item.local_start, zone, item.fold_start)
    ends = WallClock(item.local_end, zone, item.fold_end)
    return DraftSession(
        item=item,
        id=item.session_id,
        meeting_id=item.meeting_id,
        short_code=short_code,
        code=item.code,
        title=item.title,
        kind=item.kind,
        rule=item.rule,
        admits=item.admits,
        slot=TimeSlot(starts, ends),
        languages=tuple(item.languages),
        version=item.version,
        rooms=rooms,
        people=people,
    )


def draft_as_seen(viewer: Viewer, meeting: Meeting) -> tuple[list[DraftSession], list[PersonChoice], list[Difference]]:
    """Returns the draft with only the people whom this viewer may know, the people to choose from, and the changes.

    Hidden people are removed before changes and warnings are computed, so that none of them and no gap reveals them.
    """
    sees_people = viewer.may(SESSION_PEOPLE_SEE)
    hidden_ids = hidden_people(viewer, meeting) if sees_people else set[UUID]()

    def known(people: Iterable[tuple[UUID, Part]]) -> tuple[tuple[UUID, Part], ...]:
        return tuple(named for named in people if sees_people and named[0] not in hidden_ids)

    sessions = [replace(session, people=known(session.people)) for session in draft(viewer, meeting)]
    published = {
        session_id: replace(snapshot, people=known(snapshot.people))
        for session_id, snapshot in current_snapshots(viewer, meeting.id).items()
    }
    changes = differences(published, {session.id: session.snapshot for session in sessions})
    return sessions, people_of_meeting(viewer, meeting, hidden_ids), changes


def draft_session(viewer: Viewer, meeting: Meeting, session_id: UUID) -> DraftSession:
    """:raises NotFound: there is none, or the viewer may not edit this agenda."""
    return or_not_found(next(iter(draft(viewer, meeting, DraftItem.session_id == session_id)), None))


def _rooms(condition: ColumnElement[bool]) -> dict[UUID, dict[UUID, str]]:
    rooms: dict[UUID, dict[UUID, str]] = {}
    for row in db.session.execute(
        select(DraftRoom.session_id, Room.id, Room.name)
        .join(Room, Room.id == DraftRoom.room_id)
        .join(DraftItem, DraftItem.session_id == DraftRoom.session_id)
        .where(condition)
        .order_by(Room.position, Room.name)
    ):
        rooms.setdefault(row.session_id, {})[row.id] = row.name
    return rooms


def names_of(viewer: Viewer, meeting: Meeting) -> dict[UUID, str]:
    """Returns the names of people with a part in the draft whom the viewer may know, also if they have left the
    meeting.
    """
    if not viewer.may(SESSION_PEOPLE_SEE):
        return {}
    named = select(DraftPerson.person_id).join(DraftItem, DraftItem.session_id == DraftPerson.session_id)
    people = db.session.execute(
        select(Person.id, Person.name).where(
            Person.dialogue_id == meeting.dialogue_id,
            Person.id.in_(named.where(DraftItem.meeting_id == meeting.id)),
            shows_name(viewer, SESSION_PEOPLE_SEE, Person.id),
        )
    )
    return {row.id: row.name for row in people}


def unreleased(viewer: Viewer, meeting: Meeting, sessions: Iterable[DraftSession]) -> list[Difference]:
    drafted = {session.id: session.snapshot for session in sessions}
    return differences(current_snapshots(viewer, meeting.id), drafted)
