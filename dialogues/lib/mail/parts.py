"""Composed emails and delivery failures."""

from dataclasses import dataclass
from enum import Enum

#: The longest time that a delivery may take until its content is sent, in seconds.
DEADLINE = 60.0
#: How long a server may take to accept the content, in seconds: RFC 5321, section 4.5.3.2.6. A server that has
#: accepted it, but was not heard, has the email, and would get it twice.
ANSWER_WAIT = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A composed email to one address, optionally with a calendar part or a picture (PNG).

    `sender` is a role address (None: the installation's own). An email with a sign-in secret (`has_secret`) is composed
    again after each attempt that certainly failed, and its text is deleted once it is sent.
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
    """An email was not sent, or may have been (`maybe_sent`); the message names no person or address."""

    def __init__(self, kind: FailureKind, words: str, *, maybe_sent: bool = False) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words
        self.maybe_sent = maybe_sent
