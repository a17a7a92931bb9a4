"""All versions of a meeting's agenda, for people who may edit it."""

from typing import Any

from sqlalchemy import select

from dialogues.agenda.versions.models import Release
from dialogues.agenda.versions.queries.published import ReleasedSession, as_seen, release_columns, sessions_of
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.policy import AGENDA_EDIT


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
