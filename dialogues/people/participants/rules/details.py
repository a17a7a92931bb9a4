"""What a person writes about themself, one step after the other, and when they are there."""

import hashlib
from datetime import date

from dialogues.meetings.dialogues.rules.facts import Days


def is_among(present_from: date | None, present_to: date | None, days: Days) -> bool:
    """Whether someone has said for which of these days they come; after a meeting has moved, they have not."""
    return present_from is not None and present_to is not None and days.first <= present_from <= present_to <= days.last


def fingerprint(words: str) -> str:
    """By which two texts are known to be the same."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


#: More than any meeting has; what is sent beyond it is no selection of ours.
MOST_ROWS = 5_000
