"""Delivery of emails in small transactions: claim one, compose it, record the result."""

import hashlib
import secrets
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from dialogues.core.common.own_addresses import own_address, own_base_url
from dialogues.core.common.state import state
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import transaction, upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.queries import visible
from dialogues.core.outbox.rules import (
    LEASE,
    MOST_TRIES,
    UNSENT,
    DueEmail,
    EmailKind,
    EmailResent,
    EmailState,
    pause_after,
    state_after,
)
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal, unseal
from dialogues.lib.encryption.key_store import KeyStoreDamaged
from dialogues.lib.encryption.master_key import MasterKeyFault
from dialogues.lib.encryption.names import KeyErased, KeyMissing, KeyName, Place, SealBroken
from dialogues.lib.mail.addresses import plain_address
from dialogues.lib.mail.messages import FaultyEmail, email_bytes
from dialogues.lib.mail.parts import Composed, FailureKind, Undelivered
from dialogues.lib.mail.transports import Envelope
from dialogues.lib.refusal import N_, Refusal, or_not_found
from dialogues.policy import EMAILS_RESEND


def resend(viewer: Viewer, email_id: UUID, now: datetime) -> None:
    """:raises Refusal: it is no longer marked as failed, or a newer email about the same subject was sent."""
    with transaction(viewer, EMAILS_RESEND) as change:
        reached = visible(change.viewer, EMAILS_RESEND)
        email = or_not_found(db.session.scalar(select(Email).where(Email.id == email_id, reached)))
        if email.state is not EmailState.FAILED:
            raise Refusal(N_("This letter is not set aside any more."))
        if _newer_is_sent(email):
            raise Refusal(N_("A newer letter about the same has left already, so this one would mislead."))
        email.state, email.tries, email.due_at = EmailState.QUEUED, 0, None
        email.sealed_bytes, email.maybe_sent, email.last_error = None, False, ""
        change.record(EmailResent(at=now, about=email.id, dialogue_id=email.dialogue_id, meeting_id=email.listed_under))


def _newer_is_sent(email: Email) -> bool:
    if email.order_key is None:
        return False
    newer = select(Email.id).where(
        Email.order_key == email.order_key,
        Email.sequence > email.sequence,
        Email.state.in_((EmailState.SENDING, EmailState.SENT)),
    )
    return db.session.scalar(newer.limit(1)) is not None


#: Emails without a dialogue are encrypted with the key of this owner.
_INSTALLATION = UUID(int=0)

STOPPED = N_("The worker stopped while it was sending this letter.")
UNWRITTEN = N_("The letter could not be written.")
UNREADABLE = N_("The letter can no longer be read: its key was erased.")
KEY_LOST = N_("The letter waits: its key is missing in the key store.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An email that this worker may deliver until its lease ends."""

    email_id: UUID
    kind: EmailKind
    token: str


def claim(now: datetime) -> Claim | None:
    """Claim the next email that is due (machine time); None if there is none."""
    with upkeep(system(Purpose.DELIVERY)) as session:
        while email := session.scalar(_due(now)):
            if email.overtaken:
                _release_lease(email, EmailState.SUPERSEDED)
            elif email.tries >= MOST_TRIES:
                _release_lease(email, EmailState.FAILED, STOPPED)
            else:
                return _lease(email, now)
            session.flush()
    return None


def _lease(email: Email, now: datetime) -> Claim:
    # Its last worker died, perhaps after the server had accepted the email.
    email.maybe_sent = email.maybe_sent or email.state is EmailState.SENDING
    email.state = EmailState.SENDING
    email.tries += 1
    email.lease_token = secrets.token_hex(16)
    email.lease_until = now + LEASE
    return Claim(email_id=email.id, kind=email.kind, token=email.lease_token)


def _due(now: datetime) -> Select[Email]:
    """The next email. Those with fewer attempts come first, so that one that keeps failing delays no others."""
    waiting = and_(
        Email.state.in_((EmailState.QUEUED, EmailState.READY)), or_(Email.due_at.is_(None), Email.due_at <= now)
    )
    dropped = and_(Email.state == EmailState.SENDING, Email.lease_until < now)
    order = (Email.tries, Email.queued_at, Email.sequence, Email.id)
    return select(Email).where(or_(waiting, dropped), ~_waits_for_earlier_email()).order_by(*order).limit(1)


def _waits_for_earlier_email() -> ColumnElement[bool]:
    earlier = aliased(Email)
    same_sequence = and_(
        earlier.sequence == Email.sequence,
        or_(earlier.queued_at < Email.queued_at, and_(earlier.queued_at == Email.queued_at, earlier.id < Email.id)),
    )
    return exists().where(
        earlier.order_key == Email.order_key,
        earlier.state.in_(UNSENT),
        or_(earlier.sequence < Email.sequence, same_sequence),
    )


def render(claimed: Claim, now: datetime) -> Envelope | None:
    """The message to send: composed at the first attempt and then stored.

    It is composed again at later attempts only to see whether the recipient may still read it.

    None: another worker has the email, or it is no longer needed.

    :raises Undelivered: it cannot be composed or read.
    """
    try:
        return _render(claimed, now)
    except (KeyMissing, KeyStoreDamaged, MasterKeyFault) as error:
        raise Undelivered(FailureKind.WAITING, KEY_LOST) from error


def _render(claimed: Claim, now: datetime) -> Envelope | None:
    with upkeep(system(Purpose.DELIVERY)) as session:
        email = _load_claimed(session, claimed)
        if email is None:
            return None
        if email.sealed_bytes is not None and email.maybe_sent:
            return _envelope(email, _unsealed(email, email.sealed_bytes))
        due = DueEmail(**{field.name: getattr(email, field.name) for field in fields(DueEmail)})
        composed = None if _is_withheld(due) else state().composers[email.kind](due, now)
        if composed is None:
            _release_lease(email, EmailState.SUPERSEDED)
            return None
        stored = email.sealed_bytes
        return _envelope(email, _unsealed(email, stored) if stored else _compose(email, composed, now))


def _is_withheld(due: DueEmail) -> bool:
    """Whether the recipient's account is disabled. A cancellation still removes what is in their calendar."""
    return due.kind is not EmailKind.CALENDAR_CANCEL and state().is_disabled(due.person_id, due.account_id)


def _compose(email: Email, composed: Composed, now: datetime) -> bytes:
    address = own_address()
    try:
        content = email_bytes(
            email.id, email.message_id, composed, own_address=address, base_url=own_base_url(), at=now
        )
    except FaultyEmail as fault:
        raise Undelivered(FailureKind.PERMANENT, str(fault)) from fault
    email.recipient, email.sender = plain_address(composed.recipient), plain_address(composed.sender or address)
    email.has_secret = composed.has_secret
    email.bytes_sha256 = hashlib.sha256(content).hexdigest()
    email.sealed_bytes = seal(key_store(), _key(email), _place(email), content)
    return content


def _unsealed(email: Email, sealed: bytes) -> bytes:
    try:
        return unseal(key_store(), _key(email), _place(email), sealed)
    except (KeyErased, SealBroken) as error:
        raise Undelivered(FailureKind.PERMANENT, UNREADABLE) from error


def mark_sent(claimed: Claim, now: datetime) -> None:
    with upkeep(system(Purpose.DELIVERY)) as session:
        email = _load_claimed(session, claimed)
        if email is not None:
            email.sent_at = now
            _release_lease(email, EmailState.SENT)


def mark_undelivered(claimed: Claim, failure: Undelivered, now: datetime, chance: float) -> EmailState | None:
    """Record a failed attempt and when to try again (machine time); returns the new state."""
    with upkeep(system(Purpose.DELIVERY)) as session:
        email = _load_claimed(session, claimed)
        if email is None:
            return None
        counts = failure.kind not in {FailureKind.UNREACHABLE, FailureKind.WAITING}
        if not counts:
            email.tries -= 1
        email.maybe_sent = email.maybe_sent or failure.maybe_sent
        if email.has_secret and not email.maybe_sent:
            # Nobody has this link, and the next attempt may be days later: it gets a new one.
            email.sealed_bytes = None
        state = state_after(failure.kind, email.tries, overtaken=email.overtaken)
        email.due_at = now + pause_after(email.tries if counts else 0, chance)
        _release_lease(email, state, failure.words)
        return state


def _release_lease(email: Email, state: EmailState, words: str = "") -> None:
    email.state, email.last_error = state, words
    email.lease_token = email.lease_until = None
    if state is EmailState.SUPERSEDED or (email.has_secret and state in {EmailState.SENT, EmailState.FAILED}):
        email.sealed_bytes = None


def _load_claimed(session: Session, claimed: Claim) -> Email | None:
    mine = (Email.id == claimed.email_id, Email.lease_token == claimed.token)
    return session.scalar(select(Email).where(*mine))


def _envelope(email: Email, content: bytes) -> Envelope:
    return Envelope(email_id=email.id, sender=email.sender or "", recipient=email.recipient or "", content=content)


def _key(email: Email) -> KeyName:
    return KeyName("letters", email.dialogue_id or _INSTALLATION)


def _place(email: Email) -> Place:
    return Place("letter", "sealed_bytes", email.id, email.dialogue_id)
