"""Domain events of seating."""

from dataclasses import dataclass
from typing import ClassVar

from dialogues.core.common.events import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatingPlanned(DomainEvent):
    """A new plan was saved; `about` is the plan."""

    action: ClassVar[str] = "seating.planned"

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatingPrepared(DomainEvent):
    """The pairs kept apart changed; `about` is the meeting, because the pairs must not be revealed."""

    action: ClassVar[str] = "seating.prepared"
