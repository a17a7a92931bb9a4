"""Decisions about letters owed, on given facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from dialogues.common.happening import Happening
from dialogues.common.refusal import N_

#: How often a letter is tried before it is set aside for a person to look at: for about four hours.
MOST_TRIES = 8
#: How long a letter belongs to the worker that took it; far longer than one delivery can last.
LEASE = timedelta(minutes=5)
#: The longest that one delivery can last, in seconds.
DEADLINE = 60.0
_FIRST_PAUSE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(hours=4)


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
    EXCHANGE_SET = "exchange_set"
    LISTS_OPENED = "lists_opened"
    LIST_CHANGED = "list_changed"
    REGISTRATION_APPROVED = "registration_approved"
    CHANGE_DECIDED = "change_decided"
    ADDRESS_CHECK = "address_check"
    ADDRESS_CHANGED = "address_changed"
    MESSAGE = "message"
    ATTENDANCE_CODE = "attendance_code"


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


def pause_after(tries: int, chance: float) -> timedelta:
    """How long to wait after that many tries, twice as long each time; `chance` (0 to 1) spreads them."""
    longest = min(_FIRST_PAUSE * 2 ** min(tries - 1, 16), _LONGEST_PAUSE) if tries > 0 else _FIRST_PAUSE
    return longest * (0.5 + chance / 2)


def state_after(trouble: Trouble, tries: int, *, frozen: bool, overtaken: bool) -> LetterState:
    """Where a letter stands that did not leave after so many tries."""
    if overtaken:
        return LetterState.SUPERSEDED
    if trouble is Trouble.FINAL or (trouble is Trouble.PASSING and tries >= MOST_TRIES):
        return LetterState.SET_ASIDE
    return LetterState.READY if frozen else LetterState.OWED


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterResent(Happening):
    """A letter that was set aside is tried again, at somebody's word."""

    action: ClassVar[str] = "letter.resent"


#: Composes a letter in the recipient's language, inside the delivering transaction; None: nothing is owed any more.
Composer = Callable[[OwedLetter, datetime], Composed | None]


WORDS: dict[Enum, str] = {
    LetterState.OWED: N_("owed"),
    LetterState.READY: N_("to be tried again"),
    LetterState.SENDING: N_("being sent"),
    LetterState.SENT: N_("sent"),
    LetterState.SUPERSEDED: N_("replaced by a newer one"),
    LetterState.SET_ASIDE: N_("set aside"),
    LetterKind.SIGN_IN_LINK: N_("Sign-in link"),
    LetterKind.STAFF_INVITATION: N_("Invitation of staff"),
    LetterKind.PASSWORD_RESET: N_("New password"),
    LetterKind.ROLE_OFFERED: N_("Offer of a role"),
    LetterKind.INVITATION: N_("Invitation"),
    LetterKind.CALENDAR_REQUEST: N_("Calendar entry"),
    LetterKind.CALENDAR_CANCEL: N_("Calendar entry taken back"),
    LetterKind.AGENDA_CHANGED: N_("Change of the agenda"),
    LetterKind.MEETING_CHANGED: N_("Change of the meeting"),
    LetterKind.EXCHANGE_SET: N_("Time of the exchange"),
    LetterKind.LISTS_OPENED: N_("Lists opened"),
    LetterKind.LIST_CHANGED: N_("Change of the list"),
    LetterKind.REGISTRATION_APPROVED: N_("Registration approved"),
    LetterKind.CHANGE_DECIDED: N_("Answer to a change asked for"),
    LetterKind.ADDRESS_CHECK: N_("Check of a new address"),
    LetterKind.ADDRESS_CHANGED: N_("Address changed"),
    LetterKind.MESSAGE: N_("Message"),
    LetterKind.ATTENDANCE_CODE: N_("Code for the table"),
}
