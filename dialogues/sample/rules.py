"""Events of the sample."""

from dataclasses import dataclass
from typing import ClassVar

from dialogues.core.common.events import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLoaded(DomainEvent):
    action: ClassVar[str] = "sample.loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingGenerated(DomainEvent):
    action: ClassVar[str] = "sample.generated"
    sessions: int
    participants: int
