"""Owes letters, inside the transaction of their cause: cause and letter are kept or lost together."""

from uuid import UUID, uuid4

from sqlalchemy import select, update

from dialogues.extensions import db
from dialogues.outbox.composing import own_domain
from dialogues.outbox.models import Letter
from dialogues.outbox.rules import UNSENT, Debt, LetterState


def owe(debt: Debt) -> UUID:
    """Owe a letter and say its id; what is owed already under this `debt_key` is not owed twice.

    With `supersedes`, older letters of the same `order_key` that have not left yet never will.
    """
    known = db.session.scalar(select(Letter.id).where(Letter.debt_key == debt.debt_key))
    if known is not None:
        return known
    letter = Letter(
        id=(letter_id := uuid4()),
        debt_key=debt.debt_key,
        kind=debt.kind,
        dialogue_id=debt.dialogue_id,
        listed_under=debt.listed_under,
        person_id=debt.person_id,
        account_id=debt.account_id,
        facts=dict(debt.facts),
        order_key=debt.order_key,
        sequence=debt.sequence,
        message_id=f"<{letter_id}@{own_domain()}>",
        owed_at=debt.owed_at,
        overtaken=_is_overtaken(debt),
    )
    letter.state = LetterState.SUPERSEDED if letter.overtaken else LetterState.OWED
    if debt.supersedes and debt.order_key:
        _supersede_older(debt.order_key, debt.sequence)
    db.session.add(letter)
    db.session.flush()
    return letter_id


def _is_overtaken(debt: Debt) -> bool:
    """Whether a later letter of the same order has left or is leaving: an earlier one must not follow it."""
    if not debt.order_key:
        return False
    later = select(Letter.id).where(
        Letter.order_key == debt.order_key,
        Letter.sequence > debt.sequence,
        Letter.state.in_((LetterState.SENDING, LetterState.SENT)),
    )
    return db.session.scalar(later.limit(1)) is not None


def _supersede_older(order_key: str, sequence: int) -> None:
    older = (Letter.order_key == order_key, Letter.sequence <= sequence)
    # One that is leaving at this moment is left alone; should it fail, it is not tried again.
    db.session.execute(update(Letter).where(*older, Letter.state == LetterState.SENDING).values(overtaken=True))
    waiting = (*(UNSENT - {LetterState.SENDING}), LetterState.SET_ASIDE)
    db.session.execute(
        update(Letter).where(*older, Letter.state.in_(waiting)).values(state=LetterState.SUPERSEDED, sealed_bytes=None)
    )
