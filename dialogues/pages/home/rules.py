"""Tasks of the home page, and the stage of a meeting."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from math import inf
from uuid import UUID

from dialogues.meetings.dialogues.rules.facts import Days

#: Coordinators get a task for unanswered invitations this long before registration closes.
CLOSING_SOON = timedelta(days=14)


class TaskKind(Enum):
    """Kinds of tasks. Views map each kind to a label and a URL."""

    OFFER = "offer"
    INVITATION = "invitation"
    STEPS = "steps"
    EMAILS_FAILED = "emails_failed"
    ADDRESS_DOUBT = "address_doubt"
    ADDRESS_ASKED = "address_asked"
    CAPACITY_ASKED = "capacity_asked"
    SUBMIT_LIST = "submit_list"
    UNANSWERED = "unanswered"
    TO_APPROVE = "to_approve"
    CHANGES_ASKED = "changes_asked"
    NO_RELEASE = "no_release"
    UNRELEASED = "unreleased"
    NOT_OUT = "not_out"
    EXCHANGE_PROPOSED = "exchange_proposed"
    LISTS_OPEN = "lists_open"
    SUMMARY = "summary"
    TO_FILE = "to_file"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task of the viewer, in a meeting or in none; `by` is its date if it has one."""

    kind: TaskKind
    meeting_id: UUID | None = None
    meeting: str = ""
    count: int = 1
    by: datetime | None = None
    urgent: bool = False


class Stage(Enum):
    ON = "on"
    TO_COME = "to_come"
    PAST = "past"


def stage(days: Days, today: date) -> Stage:
    """Return whether the meeting is on, to come or past; `today` is the date in its time zone."""
    if today < days.first:
        return Stage.TO_COME
    return Stage.PAST if today > days.last else Stage.ON


def sort_by_urgency(tasks: list[Task]) -> list[Task]:
    """Return urgent tasks first, then by date, kind and meeting."""

    def order(task: Task) -> tuple[bool, float, int, str]:
        by = task.by.timestamp() if task.by else inf
        return not task.urgent, by, list(TaskKind).index(task.kind), task.meeting

    return sorted(tasks, key=order)
