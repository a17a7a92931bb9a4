"""Delivers letters step by step, each step a small transaction: take one, compose it once, say how it went."""

import hashlib
import secrets
from dataclasses import dataclass
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
from dialogues.lib.encryption.names import KeyErased, KeyMissing, KeyName, Place, SealBroken
from dialogues.lib.mail.messages import FaultyEmail, email_bytes
from dialogues.lib.mail.parts import Composed, Trouble, Undelivered
from dialogues.lib.mail.transports import Envelope
from dialogues.lib.refusal import N_, NotFound, Refusal
from dialogues.policy import EMAILS_RESEND


def resend(viewer: Viewer, email_id: UUID, now: datetime) -> None:
    """Have a letter tried again that was set aside; it is composed anew, to the address that is right now.

    :raises Refusal: it was not set aside, or a newer letter about the same has left already.
    """
    with transaction(viewer, EMAILS_RESEND) as change:
        reached = visible(change.viewer, EMAILS_RESEND)
        letter = db.session.scalar(select(Email).where(Email.id == email_id, reached))
        if letter is None:
            raise NotFound
        if letter.state is not EmailState.SET_ASIDE:
            raise Refusal(N_("This letter is not set aside any more."))
        if _newer_has_left(letter):
            raise Refusal(N_("A newer letter about the same has left already, so this one would mislead."))
        letter.state, letter.tries, letter.due_at = EmailState.QUEUED, 0, None
        letter.sealed_bytes, letter.last_error = None, ""
        change.record(
            EmailResent(at=now, about=letter.id, dialogue_id=letter.dialogue_id, meeting_id=letter.listed_under)
        )


def _newer_has_left(letter: Email) -> bool:
    if letter.order_key is None:
        return False
    newer = select(Email.id).where(
        Email.order_key == letter.order_key,
        Email.sequence > letter.sequence,
        Email.state.in_((EmailState.SENDING, EmailState.SENT)),
    )
    return db.session.scalar(newer.limit(1)) is not None


#: Letters that belong to no dialogue are sealed under this owner's key.
_INSTALLATION = UUID(int=0)


STOPPED = N_("The worker stopped while it was sending this letter.")
UNWRITTEN = N_("The letter could not be written.")
UNREADABLE = N_("The letter can no longer be read: its key is gone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A letter that is ours to deliver until its lease ends."""

    email_id: UUID
    kind: EmailKind
    token: str


def claim(now: datetime) -> Claim | None:
    """Take the next letter that is due on the machine's clock; None if there is none."""
    with upkeep(system(Purpose.DELIVERY)) as session:
        while letter := session.scalar(_due(now)):
            if letter.overtaken:
                _release_lease(letter, EmailState.SUPERSEDED)
            elif letter.tries >= MOST_TRIES:
                _release_lease(letter, EmailState.SET_ASIDE, STOPPED)
            else:
                return _take(letter, now)
            session.flush()
    return None


def _take(letter: Email, now: datetime) -> Claim:
    letter.state = EmailState.SENDING
    letter.tries += 1
    letter.lease_token = secrets.token_hex(16)
    letter.lease_until = now + LEASE
    return Claim(email_id=letter.id, kind=letter.kind, token=letter.lease_token)


def _due(now: datetime) -> Select[Email]:
    """The next letter: fresh ones first, so that one that keeps failing holds up nobody."""
    waiting = and_(
        Email.state.in_((EmailState.QUEUED, EmailState.READY)), or_(Email.due_at.is_(None), Email.due_at <= now)
    )
    dropped = and_(Email.state == EmailState.SENDING, Email.lease_until < now)
    order = (Email.tries, Email.queued_at, Email.sequence, Email.id)
    return select(Email).where(or_(waiting, dropped), ~_waits_for_an_earlier_one()).order_by(*order).limit(1)


def _waits_for_an_earlier_one() -> ColumnElement[bool]:
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
    """The bytes to be sent: composed at the first try and the same ever after; a letter with a secret is new each time.

    None: the letter is no longer ours, or nothing is owed any more.

    :raises Undelivered: it cannot be written as it should be.
    """
    with upkeep(system(Purpose.DELIVERY)) as session:
        letter = _held(session, claimed)
        if letter is None:
            return None
        if letter.sealed_bytes is not None:
            return _parcel(letter, _opened(letter, letter.sealed_bytes))
        composed = state().composers[letter.kind](_as_due(letter), now)
        if composed is None:
            _release_lease(letter, EmailState.SUPERSEDED)
            return None
        return _parcel(letter, _frozen(letter, composed, now))


def _frozen(letter: Email, composed: Composed, now: datetime) -> bytes:
    address = own_address()
    try:
        content = email_bytes(
            letter.id, letter.message_id, composed, own_address=address, base_url=own_base_url(), at=now
        )
    except FaultyEmail as fault:
        raise Undelivered(Trouble.FINAL, UNWRITTEN) from fault
    letter.recipient, letter.sender = composed.recipient, composed.sender or address
    letter.has_secret = composed.has_secret
    letter.bytes_sha256 = hashlib.sha256(content).hexdigest()
    if not composed.has_secret:
        letter.sealed_bytes = seal(key_store(), _key(letter), _place(letter), content)
    return content


def _opened(letter: Email, sealed: bytes) -> bytes:
    try:
        return unseal(key_store(), _key(letter), _place(letter), sealed)
    except (KeyErased, KeyMissing, SealBroken) as error:
        raise Undelivered(Trouble.FINAL, UNREADABLE) from error


def mark_sent(claimed: Claim, now: datetime) -> None:
    """Say that a letter has left."""
    with upkeep(system(Purpose.DELIVERY)) as session:
        letter = _held(session, claimed)
        if letter is not None:
            letter.sent_at = now
            _release_lease(letter, EmailState.SENT)


def mark_undelivered(claimed: Claim, trouble: Undelivered, now: datetime, chance: float) -> EmailState | None:
    """Say that a letter has not left, and when it is tried again on the machine's clock; where it stands now."""
    with upkeep(system(Purpose.DELIVERY)) as session:
        letter = _held(session, claimed)
        if letter is None:
            return None
        if trouble.trouble is Trouble.AWAY:
            letter.tries -= 1
        frozen = letter.sealed_bytes is not None
        state = state_after(trouble.trouble, letter.tries, frozen=frozen, overtaken=letter.overtaken)
        tries = 0 if trouble.trouble is Trouble.AWAY else letter.tries
        letter.due_at = now + pause_after(tries, chance)
        _release_lease(letter, state, trouble.words)
        return state


def _release_lease(letter: Email, state: EmailState, words: str = "") -> None:
    """Let go of a letter in that state."""
    letter.state, letter.last_error = state, words
    letter.lease_token = letter.lease_until = None
    if state is EmailState.SUPERSEDED:
        letter.sealed_bytes = None


def _held(session: Session, claimed: Claim) -> Email | None:
    mine = (Email.id == claimed.email_id, Email.lease_token == claimed.token)
    return session.scalar(select(Email).where(*mine))


def _as_due(letter: Email) -> DueEmail:
    return DueEmail(
        id=letter.id,
        kind=letter.kind,
        dialogue_id=letter.dialogue_id,
        listed_under=letter.listed_under,
        person_id=letter.person_id,
        account_id=letter.account_id,
        facts=letter.facts,
        sequence=letter.sequence,
        message_id=letter.message_id,
    )


def _parcel(letter: Email, content: bytes) -> Envelope:
    return Envelope(email_id=letter.id, sender=letter.sender or "", recipient=letter.recipient or "", content=content)


def _key(letter: Email) -> KeyName:
    return KeyName("letters", letter.dialogue_id or _INSTALLATION)


def _place(letter: Email) -> Place:
    return Place("letter", "sealed_bytes", letter.id, letter.dialogue_id)
