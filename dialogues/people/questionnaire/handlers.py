"""Reactions to copied and moved meetings."""

from collections.abc import Sequence

from dialogues.meetings.dialogues.rules.events import MeetingCopied, MeetingMoved
from dialogues.people.questionnaire import operations


def copy_questions(events: Sequence[MeetingCopied]) -> None:
    for copied in events:
        operations.copy_questions(copied.model_id, copied.about)


def move_questions(events: Sequence[MeetingMoved]) -> None:
    """Keeps the retention period of answers when a meeting moves to other days."""
    for moved in events:
        operations.shift_purge_dates(moved.about, moved.by_days)
