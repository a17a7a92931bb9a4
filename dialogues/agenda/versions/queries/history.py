"""The releases of a meeting, the newest and those before it, for those who work on the agenda."""

from uuid import UUID

from sqlalchemy import select

from dialogues.agenda.versions.models import Release
from dialogues.agenda.versions.queries.published import ReleasedSession, ReleaseHead, as_seen, sessions_of
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.policy import AGENDA_EDIT


def release_history(viewer: Viewer) -> list[ReleaseHead]:
    """All releases of the meeting, newest first.

    :raises Unseen: the viewer does not work on it.
    """
    rows = db.session.execute(
        select(Release.id, Release.at, Release.reason)
        .where(Release.meeting_id == _meeting(viewer))
        .order_by(Release.number)
    )
    # Of several of one moment, which differ by a successor alone, the last is shown.
    last = {row.at: row for row in rows}
    heads = [ReleaseHead(row.id, number, at, row.reason) for number, (at, row) in enumerate(last.items(), start=1)]
    return heads[::-1]


def release_as_it_was(viewer: Viewer, number: int) -> tuple[ReleaseHead, list[ReleasedSession]]:
    """One release of the meeting with its sessions, in the order of time; `people_in` says who is named in them.

    :raises Unseen: there is none of that number, or the viewer does not work on the agenda.
    """
    head = next((one for one in release_history(viewer) if one.number == number), None)
    if head is None:
        raise NotFound
    sessions = db.session.execute(sessions_of(viewer, AGENDA_EDIT, select(Release.id).where(Release.id == head.id)))
    return head, [as_seen(row) for row in sessions]


def _meeting(viewer: Viewer) -> UUID:
    viewer.must(AGENDA_EDIT)
    if viewer.place is None or viewer.place.meeting_id is None:
        raise NotFound
    return viewer.place.meeting_id
