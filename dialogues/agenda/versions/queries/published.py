"""The agenda as released: what a viewer is admitted to, and who does what in it as far as the viewer may know."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from dialogues.agenda.versions.models import Release, ReleaseItem, ReleasePerson
from dialogues.agenda.versions.rules import Admits, Part, SessionKind, Snapshot, in_order, open_to
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.people.participants.queries.visibility import hides_name, hides_rest
from dialogues.policy import AGENDA_EDIT, AGENDA_SEE, INVITE_FILE, SESSION_PEOPLE_SEE, Action, Scope


def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Which released sessions the action reaches; those reached by times and places only are among them."""
    return _reached(viewer, viewer.scopes(action))


def seen_in_full(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Of which released sessions more than time and place is shown."""
    return _reached(viewer, viewer.scopes(action) - {Scope.PLACES})


def _reached(viewer: Viewer, scopes: frozenset[Scope]) -> ColumnElement[bool]:
    if viewer.is_system:
        return true()
    if viewer.place is None or viewer.place.meeting_id is None or viewer.person_id is None:
        return false()
    here = ReleaseItem.meeting_id == viewer.place.meeting_id
    return here & or_(false(), *(_rows(viewer, scope) for scope in scopes))


def _rows(viewer: Viewer, scope: Scope) -> ColumnElement[bool]:
    match scope:
        case Scope.ALL | Scope.PLACES:
            return true()
        case Scope.INVITED:
            return or_(ReleaseItem.admits != Admits.INVITED, _named(viewer))
        case Scope.ADMITTED:
            return or_(ReleaseItem.admits == Admits.OBSERVERS_TOO, _named(viewer))
        case Scope.OWN:
            return or_(ReleaseItem.admits.in_(open_to(viewer.roles)), _named(viewer))
        case _:
            return false()


def _named(viewer: Viewer) -> ColumnElement[bool]:
    own = aliased(ReleasePerson)
    return exists().where(
        own.release_id == ReleaseItem.release_id,
        own.session_id == ReleaseItem.session_id,
        own.person_id == viewer.person_id,
    )


@dataclass(frozen=True, slots=True)
class ReleaseHead:
    """A release without its sessions; one that took over another for a successor's sake is told as that one."""

    id: UUID
    number: int
    at: datetime
    reason: str


@dataclass(frozen=True)
class ReleasedSession:
    """A session as released; of one that is seen by time and place only, `frozen` holds nothing else."""

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


#: What is left of a session that is seen by time and place only; of a restricted one not even the place.
_TIMES = ("zone", "local_start", "local_end", "starts", "ends", "tz_version")


def as_seen(row: Any) -> ReleasedSession:
    frozen = row.frozen
    if not row.in_full:
        kept = _TIMES if row.admits is Admits.INVITED else (*_TIMES, "rooms")
        frozen = {key: frozen[key] for key in kept}
    return ReleasedSession(row.session_id, row.release_id, row.starts_utc, row.ends_utc, bool(row.in_full), frozen)


def _sessions(viewer: Viewer, action: Action) -> Select[Any]:
    return sessions_of(viewer, action, _current(viewer))


def sessions_of(viewer: Viewer, action: Action, releases: Select[Any]) -> Select[Any]:
    """The sessions of these releases that the action reaches, in the order of time."""
    return (
        select(
            ReleaseItem.session_id,
            ReleaseItem.release_id,
            ReleaseItem.starts_utc,
            ReleaseItem.ends_utc,
            ReleaseItem.admits,
            ReleaseItem.frozen,
            seen_in_full(viewer, action).label("in_full"),
        )
        .where(visible(viewer, action), ReleaseItem.release_id.in_(releases))
        .order_by(ReleaseItem.starts_utc, ReleaseItem.ends_utc, ReleaseItem.session_id)
    )


def _current(viewer: Viewer) -> Select[Any]:
    """The newest release of the meeting in which the viewer stands, of each meeting for the system."""
    one, later = aliased(Release), aliased(Release)
    newest = select(one.id).where(~exists().where(later.meeting_id == one.meeting_id, later.number > one.number))
    if viewer.place is not None and viewer.place.meeting_id is not None:
        return newest.where(one.meeting_id == viewer.place.meeting_id)
    return newest if viewer.is_system else newest.where(false())


def current_release(meeting_id: UUID) -> ReleaseHead | None:
    """The newest release of a meeting, without its sessions; None before the first."""
    table = Release.__table__
    newest = select(table.c.id, public_release_number(table).label("told"), table.c.at, table.c.reason).where(
        table.c.meeting_id == meeting_id
    )
    row = db.session.execute(newest.order_by(table.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else ReleaseHead(row.id, row.told, row.at, row.reason)


def public_release_number(release: Any) -> Any:
    """Which release of its meeting it is for those who see numbers: one for each moment."""
    before = Release.__table__.alias("before")
    return (
        select(func.count(func.distinct(before.c.at)))
        .where(before.c.meeting_id == release.c.meeting_id, before.c.number <= release.c.number)
        .correlate(release)
        .scalar_subquery()
    )


def sessions_for(viewer: Viewer, action: Action = INVITE_FILE, meeting_id: UUID | None = None) -> list[ReleasedSession]:
    """The released sessions that the action reaches, in the order of time; with the action of files and feeds, those
    that the viewer is admitted to. The system names the meeting."""
    query = _sessions(viewer, action)
    if meeting_id is not None:
        query = query.where(ReleaseItem.meeting_id == meeting_id)
    return [as_seen(row) for row in db.session.execute(query)]


def released_session(viewer: Viewer, session_id: UUID, action: Action = AGENDA_SEE) -> ReleasedSession:
    """One released session in full.

    :raises Unseen: there is none, or the viewer sees no more of it than time and place.
    """
    row = db.session.execute(
        _sessions(viewer, action).where(ReleaseItem.session_id == session_id).limit(1)
    ).one_or_none()
    if row is None or not row.in_full:
        raise NotFound
    return as_seen(row)


def rapporteur_sessions(viewer: Viewer) -> list[ReleasedSession]:
    """The released sessions of which the viewer is rapporteur."""
    assigned = exists().where(
        ReleasePerson.release_id == ReleaseItem.release_id,
        ReleasePerson.session_id == ReleaseItem.session_id,
        ReleasePerson.person_id == viewer.person_id,
        ReleasePerson.part == Part.RAPPORTEUR,
    )
    return [as_seen(row) for row in db.session.execute(_sessions(viewer, AGENDA_SEE).where(assigned))]


@dataclass(frozen=True, slots=True)
class NamedPart:
    """A person with what they do in a session."""

    person_id: UUID
    name: str
    native: str
    part: Part


_PART_ORDER = {part: place for place, part in enumerate(Part)}


def people_in(viewer: Viewer, release_id: UUID, session_id: UUID | None = None) -> dict[UUID, list[NamedPart]]:
    """Who does what in the sessions of a release that the viewer sees in full: everyone, or the viewer alone.

    Whoever wants an audience not to know that they come is not named to it.
    """
    query = (
        select(
            ReleasePerson.session_id,
            Person.id,
            Person.name,
            case((hides_rest(viewer, SESSION_PEOPLE_SEE, Person.id), ""), else_=Person.native).label("native"),
            ReleasePerson.part,
        )
        .join(Person, Person.id == ReleasePerson.person_id)
        .join(
            ReleaseItem,
            (ReleaseItem.release_id == ReleasePerson.release_id) & (ReleaseItem.session_id == ReleasePerson.session_id),
        )
        .where(ReleasePerson.release_id == release_id, seen_in_full(viewer, AGENDA_SEE))
        .order_by(ReleasePerson.session_id, ReleasePerson.position, Person.collation, Person.id)
    )
    if not viewer.may(SESSION_PEOPLE_SEE):
        query = query.where(ReleasePerson.person_id == viewer.person_id)
    else:
        query = query.where(~hides_name(viewer, SESSION_PEOPLE_SEE, Person.id))
    if session_id is not None:
        query = query.where(ReleasePerson.session_id == session_id)
    found: dict[UUID, list[NamedPart]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.session_id, []).append(NamedPart(row.id, row.name, row.native, row.part))
    return {session: sorted(people, key=lambda one: _PART_ORDER[one.part]) for session, people in found.items()}


def released_snapshots(viewer: Viewer, release_id: UUID, action: Action = AGENDA_EDIT) -> dict[UUID, Snapshot]:
    """A release as it can be compared with another or with the draft, for those who see all of it."""
    return _snapshots(viewer, action, select(Release.id).where(Release.id == release_id))


def current_snapshots(viewer: Viewer, meeting_id: UUID, action: Action = AGENDA_EDIT) -> dict[UUID, Snapshot]:
    """The newest release of a meeting, to be compared; empty before the first."""
    newest = select(Release.id).where(Release.meeting_id == meeting_id).order_by(Release.number.desc()).limit(1)
    return _snapshots(viewer, action, newest)


def _snapshots(viewer: Viewer, action: Action, release: Select[Any]) -> dict[UUID, Snapshot]:
    people: dict[UUID, list[tuple[UUID, Part, int]]] = {}
    for row in db.session.execute(
        select(ReleasePerson.session_id, ReleasePerson.person_id, ReleasePerson.part, ReleasePerson.position).where(
            ReleasePerson.release_id.in_(release)
        )
    ):
        people.setdefault(row.session_id, []).append((row.person_id, row.part, row.position))
    items = db.session.execute(
        select(ReleaseItem.session_id, ReleaseItem.frozen).where(
            ReleaseItem.release_id.in_(release), visible(viewer, action)
        )
    )
    return {
        row.session_id: Snapshot(row.session_id, row.frozen, in_order(people.get(row.session_id, ()))) for row in items
    }
