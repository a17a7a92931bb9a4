"""The viewer's meetings: their stage, and the rows an action reaches in any of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_

from dialogues.core.common.viewer import Viewer
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.meetings.queries import MyMeeting
from dialogues.pages.home.rules import Stage, stage
from dialogues.policy import Action

Visible = Callable[[Viewer, Action], ColumnElement[bool]]


def stage_of(meeting: MyMeeting, now: datetime) -> Stage:
    """Return whether the meeting is on, to come or past, by the calendar of its time zone."""
    return stage(days_of(meeting.facts), now.astimezone(ZoneInfo(meeting.facts.zone)).date())


def visible_in_any(mine: Sequence[MyMeeting], visible: Visible, action: Action) -> ColumnElement[bool] | None:
    """Filter of the rows the action reaches in any of the viewer's meetings; None if it reaches nothing."""
    reached = [visible(meeting.viewer, action) for meeting in mine if meeting.viewer.may(action)]
    return or_(*reached) if reached else None
