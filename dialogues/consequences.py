"""What follows from what: one table, read top to bottom; each follow-up joins the transaction of its cause."""

from collections.abc import Callable
from typing import Any

from dialogues.agenda import follow_ups as agenda
from dialogues.common.happening import Happening
from dialogues.common.viewer import Viewer
from dialogues.meetings.rules import MeetingCopied, MeetingMoved

FollowUp = Callable[[Any], None]

CONSEQUENCES: dict[type[Happening], tuple[FollowUp, ...]] = {
    MeetingCopied: (agenda.copy_draft,),
    MeetingMoved: (agenda.move_draft,),
}


def follow(happening: Happening, _viewer: Viewer) -> None:
    """Run what follows from the happening, in the order of the table."""
    for follow_up in CONSEQUENCES.get(type(happening), ()):
        follow_up(happening)
