"""The published agenda: the sessions a viewer may see, and the people in them whom the viewer may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from dialogues.agenda.versions.models import Release, ReleaseItem, ReleasePerson
from dialogues.agenda.versions.rules import Admits, Part, SessionKind, Snapshot, open_to, people_by_session
from dialogues.core.common.read_guard import limited_to_viewer, limits_rows
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus, Rule
from dialogues.people.participants.queries.visibility import hides_rest, shows_name
from dialogues.policy import AGENDA_EDIT, AGENDA_SEE, INVITE_FILE, SESSION_PEOPLE_SEE, Action, Scope


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: published sessions that the action reaches, also those of which the viewer sees only time and place."""
    return _reached(viewer, viewer.scopes(action))


def seen_in_full(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: published sessions of which the viewer sees more than time and place."""
    return _reached(viewer, viewer.scopes(action) - {Scope.PLACES})


def _reached(viewer: Viewer, scopes: frozenset[Scope]) -> ColumnElement[bool]:
    if viewer.is_system:
        return true()
    if viewer.meeting_id is None or viewer.person_id is None:
        return false()
    here = ReleaseItem.meeting_id == viewer.meeting_id
    return here & or_(false(), *(in_scope(viewer, scope) for scope in scopes))


def in_scope(viewer: Viewer, scope: Scope) -> ColumnElement[bool]:
    """Filter of `ReleaseItem`: the sessions within the scope, in any meeting. The caller limits the meeting."""
    match scope:
        case Scope.ALL | Scope.PLACES:
            return true()
        case Scope.INVITED:
            return or_(ReleaseItem.admits != Admits.INVITED, is_named(viewer))
        case Scope.ADMITTED:
            return or_(ReleaseItem.admits == Admits.OBSERVERS_TOO, is_named(viewer))
        case Scope.OWN:
            return or_(ReleaseItem.admits.in_(open_to(viewer.roles)), is_named(viewer))
        case _:
            return false()


def is_named(viewer: Viewer) -> ColumnElement[bool]:
    """Filter of `ReleaseItem`: the sessions in which the viewer has a part."""
    own = aliased(ReleasePerson)
    return exists().where(
        own.release_id == ReleaseItem.release_id,
        own.session_id == ReleaseItem.session_id,
        own.person_id == viewer.person_id,
    )


@dataclass(frozen=True)
class ReleasedSession:
    """A published session as one viewer sees it.

    Without `in_full`, `frozen` is cut to short code, times and, if allowed, rooms.
    """

    session_id: UUID
    release_id: UUID
    starts_utc: datetime
    ends_utc: datetime
    in_full: bool
    frozen: dict[str, Any]

    @property
    def zone(self) -> str:
        return str(self.frozen["zone"])

    @cached_property
    def starts(self) -> datetime:
        return self.starts_utc.astimezone(ZoneInfo(self.zone))

    @cached_property
    def ends(self) -> datetime:
        return self.ends_utc.astimezone(ZoneInfo(self.zone))

    @property
    def title(self) -> str:
        return str(self.frozen.get("title", ""))

    @property
    def short_code(self) -> str:
        return str(self.frozen["short_code"])

    @property
    def code(self) -> str:
        return str(self.frozen.get("code", ""))

    @property
    def kind(self) -> SessionKind | None:
        return SessionKind(self.frozen["kind"]) if self.in_full else None

    @property
    def rule(self) -> Rule | None:
        return Rule(self.frozen["rule"]) if self.in_full else None

    @property
    def admits(self) -> Admits | None:
        return Admits(self.frozen["admits"]) if self.in_full else None

    @property
    def rooms(self) -> tuple[str, ...]:
        return tuple(self.frozen.get("rooms", ()))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.frozen.get("languages", ()))


#: What a viewer without full access sees of a session; the short code tells nothing about it. For sessions by
#: invitation even the room is hidden.
_TIMES = ("short_code", "zone", "local_start", "local_end", "starts", "ends", "tz_version")


def as_seen(row: Any) -> ReleasedSession:
    """Builds a `ReleasedSession` from a row of `sessions_of`, without the facts that the viewer may not see."""
    frozen = row.frozen
    if not row.in_full:
        keys = _TIMES if row.admits is Admits.INVITED else (*_TIMES, "rooms")
        frozen = {key: frozen[key] for key in keys}
    return ReleasedSession(row.session_id, row.release_id, row.starts_utc, row.ends_utc, bool(row.in_full), frozen)


def sessions_of(viewer: Viewer, action: Action, releases: Select[Any]) -> Select[Any]:
    return select_sessions(seen_in_full(viewer, action)).where(
        visible(viewer, action), ReleaseItem.release_id.in_(releases)
    )


def select_sessions(in_full: ColumnElement[bool]) -> Select[Any]:
    """Selects published sessions for `as_seen`, in order of time. The caller adds the filter `visible`."""
    return select(
        ReleaseItem.meeting_id,
        ReleaseItem.session_id,
        ReleaseItem.release_id,
        ReleaseItem.starts_utc,
        ReleaseItem.ends_utc,
        ReleaseItem.admits,
        ReleaseItem.frozen,
        in_full.label("in_full"),
    ).order_by(ReleaseItem.starts_utc, ReleaseItem.ends_utc, ReleaseItem.session_id)


def is_newest() -> ColumnElement[bool]:
    """Filter of `Release`: the newest version of each meeting."""
    later = aliased(Release)
    return ~exists().where(later.meeting_id == Release.meeting_id, later.number > Release.number)


def is_newest_with_session(viewer: Viewer) -> ColumnElement[bool]:
    """Filter of `ReleaseItem` joined with `Release`: the newest version with this session, which may be an earlier one.

    Notes and records of a session outlive its removal from the agenda.
    """
    release, item = aliased(Release), aliased(ReleaseItem)
    here = (
        release.dialogue_id == viewer.dialogue_id
        if viewer.meeting_id is None
        else release.meeting_id == viewer.meeting_id
    )
    newest = (
        select(item.session_id, func.max(release.number))
        .join(release, release.id == item.release_id)
        .where(here)
        .group_by(item.session_id)
    )
    return tuple_(ReleaseItem.session_id, Release.number).in_(newest)


def _sessions(viewer: Viewer, action: Action) -> Select[Any]:
    newest = select(Release.id).where(is_newest(), Release.meeting_id == viewer.meeting_id)
    return sessions_of(viewer, action, newest)


def release_columns() -> tuple[Any, ...]:
    """Id, public number (see `public_release_number`), time and reason of a version."""
    return Release.id, public_release_number(Release.__table__).label("number"), Release.at, Release.reason


def current_release(meeting_id: UUID) -> Any:
    """Returns the newest version of a meeting without its sessions, or None before the first. Does no access check."""
    newest = select(*release_columns()).where(Release.meeting_id == meeting_id, is_newest())
    return db.session.execute(newest).one_or_none()


def public_release_number(release: Any) -> Any:
    """SQL expression for the version number that readers see: versions with the same `at` share one number."""
    before = Release.__table__.alias("before")
    return (
        select(func.count(func.distinct(before.c.at)))
        .where(before.c.meeting_id == release.c.meeting_id, before.c.number <= release.c.number)
        .correlate(release)
        .scalar_subquery()
    )


def sessions_for(viewer: Viewer, action: Action = INVITE_FILE) -> list[ReleasedSession]:
    """Returns the published sessions of the viewer's meeting that the action reaches, in order of time.

    With `INVITE_FILE`, the action of files and feeds, these are the sessions that the viewer is admitted to.
    """
    return [as_seen(row) for row in db.session.execute(_sessions(viewer, action))]


def released_session(viewer: Viewer, session_id: UUID) -> ReleasedSession:
    """Returns one published session that the viewer sees in full.

    :raises NotFound: there is none, or the viewer sees only its time and place.
    """
    found = _sessions(viewer, AGENDA_SEE).where(ReleaseItem.session_id == session_id)
    row = or_not_found(db.session.execute(found).one_or_none())
    if not row.in_full:
        raise NotFound
    return as_seen(row)


_PART_ORDER = {part: place for place, part in enumerate(Part)}


def people_in(viewer: Viewer, release_id: UUID, session_id: UUID | None = None) -> dict[UUID, list[Any]]:
    """Returns the people of each session that the viewer sees in full, by session id, sorted by part.

    Each has person_id, name, native and part. Leaves out people whose name is hidden from the viewer. A viewer without
    `SESSION_PEOPLE_SEE` gets only themselves.
    """
    query = (
        select(
            ReleasePerson.session_id,
            Person.id.label("person_id"),
            Person.name,
            case((hides_rest(viewer, SESSION_PEOPLE_SEE, Person.id), ""), else_=Person.native).label("native"),
            ReleasePerson.part,
        )
        .join(Person, Person.id == ReleasePerson.person_id)
        .join(ReleasePerson.item)
        .where(ReleasePerson.release_id == release_id, seen_in_full(viewer, AGENDA_SEE))
        .order_by(ReleasePerson.session_id, ReleasePerson.position, Person.collation, Person.id)
    )
    if not viewer.may(SESSION_PEOPLE_SEE):
        query = query.where(limited_to_viewer(ReleasePerson.person_id == viewer.person_id))
    else:
        query = query.where(shows_name(viewer, SESSION_PEOPLE_SEE, Person.id))
    if session_id is not None:
        query = query.where(ReleasePerson.session_id == session_id)
    found: dict[UUID, list[Any]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.session_id, []).append(row)
    return {session: sorted(people, key=lambda one: _PART_ORDER[one.part]) for session, people in found.items()}


def current_snapshots(viewer: Viewer, meeting_id: UUID) -> dict[UUID, Snapshot]:
    """Returns the newest version of a meeting as snapshots by session id; empty before the first version."""
    newest = select(Release.id).where(Release.meeting_id == meeting_id, is_newest())
    return snapshots(viewer, ReleaseItem.release_id.in_(newest))


def snapshots(viewer: Viewer, which: ColumnElement[bool]) -> dict[UUID, Snapshot]:
    """Returns published sessions as snapshots by session id; two queries.

    :param which: condition of `ReleaseItem` that finds each session in one version only.
    """
    people = people_by_session(
        db.session.execute(
            select(ReleasePerson.session_id, ReleasePerson.person_id, ReleasePerson.part, ReleasePerson.position)
            .join(ReleasePerson.item)
            .where(which, visible(viewer, AGENDA_EDIT))
        )
    )
    items = db.session.execute(
        select(ReleaseItem.session_id, ReleaseItem.frozen).where(which, visible(viewer, AGENDA_EDIT))
    )
    return {row.session_id: Snapshot(row.session_id, row.frozen, people.get(row.session_id, ())) for row in items}


@dataclass(frozen=True, slots=True)
class Standpoint:
    """The published version and how much of it one viewer sees."""

    #: Row of `release_columns`.
    release: Any
    viewer: Viewer
    parts: frozenset[tuple[UUID, Part]]
    meeting_is_cancelled: bool

    @property
    def own_sessions(self) -> int:
        return len({session_id for session_id, _part in self.parts})

    @property
    def sees_all(self) -> bool:
        return Scope.ALL in self.viewer.scopes(AGENDA_SEE)

    def can_download(self, session: ReleasedSession) -> bool:
        """Returns whether there is a calendar file of the session for the viewer; seeing a session is not enough."""
        if self.meeting_is_cancelled:
            return False
        scopes = self.viewer.scopes(INVITE_FILE)
        if Scope.PLACES in scopes:
            return True
        named = any(session_id == session.session_id for session_id, _part in self.parts)
        return Scope.OWN in scopes and (named or session.admits in open_to(self.viewer.roles))


def standpoint(viewer: Viewer) -> Standpoint | None:
    """Returns the viewer's standpoint in one query, or None before the first version."""
    own = ReleasePerson
    rows = db.session.execute(
        select(*release_columns(), own.session_id, own.part, Meeting.status)
        .join(Meeting, Meeting.id == Release.meeting_id)
        .outerjoin(own, and_(own.release_id == Release.id, limited_to_viewer(own.person_id == viewer.person_id)))
        .where(Release.meeting_id == viewer.meeting_id, is_newest())
    ).all()
    if not rows:
        return None
    parts = frozenset((row.session_id, row.part) for row in rows if row.session_id is not None)
    return Standpoint(rows[0], viewer, parts, rows[0].status is MeetingStatus.CANCELLED)


def release_history(viewer: Viewer) -> list[Any]:
    """Returns all versions of the meeting, newest first.

    :raises NotFound: the viewer may not edit the agenda.
    """
    viewer.must(AGENDA_EDIT)
    rows = db.session.execute(
        select(*release_columns()).where(Release.meeting_id == viewer.here).order_by(Release.number)
    )
    # Rows with the same `at` differ only in a replaced person, so the last one stands for all of them.
    last = {row.at: row for row in rows}
    return list(last.values())[::-1]


def earlier_version(viewer: Viewer, number: int) -> tuple[Any, list[ReleasedSession]]:
    """Returns one version with its sessions in order of time. The people in it come from `published.people_in`.

    :raises NotFound: no version has this number, or the viewer may not edit the agenda.
    """
    head = or_not_found(next((one for one in release_history(viewer) if one.number == number), None))
    sessions = db.session.execute(sessions_of(viewer, AGENDA_EDIT, select(Release.id).where(Release.id == head.id)))
    return head, [as_seen(row) for row in sessions]


#: A coarse filter, longer than any local day (25 hours when clocks go back); the exact day is checked below.
_A_DAY_ANYWHERE = timedelta(hours=26)


def sessions_on_day(viewers: Sequence[Viewer], now: datetime) -> list[tuple[UUID, ReleasedSession]]:
    """Returns (meeting id, session) for every published session of today in the zone of its meeting; one query.

    :param viewers: one viewer per meeting, each placed in that meeting.
    """
    permitted = [viewer for viewer in viewers if viewer.may(AGENDA_SEE)]
    if not permitted:
        return []
    rows = db.session.execute(
        select_sessions(or_(*(seen_in_full(viewer, AGENDA_SEE) for viewer in permitted))).where(
            or_(*(visible(viewer, AGENDA_SEE) for viewer in permitted)),
            ReleaseItem.release_id.in_(select(Release.id).where(is_newest())),
            ReleaseItem.starts_utc > now - _A_DAY_ANYWHERE,
            ReleaseItem.starts_utc < now + _A_DAY_ANYWHERE,
        )
    )
    found = [(row.meeting_id, as_seen(row)) for row in rows]
    return [(meeting, one) for meeting, one in found if one.starts.date() == now.astimezone(one.starts.tzinfo).date()]
