"""Rules about emails to send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.labels import Labelled
from dialogues.lib.mail.parts import ANSWER_WAIT, DEADLINE, Composed, FailureKind
from dialogues.lib.refusal import N_

#: How many attempts an email gets before it is marked as failed: for about four hours.
MOST_TRIES = 8
#: How long a claimed email belongs to its worker; longer than one delivery can take, so that no two send it.
LEASE = timedelta(seconds=DEADLINE + ANSWER_WAIT) + timedelta(minutes=4)

_FIRST_PAUSE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(hours=4)


class EmailState(Labelled):
    """The state of an email; `failed` needs a decision of a coordinator, `superseded` is never sent."""

    QUEUED = "queued", N_("owed")
    READY = "ready", N_("to be tried again")
    SENDING = "sending", N_("being sent")
    SENT = "sent", N_("sent")
    SUPERSEDED = "superseded", N_("replaced by a newer one")
    FAILED = "failed", N_("set aside")


#: Emails in these states will still be sent, so later ones of the same order wait for them.
UNSENT = frozenset({EmailState.QUEUED, EmailState.READY, EmailState.SENDING})


class EmailKind(Labelled):
    """What an email is about; the feature that queues it also composes it."""

    SIGN_IN_LINK = "sign_in_link", N_("Sign-in link")
    STAFF_INVITATION = "staff_invitation", N_("Invitation of staff")
    PASSWORD_RESET = "password_reset", N_("New password")
    ROLE_OFFERED = "role_offered", N_("Offer of a role")
    INVITATION = "invitation", N_("Invitation")
    CALENDAR_REQUEST = "calendar_request", N_("Calendar entry")
    CALENDAR_CANCEL = "calendar_cancel", N_("Calendar entry taken back")
    AGENDA_CHANGED = "agenda_changed", N_("Change of the agenda")
    ZONE_DATA_CHANGED = "zone_data_changed", N_("New time zone data")
    MEETING_CHANGED = "meeting_changed", N_("Change of the meeting")
    EXCHANGE_SET = "exchange_set", N_("Time of the exchange")
    LISTS_OPENED = "lists_opened", N_("Lists opened")
    LIST_CHANGED = "list_changed", N_("Change of the list")
    REGISTRATION_APPROVED = "registration_approved", N_("Registration approved")
    CHANGE_DECIDED = "change_decided", N_("Answer to a change asked for")
    ADDRESS_CHECK = "address_check", N_("Check of a new address")
    ADDRESS_CHANGED = "address_changed", N_("Address changed")
    MESSAGE = "message", N_("Message")
    ATTENDANCE_CODE = "attendance_code", N_("Code for the table")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailRequest:
    """An email to queue. `dedup_key` makes queueing idempotent; `facts` are ids, numbers and times, never text.

    Emails with the same `order_key` are sent in the order of `sequence`; with `supersedes`, a newer one cancels older
    ones that are not sent. `recipient` is set only for an email to an address that the person no longer has.
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
    recipient: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueEmail:
    id: UUID
    kind: EmailKind
    dialogue_id: UUID | None
    listed_under: UUID | None
    person_id: UUID | None
    account_id: UUID | None
    facts: Mapping[str, Any]
    sequence: int
    message_id: str
    #: The address of the request, or of the last attempt.
    recipient: str | None = None


def pause_after(tries: int, chance: float) -> timedelta:
    """How long to wait after `tries` attempts: doubles each time, up to four hours. `chance` (0 to 1) is jitter."""
    longest = min(_FIRST_PAUSE * 2 ** min(tries - 1, 16), _LONGEST_PAUSE) if tries > 0 else _FIRST_PAUSE
    return longest * (0.5 + chance / 2)


def state_after(kind: FailureKind, tries: int, *, overtaken: bool) -> EmailState:
    if overtaken:
        return EmailState.SUPERSEDED
    if kind is FailureKind.PERMANENT or (kind is FailureKind.TEMPORARY and tries >= MOST_TRIES):
        return EmailState.FAILED
    return EmailState.READY


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailResent(DomainEvent):
    """A coordinator had a failed email tried again."""

    action: ClassVar[str] = "email.resent"


#: Composes an email in the recipient's language, inside the delivery's transaction; None if it is no longer needed.
Composer = Callable[[DueEmail, datetime], Composed | None]
