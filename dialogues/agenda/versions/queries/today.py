"""Today's sessions in several meetings at once, each limited to what the viewer may see there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from dialogues.agenda.versions.models import Release, ReleaseItem
from dialogues.agenda.versions.queries.published import (
    ReleasedSession,
    as_seen,
    is_newest,
    seen_in_full,
    select_sessions,
    visible,
)
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.policy import AGENDA_SEE

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
