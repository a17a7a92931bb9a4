"""What happens when the sample is loaded or a meeting is made up."""

from dataclasses import dataclass
from typing import ClassVar

from dialogues.core.common.events import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLoaded(DomainEvent):
    """The sample was loaded into an empty database."""

    action: ClassVar[str] = "sample.loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingGenerated(DomainEvent):
    """A made-up meeting of a given size was added."""

    action: ClassVar[str] = "sample.generated"
    sessions: int
    participants: int
