"""Rules about emails to send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.mail.parts import Composed, FailureKind
from dialogues.lib.refusal import N_

#: How many attempts an email gets before it is marked as failed: about four hours.
MOST_TRIES = 8
#: How long a claimed email belongs to its worker; much longer than one delivery can take.
LEASE = timedelta(minutes=5)


_FIRST_PAUSE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(hours=4)


class EmailState(Enum):
    """The state of an email; `set_aside` means failed and needs a decision, `superseded` is never sent."""

    QUEUED = "queued"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    SUPERSEDED = "superseded"
    SET_ASIDE = "set_aside"


#: Emails in these states will still be sent, so later ones of the same order wait for them.
UNSENT = frozenset({EmailState.QUEUED, EmailState.READY, EmailState.SENDING})


class EmailKind(Enum):
    """What an email is about; the feature that queues it also composes it."""

    SIGN_IN_LINK = "sign_in_link"
    STAFF_INVITATION = "staff_invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  a kind of email, not a password
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
class EmailRequest:
    """An email to queue. `dedup_key` makes queueing idempotent; `facts` are ids, numbers and times, never text.

    Emails with the same `order_key` are sent in the order of `sequence`; with `supersedes`, a newer one cancels older
    ones that are not sent.
    """

    kind: EmailKind
    dedup_key: str
    queued_at: datetime
    dialogue_id: UUID | None = None
    listed_under: UUID | None = None
    person_id: UUID | None = None
    account_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    order_key: str | None = None
    sequence: int = 0
    supersedes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueEmail:
    """The facts that a composer gets."""

    id: UUID
    kind: EmailKind
    dialogue_id: UUID | None
    listed_under: UUID | None
    person_id: UUID | None
    account_id: UUID | None
    facts: Mapping[str, Any]
    sequence: int
    message_id: str


def pause_after(tries: int, chance: float) -> timedelta:
    """How long to wait after `tries` attempts: doubles each time, up to four hours. `chance` (0 to 1) is jitter."""
    longest = min(_FIRST_PAUSE * 2 ** min(tries - 1, 16), _LONGEST_PAUSE) if tries > 0 else _FIRST_PAUSE
    return longest * (0.5 + chance / 2)


def state_after(kind: FailureKind, tries: int, *, frozen: bool, overtaken: bool) -> EmailState:
    """The state of an email after a failed attempt."""
    if overtaken:
        return EmailState.SUPERSEDED
    if kind is FailureKind.PERMANENT or (kind is FailureKind.TEMPORARY and tries >= MOST_TRIES):
        return EmailState.SET_ASIDE
    return EmailState.READY if frozen else EmailState.QUEUED


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailResent(DomainEvent):
    """A coordinator had a failed email tried again."""

    action: ClassVar[str] = "email.resent"


#: Composes an email in the recipient's language, inside the delivery's transaction; None if it is no longer needed.
Composer = Callable[[DueEmail, datetime], Composed | None]


WORDS: dict[Enum, str] = {
    EmailState.QUEUED: N_("owed"),
    EmailState.READY: N_("to be tried again"),
    EmailState.SENDING: N_("being sent"),
    EmailState.SENT: N_("sent"),
    EmailState.SUPERSEDED: N_("replaced by a newer one"),
    EmailState.SET_ASIDE: N_("set aside"),
    EmailKind.SIGN_IN_LINK: N_("Sign-in link"),
    EmailKind.STAFF_INVITATION: N_("Invitation of staff"),
    EmailKind.PASSWORD_RESET: N_("New password"),
    EmailKind.ROLE_OFFERED: N_("Offer of a role"),
    EmailKind.INVITATION: N_("Invitation"),
    EmailKind.CALENDAR_REQUEST: N_("Calendar entry"),
    EmailKind.CALENDAR_CANCEL: N_("Calendar entry taken back"),
    EmailKind.AGENDA_CHANGED: N_("Change of the agenda"),
    EmailKind.MEETING_CHANGED: N_("Change of the meeting"),
    EmailKind.EXCHANGE_SET: N_("Time of the exchange"),
    EmailKind.LISTS_OPENED: N_("Lists opened"),
    EmailKind.LIST_CHANGED: N_("Change of the list"),
    EmailKind.REGISTRATION_APPROVED: N_("Registration approved"),
    EmailKind.CHANGE_DECIDED: N_("Answer to a change asked for"),
    EmailKind.ADDRESS_CHECK: N_("Check of a new address"),
    EmailKind.ADDRESS_CHANGED: N_("Address changed"),
    EmailKind.MESSAGE: N_("Message"),
    EmailKind.ATTENDANCE_CODE: N_("Code for the table"),
}
