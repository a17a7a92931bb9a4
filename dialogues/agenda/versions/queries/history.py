"""All versions of a meeting's agenda, for people who may edit it."""

from uuid import UUID

from sqlalchemy import select

from dialogues.agenda.versions.models import Release
from dialogues.agenda.versions.queries.published import ReleasedSession, ReleaseHead, as_seen, sessions_of
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.policy import AGENDA_EDIT


def release_history(viewer: Viewer) -> list[ReleaseHead]:
    """Returns all versions of the meeting, newest first.

    :raises NotFound: the viewer may not edit the agenda.
    """
    rows = db.session.execute(
        select(Release.id, Release.at, Release.reason)
        .where(Release.meeting_id == _meeting(viewer))
        .order_by(Release.number)
    )
    # Rows with the same `at` differ only in a replaced person, so the last one stands for all of them.
    last = {row.at: row for row in rows}
    heads = [ReleaseHead(row.id, number, at, row.reason) for number, (at, row) in enumerate(last.items(), start=1)]
    return heads[::-1]


def earlier_version(viewer: Viewer, number: int) -> tuple[ReleaseHead, list[ReleasedSession]]:
    """Returns one version with its sessions in order of time. The people in it come from `published.people_in`.

    :raises NotFound: no version has this number, or the viewer may not edit the agenda.
    """
    head = or_not_found(next((one for one in release_history(viewer) if one.number == number), None))
    sessions = db.session.execute(sessions_of(viewer, AGENDA_EDIT, select(Release.id).where(Release.id == head.id)))
    return head, [as_seen(row) for row in sessions]


def _meeting(viewer: Viewer) -> UUID:
    viewer.must(AGENDA_EDIT)
    if viewer.meeting_id is None:
        raise NotFound
    return viewer.meeting_id
