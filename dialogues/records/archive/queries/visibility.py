"""Which records a viewer may list and read at a point in time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from dialogues.agenda.versions.models import Release, ReleaseItem
from dialogues.agenda.versions.queries import published as versions
from dialogues.core.common.read_guard import limits_rows
from dialogues.core.common.viewer import Viewer
from dialogues.meetings.dialogues.queries.meetings import allowed_in
from dialogues.policy import (
    AGENDA_SEE,
    OFFICE_RECORD_READ,
    RECORD_FILE,
    RECORD_LINE_SEE,
    RECORD_READ,
    SUMMARY_FILED_READ,
    Action,
    Condition,
    Scope,
    scopes,
)
from dialogues.records.archive.models import Record
from dialogues.records.archive.rules import Listing, RecordKind

#: The actions that open the text of a record; which one applies depends on its kind and owner.
READING = (RECORD_READ, SUMMARY_FILED_READ, OFFICE_RECORD_READ)


@limits_rows
def visible(viewer: Viewer, action: Action, now: datetime) -> ColumnElement[bool]:
    """Filter: records that the action reaches at that time.

    Actions that read reach open records only; `RECORD_LINE_SEE` reaches closed records only.
    """
    reached = _in_reach(viewer, action)
    if action in READING:
        return and_(reached, _is_open(now))
    if action == RECORD_LINE_SEE:
        return and_(reached, ~_is_open(now), Record.listing != Listing.UNLISTED)
    return reached


def readable(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """Filter: records whose text and file the viewer may read at that time."""
    return or_(false(), *(visible(viewer, action, now) for action in READING))


def listed(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """Filter: records of which the viewer may see a line: readable, sealed, or announced by title until they open."""
    announced = and_(
        or_(false(), *(_in_reach(viewer, action) for action in READING)),
        Record.listing == Listing.TITLE_VISIBLE,
    )
    return or_(
        and_(readable(viewer, now), Record.listing != Listing.UNLISTED),
        visible(viewer, RECORD_LINE_SEE, now),
        visible(viewer, RECORD_FILE, now),
        announced,
    )


def _is_open(now: datetime) -> ColumnElement[bool]:
    return or_(Record.release_at.is_(None), Record.release_at <= now)


def _in_reach(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: records within the action's scopes, open or closed."""
    if viewer.is_system:
        return Record.withdrawn_at.is_(None)
    reached = viewer.scopes(action) & {Scope.ALL, Scope.SEALED}
    return and_(or_(false(), *(_of_action(viewer, action, scope) for scope in reached)), Record.withdrawn_at.is_(None))


def _of_action(viewer: Viewer, action: Action, scope: Scope) -> ColumnElement[bool]:
    """Filter: the kind of record that the action is about. Filing and sealed lines include records of the liaison
    office.
    """
    here = _in_archive(viewer, action, scope)
    if action == RECORD_READ:
        return and_(here, Record.kind != RecordKind.SUMMARY, _session_is_open(viewer))
    if action == SUMMARY_FILED_READ:
        return and_(here, Record.kind == RecordKind.SUMMARY, _session_is_open(viewer))
    if action == OFFICE_RECORD_READ:
        return _office(viewer)
    return or_(here, _office(viewer))


def _office(viewer: Viewer) -> ColumnElement[bool]:
    """Filter: the liaison office's own records, which are listed in each dialogue's archive but in no meeting's."""
    if viewer.place is None or viewer.meeting_id is not None or not viewer.scopes(OFFICE_RECORD_READ):
        return false()
    return Record.dialogue_id.is_(None)


def _in_archive(viewer: Viewer, action: Action, scope: Scope) -> ColumnElement[bool]:
    """Filter: records of the viewer's dialogue or meeting, by the reach of each role.

    A role in one meeting opens the records of that meeting and of the dialogue as a whole, but of no other meeting.
    What only the rules of that meeting open to observers (`Condition.RULE_SAYS`) stays within it.
    """
    place = viewer.place
    if place is None:
        return false()
    of_meetings = and_(
        Record.meeting_id.is_not(None), allowed_in(viewer, action, frozenset({scope}), Record.meeting_id)
    )
    if place.meeting_id is not None:
        of_meetings = and_(of_meetings, Record.meeting_id == place.meeting_id)
    unconditional = viewer.conditions - {Condition.RULE_SAYS}
    held = viewer.roles_by_meeting.values() or [viewer.dialogue_roles]
    sees_dialogue = any(scope in scopes(action, roles, unconditional) for roles in held)
    of_dialogue = Record.meeting_id.is_(None) if sees_dialogue else false()
    return and_(Record.dialogue_id == place.dialogue_id, or_(of_meetings, of_dialogue))


def _session_is_open(viewer: Viewer) -> ColumnElement[bool]:
    """Filter: no records of sessions to which the viewer was not admitted. Archivists see records of all sessions."""
    return or_(
        Record.session_id.is_(None),
        *(
            allowed_in(viewer, action, frozenset({Scope.ALL}), Record.meeting_id)
            for action in (AGENDA_SEE, RECORD_FILE)
        ),
        Record.session_id.in_(_sessions_admitted_to(viewer)),
    )


def _sessions_admitted_to(viewer: Viewer) -> Select[UUID]:
    """Selects the sessions to which the viewer is admitted in the newest version that contains them."""
    let_in = (
        and_(
            versions.in_scope(viewer, scope),
            allowed_in(viewer, AGENDA_SEE, frozenset({scope}), ReleaseItem.meeting_id),
        )
        for scope in (Scope.INVITED, Scope.ADMITTED)
    )
    return (
        select(ReleaseItem.session_id)
        .join(Release, Release.id == ReleaseItem.release_id)
        .where(versions.is_newest_with_session(viewer), or_(versions.is_named(viewer), *let_in))
    )
