"""Small rules about what a person enters in the registration."""

import hashlib
from datetime import date

from dialogues.meetings.dialogues.rules.facts import Days


def is_among(present_from: date | None, present_to: date | None, days: Days) -> bool:
    """Whether the person chose days that lie within the meeting; False again after the meeting moved away from them."""
    return present_from is not None and present_to is not None and days.first <= present_from <= present_to <= days.last


def fingerprint(words: str) -> str:
    """Short checksum to detect that a text changed."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


#: Upper limit of ids accepted from one form; no meeting has that many people.
MOST_ROWS = 5_000
