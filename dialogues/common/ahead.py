"""What pages of a meeting say of features that stand above it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialogues.common.viewer import Viewer

#: One thing that comes next: its words, its address if it has one, a hint, and whether it is urgent.
Step = tuple[str, str, str, bool]


@dataclass(slots=True)
class Ahead:
    """What lower code needs from above, handed over by the factory."""

    #: What comes next for a viewer in the meeting where they stand, of which the facts are given.
    steps: Callable[[Viewer, Any, datetime], list[Step]] = lambda _viewer, _meeting, _now: []
    #: In how many sessions others are still shown something else than the viewer has planned, who may release it.
    unreleased: Callable[[Viewer], int] = lambda _viewer: 0


ahead = Ahead()
