"""What follows from what: one table, read top to bottom; each follow-up joins the transaction of its cause."""

from collections.abc import Callable
from typing import Any

from dialogues.common.happening import Happening
from dialogues.common.viewer import Viewer

FollowUp = Callable[[Any], None]

CONSEQUENCES: dict[type[Happening], tuple[FollowUp, ...]] = {}


def follow(happening: Happening, _viewer: Viewer) -> None:
    """Run what follows from the happening, in the order of the table."""
    for follow_up in CONSEQUENCES.get(type(happening), ()):
        follow_up(happening)
