"""What happens to one person at one meeting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

from dialogues.core.common.events import DomainEvent


class TakingPart(Protocol):
    """A participation, as far as a happening tells of it."""

    @property
    def id(self) -> UUID: ...

    @property
    def dialogue_id(self) -> UUID: ...

    @property
    def meeting_id(self) -> UUID: ...

    @property
    def person_id(self) -> UUID: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationEvent(DomainEvent):
    """Something about one person at one meeting; `about` is the participation."""

    action: ClassVar[str] = "participation"

    person_id: UUID

    @classmethod
    def of(cls, participation: TakingPart, at: datetime, **more: Any) -> Self:
        """This happened to that participation; `more` is what such a happening tells besides."""
        return cls(
            about=participation.id,
            dialogue_id=participation.dialogue_id,
            meeting_id=participation.meeting_id,
            at=at,
            **{"person_id": participation.person_id, **more},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationConfirmed(ParticipationEvent):
    """Someone accepted an invitation."""

    action: ClassVar[str] = "participation.confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationDeclined(ParticipationEvent):
    """Someone declined an invitation."""

    action: ClassVar[str] = "participation.declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationWithdrawn(ParticipationEvent):
    """Someone who was invited or confirmed comes no more: by their own word, or by the office's."""

    action: ClassVar[str] = "participation.withdrawn"

    by_office: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatApproved(ParticipationEvent):
    """A coordinator gave someone who waited a seat, perhaps above the party's numbers."""

    action: ClassVar[str] = "seat.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityApproved(ParticipationEvent):
    """A coordinator approved that someone becomes a participant."""

    action: ClassVar[str] = "capacity.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRefused(ParticipationEvent):
    """A coordinator refused that someone becomes a participant."""

    action: ClassVar[str] = "capacity.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeProposed(DomainEvent):
    """Someone proposed another time for a meeting's lists to open, which waits for a second person."""

    action: ClassVar[str] = "exchange.proposed"
