"""What needs someone today: decided from facts that features report."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from uuid import UUID

#: How near the close of registration must be for the office to be told of those who have not answered.
CLOSING_SOON = timedelta(days=14)


class TaskKind(Enum):
    """What kind of thing waits; the page has the words and the address for each."""

    OFFER = "offer"
    INVITATION = "invitation"
    STEPS = "steps"
    EMAILS_FAILED = "letters_set_aside"
    ADDRESS_DOUBT = "address_doubt"
    ADDRESS_ASKED = "address_asked"
    CAPACITY_ASKED = "capacity_asked"
    LODGING = "lodging"
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
    """One thing that waits for the reader, in one meeting or in none."""

    kind: TaskKind
    meeting_id: UUID | None = None
    meeting: str = ""
    count: int = 1
    by: datetime | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDays:
    """When a meeting is, for the question whether it is on, to come, or past."""

    starts_on: date
    ends_on: date
    arrive_on: date | None
    depart_on: date | None

    @property
    def first(self) -> date:
        return self.arrive_on or self.starts_on

    @property
    def last(self) -> date:
        return self.depart_on or self.ends_on


class Stage(Enum):
    """Where a meeting lies from today."""

    ON = "on"
    TO_COME = "to_come"
    PAST = "past"


def stage(days: MeetingDays, today: date) -> Stage:
    """Whether the meeting is on, to come or past, by the calendar of its own place."""
    if today < days.first:
        return Stage.TO_COME
    return Stage.PAST if today > days.last else Stage.ON


def in_order_of_need(tasks: list[Task]) -> list[Task]:
    """Urgent things first, then by their date, then by kind."""
    kinds = list(TaskKind)
    return sorted(
        tasks,
        key=lambda task: (
            not task.urgent,
            task.by is None,
            task.by.timestamp() if task.by else 0.0,
            kinds.index(task.kind),
            task.meeting,
        ),
    )
