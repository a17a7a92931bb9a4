"""Decisions about venues and rooms, and what can happen to them."""

from dataclasses import dataclass
from typing import ClassVar

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal

MOST_IN_A_ROOM = 10_000
MOST_BOOTHS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFacts:
    """A house as it is written down."""

    name: str
    city: str
    country: str
    zone: str
    subdivision: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFacts:
    """A room as it is written down; `capacity` counts everyone present."""

    name: str
    capacity: int
    booths: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueAdded(DomainEvent):
    """A venue was written down."""

    action: ClassVar[str] = "venue.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueChanged(DomainEvent):
    """What is known of a venue changed."""

    action: ClassVar[str] = "venue.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomAdded(DomainEvent):
    """A room of a venue was written down."""

    action: ClassVar[str] = "venue.room.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged(DomainEvent):
    """A room was renamed or measured anew."""

    action: ClassVar[str] = "venue.room.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRetired(DomainEvent):
    """A room is offered no more for new sessions."""

    action: ClassVar[str] = "venue.room.retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomReopened(DomainEvent):
    """A retired room is offered again."""

    action: ClassVar[str] = "venue.room.reopened"


def refuse_odd_room(room: RoomFacts) -> None:
    """:raises Refusal: nobody fits into it, or nobody could have counted so many."""
    if not 1 <= room.capacity <= MOST_IN_A_ROOM:
        raise Refusal(N_("A room holds between 1 and %(most)s people."), field="capacity", most=MOST_IN_A_ROOM)
    if not 0 <= room.booths <= MOST_BOOTHS:
        raise Refusal(N_("A room has between 0 and %(most)s booths."), field="booths", most=MOST_BOOTHS)
