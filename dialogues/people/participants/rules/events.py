"""Domain events about one person at one meeting."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

from dialogues.core.common.events import DomainEvent


class ParticipationIds(Protocol):
    """The ids of a participation that an event needs."""

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
    """Base of events about one person at one meeting; `about` is the id of the participation."""

    action: ClassVar[str] = "participation"

    person_id: UUID

    @classmethod
    def of(cls, participation: ParticipationIds, at: datetime, **more: Any) -> Self:
        """Builds the event from a participation; `more` holds extra fields of the event."""
        return cls(
            about=participation.id,
            dialogue_id=participation.dialogue_id,
            meeting_id=participation.meeting_id,
            at=at,
            **{"person_id": participation.person_id, **more},
        )


def people_by_meeting(events: Iterable[ParticipationEvent]) -> dict[UUID, set[UUID]]:
    """The people that the events are about, by meeting."""
    people = defaultdict[UUID, set[UUID]](set)
    for event in events:
        if event.meeting_id is not None:
            people[event.meeting_id].add(event.person_id)
    return people


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationConfirmed(ParticipationEvent):
    """A person accepted an invitation."""

    action: ClassVar[str] = "participation.confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationDeclined(ParticipationEvent):
    """A person declined an invitation."""

    action: ClassVar[str] = "participation.declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationWithdrawn(ParticipationEvent):
    """A person who was nominated, invited or confirmed left; `by_office` if a coordinator decided it."""

    action: ClassVar[str] = "participation.withdrawn"

    by_office: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatApproved(ParticipationEvent):
    """A coordinator gave a waiting person a seat, possibly above the party's number of seats."""

    action: ClassVar[str] = "seat.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityApproved(ParticipationEvent):
    """A coordinator approved a request to become a participant."""

    action: ClassVar[str] = "capacity.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRefused(ParticipationEvent):
    """A coordinator refused a request to become a participant."""

    action: ClassVar[str] = "capacity.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeProposed(DomainEvent):
    """Someone proposed a time for the exchange; a second person has to confirm it."""

    action: ClassVar[str] = "exchange.proposed"
