"""The home page of the signed-in viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dialogues.agenda.versions.queries import today as versions
from dialogues.core.common.viewer import Viewer
from dialogues.meetings.meetings import queries as meetings
from dialogues.meetings.meetings.queries import MyMeeting
from dialogues.pages.home.queries.mine import stage_of
from dialogues.pages.home.queries.tasks import tasks_everywhere
from dialogues.pages.home.rules import Stage, Task, sort_by_urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class TodaySession:
    """A session of today; empty texts are not known to the viewer."""

    meeting_id: UUID
    session_id: UUID
    starts: datetime
    ends: datetime
    zone: str
    title: str
    rule: str
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Tasks, today's sessions, and the viewer's meetings by stage."""

    tasks: list[Task]
    sessions: list[TodaySession]
    meetings: dict[Stage, list[MyMeeting]]


def today(viewer: Viewer, now: datetime) -> Today:
    """Return the content of the home page."""
    mine = meetings.my_meetings(viewer, now)
    by_stage: dict[Stage, list[MyMeeting]] = {kind: [] for kind in Stage}
    for meeting in mine:
        by_stage[stage_of(meeting, now)].append(meeting)
    tasks = tasks_everywhere(viewer, mine, now)
    return Today(tasks=sort_by_urgency(tasks), sessions=_sessions(mine, now), meetings=by_stage)


def _sessions(mine: Sequence[MyMeeting], now: datetime) -> list[TodaySession]:
    """Return today's sessions the viewer may see; "today" is the date at each meeting."""
    on_now = [meeting for meeting in mine if stage_of(meeting, now) is Stage.ON]
    if not on_now:
        return []
    found = versions.sessions_on_day([meeting.viewer for meeting in on_now], now)
    return [
        TodaySession(
            meeting_id=meeting_id,
            session_id=session.session_id,
            starts=session.starts,
            ends=session.ends,
            zone=session.zone,
            title=session.title,
            rule=session.rule.value if session.rule else "",
            rooms=session.rooms,
        )
        for meeting_id, session in found
    ]
