"""Order of tasks, and the stage of a meeting."""

from datetime import UTC, date, datetime

import pytest

from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.pages.home.rules import Stage, Task, TaskKind, sort_by_urgency, stage

DAYS = Days(
    starts_on=date(2027, 5, 25), ends_on=date(2027, 5, 27), arrive_on=date(2027, 5, 24), depart_on=date(2027, 5, 28)
)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 5, 23), Stage.TO_COME),
        (date(2027, 5, 24), Stage.ON),
        (date(2027, 5, 28), Stage.ON),
        (date(2027, 5, 29), Stage.PAST),
    ],
)
def test_a_meeting_is_running_from_arrival_to_departure(today: date, expected: Stage) -> None:
    assert stage(DAYS, today) is expected


def test_a_meeting_without_travel_days_is_running_on_its_session_days() -> None:
    days = Days(starts_on=date(2027, 9, 22), ends_on=date(2027, 11, 10), arrive_on=None, depart_on=None)

    assert stage(days, date(2027, 9, 21)) is Stage.TO_COME
    assert stage(days, date(2027, 11, 11)) is Stage.PAST


def test_urgent_tasks_are_first_then_tasks_by_due_date() -> None:
    later = Task(kind=TaskKind.UNANSWERED, by=datetime(2027, 6, 2, tzinfo=UTC))
    sooner = Task(kind=TaskKind.UNANSWERED, by=datetime(2027, 6, 1, tzinfo=UTC))
    whenever = Task(kind=TaskKind.SUMMARY)
    urgent = Task(kind=TaskKind.EMAILS_FAILED, urgent=True)

    assert sort_by_urgency([whenever, later, urgent, sooner]) == [urgent, sooner, later, whenever]
