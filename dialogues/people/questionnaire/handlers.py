"""Reactions to copied and moved meetings."""

from dialogues.meetings.dialogues.rules.events import MeetingCopied, MeetingMoved
from dialogues.people.questionnaire import operations


def copy_questions(copied: MeetingCopied) -> None:
    """Copies the questions of the original meeting."""
    operations.copy_questions(copied.model_id, copied.about)


def move_questions(moved: MeetingMoved) -> None:
    """Keeps the retention period of answers when the meeting moves to other days."""
    operations.shift_purge_dates(moved.about, moved.by_days)
