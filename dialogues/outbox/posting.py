"""Owes letters, inside the transaction of their cause: cause and letter are kept or lost together."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, bindparam, func, insert, or_, select, update

from dialogues.extensions import db
from dialogues.outbox.composing import own_domain
from dialogues.outbox.models import Letter
from dialogues.outbox.rules import UNSENT, Debt, LetterState

#: Letters that have not left and are not leaving.
_WAITING = (*(UNSENT - {LetterState.SENDING}), LetterState.SET_ASIDE)


def owe(debt: Debt) -> UUID:
    """Owe a letter and say its id; what is owed already under this `debt_key` is not owed twice.

    With `supersedes`, older letters of the same `order_key` that have not left yet never will.
    """
    return owe_all((debt,))[0]


def owe_all(debts: Collection[Debt]) -> list[UUID]:
    """Owe many letters as `owe` does each, in a fixed number of queries; their ids in the same order."""
    ids = _known({debt.debt_key for debt in debts})
    fresh = {debt.debt_key: debt for debt in debts if debt.debt_key not in ids}
    if fresh:
        left = _last_left({debt.order_key for debt in fresh.values() if debt.order_key})
        _supersede_older(debt for debt in fresh.values() if debt.supersedes and debt.order_key)
        ids |= {key: uuid4() for key in fresh}
        rows = [_letter(ids[key], debt, _is_overtaken(debt, left)) for key, debt in fresh.items()]
        db.session.execute(insert(Letter), rows)
    return [ids[debt.debt_key] for debt in debts]


def _known(debt_keys: Collection[str]) -> dict[str, UUID]:
    known = db.session.execute(select(Letter.debt_key, Letter.id).where(Letter.debt_key.in_(debt_keys)))
    return {row.debt_key: row.id for row in known}


def _letter(letter_id: UUID, debt: Debt, overtaken: bool) -> dict[str, Any]:
    return {
        "id": letter_id,
        "debt_key": debt.debt_key,
        "kind": debt.kind,
        "dialogue_id": debt.dialogue_id,
        "listed_under": debt.listed_under,
        "person_id": debt.person_id,
        "account_id": debt.account_id,
        "facts": dict(debt.facts),
        "order_key": debt.order_key,
        "sequence": debt.sequence,
        "message_id": f"<{letter_id}@{own_domain()}>",
        "owed_at": debt.owed_at,
        "overtaken": overtaken,
        "state": LetterState.SUPERSEDED if overtaken else LetterState.OWED,
    }


def _last_left(order_keys: Collection[str]) -> dict[str, int]:
    """The sequence of the last letter of each order that has left or is leaving."""
    left = (
        select(Letter.order_key, func.max(Letter.sequence).label("last"))
        .where(Letter.order_key.in_(order_keys), Letter.state.in_((LetterState.SENDING, LetterState.SENT)))
        .group_by(Letter.order_key)
    )
    return {str(row.order_key): int(row.last) for row in db.session.execute(left)}


def _is_overtaken(debt: Debt, left: Mapping[str, int]) -> bool:
    """Whether a later letter of the same order has left or is leaving: an earlier one must not follow it."""
    return bool(debt.order_key) and left.get(debt.order_key or "", debt.sequence) > debt.sequence


def recall(letter_ids: Collection[UUID]) -> int:
    """Keep letters that have not left from ever leaving; how many were kept."""
    chosen = update(Letter).where(Letter.id.in_(letter_ids))
    # One that is leaving at this moment is left alone; should it fail, it is not tried again.
    db.session.execute(chosen.where(Letter.state == LetterState.SENDING).values(overtaken=True))
    waiting = chosen.where(Letter.state.in_(_WAITING))
    kept = db.session.execute(waiting.values(state=LetterState.SUPERSEDED, sealed_bytes=None))
    return cast("CursorResult[Any]", kept).rowcount


def compose_anew(person_ids: Collection[UUID]) -> None:
    """Have letters to these people that have not left composed once more: they have another address by now."""
    theirs = update(Letter).where(Letter.person_id.in_(person_ids), Letter.sealed_bytes.is_not(None))
    # One that is leaving at this moment leaves; should it fail, it is tried again where the person is now.
    db.session.execute(theirs.where(Letter.state == LetterState.SENDING).values(sealed_bytes=None))
    ready = theirs.where(Letter.state == LetterState.READY)
    db.session.execute(ready.values(state=LetterState.OWED, sealed_bytes=None))


def _supersede_older(debts: Iterable[Debt]) -> None:
    rows = [{"order": debt.order_key, "number": debt.sequence} for debt in debts]
    if not rows:
        return
    many = db.session.connection()
    older = update(Letter).where(Letter.order_key == bindparam("order"), Letter.sequence <= bindparam("number"))
    # One that is leaving at this moment is left alone; should it fail, it is not tried again.
    many.execute(older.where(Letter.state == LetterState.SENDING).values(overtaken=True), rows)
    # One comparison each: a list of values cannot be sent for many rows at once.
    waiting = older.where(or_(*(Letter.state == state for state in _WAITING)))
    many.execute(waiting.values(state=LetterState.SUPERSEDED, sealed_bytes=None), rows)
