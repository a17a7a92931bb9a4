"""The number of unpublished changes in several meetings, for people who may publish the agenda."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import false, or_, select

from dialogues.agenda.planning.queries.draft import drafts, visible_drafts
from dialogues.agenda.versions.models import Release, ReleaseItem
from dialogues.agenda.versions.queries.published import is_newest
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.policy import AGENDA_RELEASE


def unreleased_sessions(viewers: Sequence[Viewer]) -> dict[UUID, int]:
    """Returns, per meeting with a published version, in how many sessions the draft differs from it; four queries.

    :param viewers: one viewer per meeting, each placed in that meeting.
    """
    able = [viewer for viewer in viewers if viewer.may(AGENDA_RELEASE)]
    zones = {place.meeting_id: place.zone for place in (viewer.place for viewer in able) if place and place.meeting_id}
    if not zones:
        return {}
    newest = select(Release.id).where(Release.meeting_id.in_(zones), is_newest())
    released: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for row in db.session.execute(
        select(ReleaseItem.meeting_id, ReleaseItem.session_id, ReleaseItem.digest).where(
            ReleaseItem.release_id.in_(newest)
        )
    ):
        released[row.meeting_id][row.session_id] = row.digest
    reached = or_(false(), *(visible_drafts(viewer, AGENDA_RELEASE) for viewer in able))
    found = drafts({meeting_id: zones[meeting_id] for meeting_id in released}, reached)
    counts = {}
    for meeting_id, was in released.items():
        now = {session.id: session.snapshot.digest for session in found[meeting_id]}
        counts[meeting_id] = sum(was.get(one) != now.get(one) for one in was.keys() | now.keys())
    return counts


def unreleased_here(viewer: Viewer) -> int:
    """Returns the number for the viewer's own meeting; 0 if nothing is published or the viewer may not publish."""
    return sum(unreleased_sessions([viewer]).values())
