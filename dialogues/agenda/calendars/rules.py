"""How long feeds work, and their events."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from dialogues.core.common.events import DomainEvent

#: How long a cancelled entry stays in a feed, and how long a feed address works.
CANCELLED_RETENTION = timedelta(days=30)
FEED_LIFETIME = timedelta(days=400)
#: Limit of feed addresses per person.
MAX_FEEDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOpened(DomainEvent):
    """A feed address was created; `about` is the person."""

    action: ClassVar[str] = "feed.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEnded(DomainEvent):
    """A feed address was revoked; `about` is the person."""

    action: ClassVar[str] = "feed.ended"
