"""Delivers letters step by step, each step a small transaction: take one, compose it once, say how it went."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from dialogues.common.refusal import N_
from dialogues.common.state import state
from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.keys.envelope import seal, unseal
from dialogues.keys.installed import key_store
from dialogues.keys.rules import KeyErased, KeyMissing, KeyName, Place, SealBroken
from dialogues.outbox.carriers import Parcel
from dialogues.outbox.composing import own_address, own_base_url
from dialogues.outbox.letter_file import FaultyLetter, letter_bytes
from dialogues.outbox.models import Letter
from dialogues.outbox.rules import (
    LEASE,
    MOST_TRIES,
    UNSENT,
    Composed,
    LetterKind,
    LetterState,
    OwedLetter,
    Trouble,
    Undelivered,
    pause_after,
    state_after,
)

#: Letters that belong to no dialogue are sealed under this owner's key.
_INSTALLATION = UUID(int=0)

STOPPED = N_("The worker stopped while it was sending this letter.")
UNWRITTEN = N_("The letter could not be written.")
UNREADABLE = N_("The letter can no longer be read: its key is gone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A letter that is ours to deliver until its lease ends."""

    letter_id: UUID
    kind: LetterKind
    token: str


def claim(now: datetime) -> Claim | None:
    """Take the next letter that is due on the machine's clock; None if there is none."""
    with upkeep(system(Purpose.DELIVERY)) as session:
        while letter := session.scalar(_due(now)):
            if letter.overtaken:
                _lay_down(letter, LetterState.SUPERSEDED)
            elif letter.tries >= MOST_TRIES:
                _lay_down(letter, LetterState.SET_ASIDE, STOPPED)
            else:
                return _take(letter, now)
            session.flush()
    return None


def _take(letter: Letter, now: datetime) -> Claim:
    letter.state = LetterState.SENDING
    letter.tries += 1
    letter.lease_token = secrets.token_hex(16)
    letter.lease_until = now + LEASE
    return Claim(letter_id=letter.id, kind=letter.kind, token=letter.lease_token)


def _due(now: datetime) -> Select[Letter]:
    """The next letter: fresh ones first, so that one that keeps failing holds up nobody."""
    waiting = and_(
        Letter.state.in_((LetterState.OWED, LetterState.READY)), or_(Letter.due_at.is_(None), Letter.due_at <= now)
    )
    dropped = and_(Letter.state == LetterState.SENDING, Letter.lease_until < now)
    order = (Letter.tries, Letter.owed_at, Letter.sequence, Letter.id)
    return select(Letter).where(or_(waiting, dropped), ~_waits_for_an_earlier_one()).order_by(*order).limit(1)


def _waits_for_an_earlier_one() -> ColumnElement[bool]:
    earlier = aliased(Letter)
    same_sequence = and_(
        earlier.sequence == Letter.sequence,
        or_(earlier.owed_at < Letter.owed_at, and_(earlier.owed_at == Letter.owed_at, earlier.id < Letter.id)),
    )
    return exists().where(
        earlier.order_key == Letter.order_key,
        earlier.state.in_(UNSENT),
        or_(earlier.sequence < Letter.sequence, same_sequence),
    )


def pack(claimed: Claim, now: datetime) -> Parcel | None:
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
        composed = state().composers[letter.kind](_as_owed(letter), now)
        if composed is None:
            _lay_down(letter, LetterState.SUPERSEDED)
            return None
        return _parcel(letter, _frozen(letter, composed, now))


def _frozen(letter: Letter, composed: Composed, now: datetime) -> bytes:
    address = own_address()
    try:
        content = letter_bytes(
            letter.id, letter.message_id, composed, own_address=address, base_url=own_base_url(), at=now
        )
    except FaultyLetter as fault:
        raise Undelivered(Trouble.FINAL, UNWRITTEN) from fault
    letter.recipient, letter.sender = composed.recipient, composed.sender or address
    letter.has_secret = composed.has_secret
    letter.bytes_sha256 = hashlib.sha256(content).hexdigest()
    if not composed.has_secret:
        letter.sealed_bytes = seal(key_store(), _key(letter), _place(letter), content)
    return content


def _opened(letter: Letter, sealed: bytes) -> bytes:
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
            _lay_down(letter, LetterState.SENT)


def mark_undelivered(claimed: Claim, trouble: Undelivered, now: datetime, chance: float) -> LetterState | None:
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
        _lay_down(letter, state, trouble.words)
        return state


def _lay_down(letter: Letter, state: LetterState, words: str = "") -> None:
    """Let go of a letter in that state."""
    letter.state, letter.last_error = state, words
    letter.lease_token = letter.lease_until = None
    if state is LetterState.SUPERSEDED:
        letter.sealed_bytes = None


def _held(session: Session, claimed: Claim) -> Letter | None:
    mine = (Letter.id == claimed.letter_id, Letter.lease_token == claimed.token)
    return session.scalar(select(Letter).where(*mine))


def _as_owed(letter: Letter) -> OwedLetter:
    return OwedLetter(
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


def _parcel(letter: Letter, content: bytes) -> Parcel:
    return Parcel(letter_id=letter.id, sender=letter.sender or "", recipient=letter.recipient or "", content=content)


def _key(letter: Letter) -> KeyName:
    return KeyName("letters", letter.dialogue_id or _INSTALLATION)


def _place(letter: Letter) -> Place:
    return Place("letter", "sealed_bytes", letter.id, letter.dialogue_id)
