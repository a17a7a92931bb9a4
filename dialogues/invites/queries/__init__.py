"""Reads of calendar entries: one's own, a feed's, and what the house must know to write them."""

from dialogues.invites.queries.circle import (
    Guest,
    Setting,
    Wanted,
    guests,
    is_asked,
    is_guest,
    meetings_of,
    restricted,
    setting,
    still_asked,
    wanted,
    with_address,
)
from dialogues.invites.queries.feed import FeedHead, feed_content, feed_head
from dialogues.invites.queries.own import (
    is_confidential,
    nominee_file,
    own_feeds,
    own_file,
    own_session,
    own_sessions,
    visible,
)
from dialogues.invites.queries.stored import as_revision, newest
from dialogues.invites.queries.told import Difference, Mailed, Reader, mailed, reader, release_changes

__all__ = [
    "Difference",
    "FeedHead",
    "Guest",
    "Mailed",
    "Reader",
    "Setting",
    "Wanted",
    "as_revision",
    "feed_content",
    "feed_head",
    "guests",
    "is_asked",
    "is_confidential",
    "is_guest",
    "mailed",
    "meetings_of",
    "newest",
    "nominee_file",
    "own_feeds",
    "own_file",
    "own_session",
    "own_sessions",
    "reader",
    "release_changes",
    "restricted",
    "setting",
    "still_asked",
    "visible",
    "wanted",
    "with_address",
]
