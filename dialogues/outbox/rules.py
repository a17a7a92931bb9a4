"""Decisions about letters owed, on given facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID


class LetterState(Enum):
    """Where a letter stands; `set_aside` waits for a coordinator, `superseded` will never be sent."""

    OWED = "owed"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    SUPERSEDED = "superseded"
    SET_ASIDE = "set_aside"


#: Letters in these states will still leave, so that later ones of the same order wait for them.
UNSENT = frozenset({LetterState.OWED, LetterState.READY, LetterState.SENDING})


class LetterKind(Enum):
    """What a letter is about; the feature that owes it composes it."""

    SIGN_IN_LINK = "sign_in_link"
    STAFF_INVITATION = "staff_invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  a kind of letter, no password
    ROLE_OFFERED = "role_offered"
    INVITATION = "invitation"
    CALENDAR_REQUEST = "calendar_request"
    CALENDAR_CANCEL = "calendar_cancel"
    AGENDA_CHANGED = "agenda_changed"
    MEETING_CHANGED = "meeting_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """A letter that is owed: `debt_key` makes owing it twice one letter; `facts` are ids, numbers, times, never words.

    Letters with the same `order_key` leave in the order of `sequence`; a newer one supersedes an older one not yet sent
    when `supersedes` is true.
    """

    kind: LetterKind
    debt_key: str
    owed_at: datetime
    dialogue_id: UUID | None = None
    listed_under: UUID | None = None
    person_id: UUID | None = None
    account_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    order_key: str | None = None
    sequence: int = 0
    supersedes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLetter:
    """What a composer is given."""

    id: UUID
    kind: LetterKind
    dialogue_id: UUID | None
    listed_under: UUID | None
    person_id: UUID | None
    account_id: UUID | None
    facts: Mapping[str, Any]
    sequence: int
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A letter in words: to one address, with a calendar part or none.

    `sender` is a role address (None: the installation's own). A letter with a sign-in secret (`has_secret`) is composed
    anew at each sending and never kept.
    """

    recipient: str
    subject: str
    text: str
    calendar: bytes | None = None
    method: str | None = None
    sender: str | None = None
    sender_name: str = ""
    in_reply_to: str | None = None
    has_secret: bool = False


#: Composes a letter in the recipient's language, inside the delivering transaction; None: nothing is owed any more.
Composer = Callable[[OwedLetter, datetime], Composed | None]
