"""What happens when the sample is loaded or a meeting is made up."""

from dataclasses import dataclass
from typing import ClassVar

from dialogues.common.happening import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLoaded(Happening):
    """The sample was loaded into an empty database."""

    action: ClassVar[str] = "sample.loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingGenerated(Happening):
    """A made-up meeting of a given size was added."""

    action: ClassVar[str] = "sample.generated"
    sessions: int
    participants: int
