"""Session entries that are not stored: derived from the published agenda and the facts about a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from dialogues.agenda.entries.models import LostEntry, MeetingCalendar, PersonCalendar, SessionCalendar
from dialogues.agenda.entries.queries.guests import Shared, session_content
from dialogues.agenda.entries.rules import Access, EntryContent, EntryObject, FiledEntry, Mark, Reach, entry_uid
from dialogues.agenda.versions.models import AgendaSession, Release, ReleaseItem, ReleasePerson
from dialogues.agenda.versions.queries import published as versions
from dialogues.agenda.versions.rules import Admits, Snapshot
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.ical.parts import Profile, Role, State


@dataclass(frozen=True, slots=True)
class PublishedSession:
    """A session as calendars show it. `last_number` is set if it left the agenda: the last version that had it."""

    admits: Admits
    named: frozenset[UUID]
    contents: Mapping[Profile, EntryContent]
    marks: Mapping[Profile, Mark]
    last_number: int | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """The sessions of a meeting, and how often the meeting has changed for readers of each profile."""

    marks: Mapping[Profile, Mark]
    sessions: Mapping[UUID, PublishedSession]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the session entries of one person depend on; see `PersonCalendar`."""

    access: Access
    mark: Mark
    since_number: int


class Derived(NamedTuple):
    content: EntryContent
    sequence: int
    stamp: Any


def derive(
    agenda: Agenda, person_id: UUID, facts: Facts, session_ids: Iterable[UUID] | None = None
) -> dict[UUID, Derived]:
    """Returns the entries of one person, by session.

    :param session_ids: limits the result to these sessions.
    """
    found = {}
    for session_id in agenda.sessions if session_ids is None else session_ids:
        session = agenda.sessions.get(session_id)
        if session is None:
            continue
        profile = facts.access.profile_for(session.admits, named=person_id in session.named)
        if profile is None or (session.last_number is not None and facts.since_number > session.last_number):
            continue
        marks = agenda.marks[profile], session.marks[profile], facts.mark
        found[session_id] = Derived(
            session.contents[profile], sum(mark.number for mark in marks), max(mark.stamp for mark in marks)
        )
    return found


def newest_release(meeting_id: UUID) -> tuple[UUID | None, int]:
    """Returns id and number of the newest version; (None, 0) before the first."""
    query = select(Release.id, Release.number).where(Release.meeting_id == meeting_id)
    row = db.session.execute(query.order_by(Release.number.desc()).limit(1)).one_or_none()
    return (row.id, row.number) if row else (None, 0)


def version(release_id: UUID | None) -> dict[UUID, Snapshot]:
    """Returns the sessions of one version; empty before the first."""
    if release_id is None:
        return {}
    return versions.snapshots(system(Purpose.FOLLOW_UP), ReleaseItem.release_id == release_id)


def left_agenda(meeting_id: UUID) -> dict[UUID, Snapshot]:
    """Returns the sessions that left the agenda, each as the last version had it."""
    last = exists().where(
        SessionCalendar.session_id == ReleaseItem.session_id,
        SessionCalendar.last_release_id == ReleaseItem.release_id,
        SessionCalendar.meeting_id == meeting_id,
    )
    return versions.snapshots(system(Purpose.FOLLOW_UP), last)


def published_session(
    shared: Shared,
    frozen: Mapping[str, Any],
    named: Iterable[UUID],
    marks: Mapping[Profile, Mark],
    last_number: int | None = None,
    *,
    profiles: Iterable[Profile] = Profile,
) -> PublishedSession:
    contents = {profile: session_content(shared, frozen, profile) for profile in profiles}
    if last_number is not None:
        contents = {profile: replace(content, state=State.CANCELLED) for profile, content in contents.items()}
    return PublishedSession(Admits(frozen["admits"]), frozenset(named), contents, marks, last_number)


def marks_of(row: Any, prefix: str = "") -> dict[Profile, Mark]:
    """Returns how often a session or a meeting has changed, by profile of the reader."""
    discreet, full = (
        Mark(getattr(row, f"{prefix}{name}_number"), getattr(row, f"{prefix}{name}_stamp"))
        for name in ("discreet", "full")
    )
    return {Profile.DISCREET: discreet, Profile.FULL: full}


def facts_of(row: Any) -> Facts:
    return Facts(Access(row.profile, row.reach, row.all_times), Mark(row.number, row.stamp), row.since_number)


#: What a lost entry keeps of its content.
LOST_CONTENT = ("local_start", "local_end", "fold_start", "fold_end", "zone", "starts_utc", "ends_utc", "all_day")

_MARKS = ("discreet_number", "discreet_stamp", "full_number", "full_stamp")

PERSON = (
    PersonCalendar.person_id,
    PersonCalendar.meeting_id,
    PersonCalendar.number,
    PersonCalendar.stamp,
    PersonCalendar.profile,
    PersonCalendar.reach,
    PersonCalendar.all_times,
    PersonCalendar.since_number,
)
_MEETING = (
    MeetingCalendar.uid_key,
    *(getattr(MeetingCalendar, name).label(f"meeting_{name}") for name in _MARKS),
    MeetingCalendar.state,
    MeetingCalendar.venue,
    MeetingCalendar.city,
)
_SESSION = (
    SessionCalendar.session_id,
    *(getattr(SessionCalendar, name) for name in _MARKS),
    SessionCalendar.last_release_number,
    ReleaseItem.frozen,
)


def session_entries(whose: ColumnElement[bool]) -> list[FiledEntry]:
    """Returns derived entries, cancelled ones too, in order of time; one query, which reads only these sessions.

    :param whose: condition of `PersonCalendar`; must be marked for a viewer, or read for a purpose.
    """
    named = exists().where(
        ReleasePerson.release_id == ReleaseItem.release_id,
        ReleasePerson.session_id == ReleaseItem.session_id,
        ReleasePerson.person_id == PersonCalendar.person_id,
    )
    release_id = func.coalesce(SessionCalendar.last_release_id, MeetingCalendar.release_id)
    query = (
        select(*PERSON, *_MEETING, *_SESSION, named.label("named"))
        .join(MeetingCalendar, MeetingCalendar.meeting_id == PersonCalendar.meeting_id)
        .join(SessionCalendar, SessionCalendar.meeting_id == PersonCalendar.meeting_id)
        .join(
            ReleaseItem,
            and_(ReleaseItem.release_id == release_id, ReleaseItem.session_id == SessionCalendar.session_id),
        )
        .where(whose, _reached(named))
    )
    found = [entry for row in db.session.execute(query) for entry in _entries(row)]
    return sorted(found, key=attrgetter("content.starts_utc", "uid"))


def _reached(named: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL form of `Access.profile_for`, so that only the person's own sessions are loaded."""
    roles = (Reach.OBSERVERS, Reach.TABLE)
    let_in = (and_(PersonCalendar.reach == reach, ReleaseItem.admits.in_(reach.admits)) for reach in roles)
    return or_(PersonCalendar.all_times, *let_in, and_(PersonCalendar.reach != Reach.NOTHING, named))


def _entries(row: Any) -> Iterable[FiledEntry]:
    shared, facts = Shared(row.state, row.venue, row.city), facts_of(row)
    named = [row.person_id] if row.named else []
    profile = facts.access.profile_for(Admits(row.frozen["admits"]), named=row.named)
    session = published_session(
        shared, row.frozen, named, marks_of(row), row.last_release_number, profiles=[profile] if profile else []
    )
    agenda = Agenda(marks_of(row, "meeting_"), {row.session_id: session})
    for session_id, (content, sequence, stamp) in derive(agenda, row.person_id, facts).items():
        uid = entry_uid(row.uid_key, row.person_id, session_id)
        yield FiledEntry(content, uid, row.person_id, row.meeting_id, EntryObject.SESSION, session_id, sequence, stamp)


def lost_entries(whose: ColumnElement[bool]) -> list[FiledEntry]:
    """Returns what is left of entries that people have lost: their times, cancelled; one query.

    :param whose: condition of `LostEntry`, as for `session_entries`.
    """
    query = select(LostEntry, MeetingCalendar.uid_key, func.coalesce(AgendaSession.short_code, ""))
    query = query.join(MeetingCalendar, MeetingCalendar.meeting_id == LostEntry.meeting_id)
    query = query.outerjoin(AgendaSession, AgendaSession.id == LostEntry.object_id)
    return [_lost_entry(*row) for row in db.session.execute(query.where(whose))]


def _lost_entry(row: LostEntry, uid_key: bytes, short_code: str) -> FiledEntry:
    content = EntryContent(
        state=State.CANCELLED,
        role=Role.REQUIRED,
        profile=Profile.DISCREET,
        title="",
        place="",
        city="",
        short_code=short_code,
        transparent=True,
        **{name: getattr(row, name) for name in LOST_CONTENT},
    )
    uid = entry_uid(uid_key, row.person_id, row.object_id)
    return FiledEntry(
        content, uid, row.person_id, row.meeting_id, row.object_kind, row.object_id, row.sequence, row.stamp
    )
