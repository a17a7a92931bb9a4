"""What happens to seating plans."""

from dataclasses import dataclass
from typing import ClassVar

from dialogues.core.common.events import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatingPlanned(DomainEvent):
    """A new plan was made; `about` is the plan."""

    action: ClassVar[str] = "seating.planned"

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatingPrepared(DomainEvent):
    """What a plan is made from was changed; `about` is the meeting, and nothing says how."""

    action: ClassVar[str] = "seating.prepared"
