"""Who should have which calendar entries in a meeting. For the system only: there is no viewer and no access check."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, or_, select, true

from dialogues.agenda.entries.rules import Access, EntryContent, EntryObject, Reach
from dialogues.agenda.versions.rules import Admits, open_to
from dialogues.core.accounts.models import SecretLink
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.extensions import db
from dialogues.lib.ical import vtimezone
from dialogues.lib.ical.parts import Profile, Role, State
from dialogues.lib.wall_time import WallClock
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Person
from dialogues.meetings.dialogues.queries import meetings as dialogues
from dialogues.meetings.dialogues.rules.kinds import Capacity, Existence, MeetingStatus
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.queries import YIELDING, in_force, in_window, observes_in, roles_of
from dialogues.meetings.venues.models import Venue
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import frame as participants
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import FEED_OWN, Condition, Scope, scopes
from dialogues.policy import Role as PolicyRole

_STATES = {MeetingStatus.PROVISIONAL: State.TENTATIVE, MeetingStatus.CANCELLED: State.CANCELLED}
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all entries of a meeting have in common."""

    state: State
    venue: str
    city: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingContext:
    meeting: Meeting
    dialogue: Dialogue
    venue_name: str

    @property
    def state(self) -> State:
        return _STATES.get(self.meeting.status, State.CONFIRMED)

    @property
    def shared(self) -> Shared:
        return Shared(self.state, self.venue_name, self.meeting.city or "")

    @property
    def is_confidential(self) -> bool:
        return Existence.CONFIDENTIAL in {self.meeting.existence, self.dialogue.existence}

    @property
    def feeds_open(self) -> bool:
        return not self.is_confidential

    @property
    def mails_sessions(self) -> bool:
        """Returns whether each session is emailed instead of the meeting. Emails tell no times of confidential ones."""
        meeting = self.meeting
        return not self.is_confidential and meeting.invites.are_per_session(meeting.starts_on, meeting.ends_on)

    def profile_of(self, person: Any) -> Profile:
        """Returns the profile of a person's entries: the meeting's setting, or less if the person chose so."""
        return Profile.FULL if participants.is_named(self.meeting, self.dialogue, person) else Profile.DISCREET

    def reads_now(self, roles: Iterable[PolicyRole], now: datetime) -> bool:
        """Returns whether these roles may read their own sessions at that time, with more than times and places."""
        met = frozenset({Condition.WINDOW}) if in_window(self.meeting, now) else frozenset[Condition]()
        return Scope.OWN in scopes(FEED_OWN, roles, met)


@dataclass(slots=True, kw_only=True)
class Guest:
    """A person in a meeting. `umbrella` is their calendar role in the entry of the whole meeting, None if they have
    none.
    """

    person_id: UUID
    email: str | None
    profile: Profile
    roles: frozenset[PolicyRole] = frozenset()
    umbrella: Role | None = None

    @property
    def access(self) -> Access:
        # Access windows are checked when an entry is read, because no event marks their opening and closing.
        found = scopes(FEED_OWN, self.roles, frozenset(Condition))
        return Access(self.profile, _reach(self.roles) if Scope.OWN in found else Reach.NOTHING, Scope.PLACES in found)


def _reach(roles: Iterable[PolicyRole]) -> Reach:
    admits = open_to(roles)
    if Admits.PARTICIPANTS in admits:
        return Reach.TABLE
    return Reach.OBSERVERS if admits else Reach.NAMED


def meeting_context(meeting_id: UUID) -> MeetingContext:
    found = db.session.execute(
        select(Meeting, Dialogue, Venue.name)
        .join(Dialogue, Dialogue.id == Meeting.dialogue_id)
        .outerjoin(Venue, Venue.id == Meeting.venue_id)
        .where(Meeting.id == meeting_id)
    ).one()
    return MeetingContext(meeting=found[0], dialogue=found[1], venue_name=found[2] or "")


@reading(Purpose.FOLLOW_UP)
def guests(here: MeetingContext, only: Collection[UUID] | None = None) -> dict[UUID, Guest]:
    """Returns everyone with a role in force, or a confirmed participation, in the meeting; two queries."""
    values = _values(here.meeting, only)
    found: dict[UUID, Guest] = {}
    for row in db.session.execute(_holders(everyone=only is None), values):
        guest = found.setdefault(row.id, _guest(here, row))
        guest.roles |= roles_of(row.role, observes=row.observes)
    for row in db.session.execute(_confirmed(everyone=only is None), values):
        guest = found.setdefault(row.id, _guest(here, row))
        guest.umbrella = _meeting_role(row.capacity, guest.roles)
    return found


def _meeting_role(capacity: Capacity, roles: Collection[PolicyRole]) -> Role:
    if PolicyRole.CO_CHAIR in roles:
        return Role.CHAIR
    return Role.REQUIRED if capacity is Capacity.PARTICIPANT else Role.OBSERVER


@reading(Purpose.FOLLOW_UP)
def unanswered(meeting_id: UUID) -> list[UUID]:
    """Returns the people with an email address who were invited and have not answered."""
    query = (
        select(Person.id)
        .join(Participation, Participation.person_id == Person.id)
        .where(Participation.meeting_id == meeting_id, Participation.status == ParticipationStatus.INVITED)
        .where(Person.email.is_not(None))
        .order_by(Person.id)
    )
    return list(db.session.scalars(query))


@reading(Purpose.FOLLOW_UP)
def with_address(people: Collection[UUID]) -> set[UUID]:
    if not people:
        return set()
    return set(db.session.scalars(select(Person.id).where(Person.id.in_(people), Person.email.is_not(None))))


@reading(Purpose.FOLLOW_UP)
def people_of_accounts(account_ids: Collection[UUID]) -> list[UUID]:
    return list(db.session.scalars(select(Person.id).where(Person.account_id.in_(account_ids)).order_by(Person.id)))


@reading(Purpose.FOLLOW_UP)
def feed_owners(people: Collection[UUID]) -> set[UUID]:
    """Returns those of these people who have a feed address."""
    owners = select(SecretLink.subject).where(
        SecretLink.purpose == LinkPurpose.FEED, SecretLink.revoked_at.is_(None), SecretLink.subject.in_(people)
    )
    return set(db.session.scalars(owners))


@reading(Purpose.FOLLOW_UP)
def restricted(meeting_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Returns those of these people whose role in the meeting is overridden by an observer's part that they were
    offered.
    """
    meeting = db.session.get_one(Meeting, meeting_id)
    found = _holders(everyone=False).where(RoleGrant.role.in_(YIELDING), observes_in(meeting.id))
    return {row.id for row in db.session.execute(found, _values(meeting, people))}


def meetings_of(dialogue_id: UUID, meeting_id: UUID | None) -> list[UUID]:
    if meeting_id is not None:
        return [meeting_id]
    return list(db.session.scalars(select(Meeting.id).where(Meeting.dialogue_id == dialogue_id).order_by(Meeting.id)))


def _guest(here: MeetingContext, row: Any) -> Guest:
    return Guest(person_id=row.id, email=row.email, profile=here.profile_of(row))


def _values(meeting: Meeting, only: Collection[UUID] | None) -> dict[str, Any]:
    return {"dialogue": meeting.dialogue_id, "meeting": meeting.id, "only": list(only or ())}


def _among(*, everyone: bool) -> ColumnElement[bool]:
    return true() if everyone else Person.id.in_(bindparam("only", type_=Uuid(), expanding=True))


_MEETING_ID, _DIALOGUE_ID = bindparam("meeting", type_=Uuid()), bindparam("dialogue", type_=Uuid())


# Built once, because building it takes longer than reading the rows of one person.
@cache
def _holders(*, everyone: bool) -> Any:
    observes = observes_in(_MEETING_ID)
    return (
        select(Person.id, Person.email, Person.always_discreet, RoleGrant.role, observes.label("observes"))
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.dialogue_id == _DIALOGUE_ID,
            or_(RoleGrant.meeting_id.is_(None), RoleGrant.meeting_id == _MEETING_ID),
            in_force(),
            _among(everyone=everyone),
        )
    )


@cache
def _confirmed(*, everyone: bool) -> Any:
    return (
        select(Person.id, Person.email, Person.always_discreet, Participation.capacity)
        .join(Participation, Participation.person_id == Person.id)
        .where(
            Participation.meeting_id == _MEETING_ID,
            Participation.status == ParticipationStatus.CONFIRMED,
            _among(everyone=everyone),
        )
    )


def wanted_entries(
    here: MeetingContext, people: Iterable[Guest]
) -> Iterator[tuple[UUID, EntryObject, UUID, EntryContent]]:
    """Yields every umbrella entry that these guests should have now: (person, kind, meeting, content).

    There are none in a meeting whose sessions are emailed. Sessions are derived (`queries.derived`).
    """
    for guest in people:
        if guest.umbrella is not None and not here.mails_sessions:
            content = _umbrella_content(here, guest.profile, guest.umbrella)
            yield guest.person_id, EntryObject.MEETING, here.meeting.id, content


def session_content(shared: Shared, frozen: Mapping[str, Any], profile: Profile) -> EntryContent:
    starts, ends, local_start, local_end = (
        datetime.fromisoformat(frozen[name]) for name in ("starts", "ends", "local_start", "local_end")
    )
    return _content(
        shared,
        profile,
        frozen["title"],
        frozen["rooms"],
        role=Role.REQUIRED,
        short_code=frozen["short_code"],
        local_start=local_start,
        local_end=local_end,
        fold_start=WallClock.at(starts, local_start, frozen["zone"]).fold,
        fold_end=WallClock.at(ends, local_end, frozen["zone"]).fold,
        zone=frozen["zone"],
        starts_utc=starts,
        ends_utc=ends,
        all_day=False,
        transparent=False,
    )


def _umbrella_content(here: MeetingContext, profile: Profile, role: Role) -> EntryContent:
    """Returns the entry of the whole meeting: all day and shown as free, so that sessions do not conflict with it."""
    meeting = here.meeting
    days = dialogues.days_of(meeting)
    local_start = datetime.combine(days.first, _MIDNIGHT)
    local_end = datetime.combine(days.last + timedelta(days=1), _MIDNIGHT)
    return _content(
        here.shared,
        profile,
        meeting.title or meeting.code,
        (),
        role=role if profile is Profile.FULL else Role.REQUIRED,
        short_code="",
        local_start=local_start,
        local_end=local_end,
        fold_start=0,
        fold_end=0,
        zone=meeting.zone,
        starts_utc=vtimezone.instant(local_start, meeting.zone, skipped=True),
        ends_utc=vtimezone.instant(local_end, meeting.zone, skipped=True),
        all_day=True,
        transparent=True,
    )


def _content(shared: Shared, profile: Profile, title: str, rooms: Iterable[str], **more: Any) -> EntryContent:
    full = profile is Profile.FULL
    places = (*rooms, shared.venue, shared.city)
    return EntryContent(
        state=shared.state,
        profile=profile,
        title=title if full else "",
        place=", ".join(dict.fromkeys(place for place in places if place)) if full else "",
        city=shared.city,
        **more,
    )
