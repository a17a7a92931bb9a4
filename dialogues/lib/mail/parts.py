"""Decisions about letters owed, on given facts."""

from dataclasses import dataclass
from enum import Enum

#: The longest that one delivery can last, in seconds.
DEADLINE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A letter in words: to one address, with a calendar part, a picture (PNG) or neither.

    `sender` is a role address (None: the installation's own). A letter with a sign-in secret (`has_secret`) is composed
    anew at each sending and never kept.
    """

    recipient: str
    subject: str
    text: str
    calendar: bytes | None = None
    method: str | None = None
    picture: bytes | None = None
    sender: str | None = None
    sender_name: str = ""
    in_reply_to: str | None = None
    has_secret: bool = False
    language: str = "en"


class Trouble(Enum):
    """What it means that a letter did not leave."""

    #: No letter leaves at the moment: nothing is counted against this one.
    AWAY = "away"
    #: This letter may leave later.
    PASSING = "passing"
    #: This letter will never leave as it is.
    FINAL = "final"


class Undelivered(Exception):
    """A letter did not leave, in words that name nobody."""

    def __init__(self, trouble: Trouble, words: str) -> None:
        super().__init__(words)
        self.trouble = trouble
        self.words = words
