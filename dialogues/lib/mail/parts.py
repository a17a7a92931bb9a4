"""Composed emails and delivery failures."""

from dataclasses import dataclass
from enum import Enum

#: The longest time that one delivery may take, in seconds.
DEADLINE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A composed email to one address, optionally with a calendar part or a picture (PNG).

    `sender` is a role address (None: the installation's own). An email with a sign-in secret (`has_secret`) is composed
    for each attempt and never stored.
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


class FailureKind(Enum):
    """What a failed delivery means for this email and for others."""

    #: No email can be sent at the moment; does not count as an attempt.
    UNREACHABLE = "away"
    #: This email cannot be composed or read at the moment; does not count as an attempt.
    WAITING = "waiting"
    #: This email may be sent later.
    TEMPORARY = "passing"
    #: This email can never be sent as it is.
    PERMANENT = "final"


class Undelivered(Exception):
    """An email was not sent; the message names no person or address."""

    def __init__(self, kind: FailureKind, words: str) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words
