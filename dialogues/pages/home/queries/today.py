"""The home page of the signed-in viewer."""

from datetime import datetime
from uuid import UUID

from dialogues.agenda.versions.queries import published as versions
from dialogues.agenda.versions.queries.published import ReleasedSession
from dialogues.core.common.viewer import Viewer
from dialogues.meetings.meetings import queries as meetings
from dialogues.meetings.meetings.queries import MyMeeting
from dialogues.pages.home.queries.mine import stage_of
from dialogues.pages.home.queries.tasks import tasks_everywhere
from dialogues.pages.home.rules import Stage, Task, sort_by_urgency


def today(
    viewer: Viewer, now: datetime
) -> tuple[list[Task], list[tuple[UUID, ReleasedSession]], dict[Stage, list[MyMeeting]]]:
    """Return the viewer's tasks, today's sessions with their meeting, and the viewer's meetings by stage.

    Contains the sessions the viewer may see; "today" is the date at each meeting.
    """
    mine = meetings.my_meetings(viewer, now)
    by_stage: dict[Stage, list[MyMeeting]] = {kind: [] for kind in Stage}
    for meeting in mine:
        by_stage[stage_of(meeting, now)].append(meeting)
    sessions = versions.sessions_on_day([meeting.viewer for meeting in by_stage[Stage.ON]], now)
    return sort_by_urgency(tasks_everywhere(viewer, mine, now)), sessions, by_stage
