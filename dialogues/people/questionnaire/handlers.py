"""What taking part owes when others change: no link outlives its meeting, nothing sealed is kept without need."""

from dialogues.meetings.dialogues.rules.events import MeetingCopied, MeetingMoved
from dialogues.people.questionnaire import operations


def copy_questions(copied: MeetingCopied) -> None:
    """What the model of a meeting asks is asked at the new one."""
    operations.copy_questions(copied.model_id, copied.about)


def move_questions(moved: MeetingMoved) -> None:
    """Answers are kept as long after the meeting as they were to be."""
    operations.move_purges(moved.about, moved.by_days)
