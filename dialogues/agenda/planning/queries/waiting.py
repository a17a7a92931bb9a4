"""The number of unpublished changes in several meetings, for people who may publish the agenda."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import exists, false, or_, select
from sqlalchemy.orm import aliased

from dialogues.agenda.planning.queries.draft import drafts, visible_drafts
from dialogues.agenda.versions.models import Release, ReleaseItem
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.policy import AGENDA_RELEASE


def unreleased_sessions(viewers: Sequence[Viewer]) -> dict[UUID, int]:
    """Returns, per meeting with a published version, in how many sessions the draft differs from it; four queries.

    :param viewers: one viewer per meeting, each placed in that meeting.
    """
    able = [viewer for viewer in viewers if viewer.may(AGENDA_RELEASE)]
    zones = {
        viewer.place.meeting_id: viewer.place.zone
        for viewer in able
        if viewer.place is not None and viewer.place.meeting_id is not None
    }
    released = _released(zones)
    reached = or_(false(), *(visible_drafts(viewer, AGENDA_RELEASE) for viewer in able))
    found = drafts({meeting_id: zones[meeting_id] for meeting_id in released}, reached)
    return {
        meeting_id: _count_differences(digests, {one.id: one.snapshot.digest for one in found[meeting_id]})
        for meeting_id, digests in released.items()
    }


def unreleased_here(viewer: Viewer) -> int:
    """Returns the number for the viewer's own meeting; 0 if nothing is published or the viewer may not publish."""
    return sum(unreleased_sessions([viewer]).values())


def _released(zones: Mapping[UUID, str]) -> dict[UUID, dict[UUID, str]]:
    if not zones:
        return {}
    later = aliased(Release)
    superseded = exists().where(later.meeting_id == Release.meeting_id, later.number > Release.number)
    released: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for row in db.session.execute(
        select(ReleaseItem.meeting_id, ReleaseItem.session_id, ReleaseItem.digest)
        .join(Release, Release.id == ReleaseItem.release_id)
        .where(ReleaseItem.meeting_id.in_(list(zones)), ~superseded)
    ):
        released[row.meeting_id][row.session_id] = row.digest
    return released


def _count_differences(was: Mapping[UUID, str], now: Mapping[UUID, str]) -> int:
    return sum(was.get(session_id) != now.get(session_id) for session_id in was.keys() | now.keys())
