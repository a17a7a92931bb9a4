"""Input values, checks and events of venues and rooms."""

from dataclasses import dataclass
from typing import ClassVar

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal

MOST_IN_A_ROOM = 10_000
MOST_BOOTHS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFacts:
    name: str
    city: str
    country: str
    zone: str
    subdivision: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFacts:
    """A room; `capacity` counts everyone present."""

    name: str
    capacity: int
    booths: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueAdded(DomainEvent):
    action: ClassVar[str] = "venue.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueChanged(DomainEvent):
    action: ClassVar[str] = "venue.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomAdded(DomainEvent):
    action: ClassVar[str] = "venue.room.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged(DomainEvent):
    action: ClassVar[str] = "venue.room.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRetired(DomainEvent):
    action: ClassVar[str] = "venue.room.retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomReopened(DomainEvent):
    action: ClassVar[str] = "venue.room.reopened"


def check_room(room: RoomFacts) -> None:
    """:raises Refusal: the capacity or the number of booths is out of range."""
    if not 1 <= room.capacity <= MOST_IN_A_ROOM:
        raise Refusal(N_("A room holds between 1 and %(most)s people."), field="capacity", most=MOST_IN_A_ROOM)
    if not 0 <= room.booths <= MOST_BOOTHS:
        raise Refusal(N_("A room has between 0 and %(most)s booths."), field="booths", most=MOST_BOOTHS)
