"""Owes letters, inside the transaction of their cause: cause and letter are kept or lost together."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, bindparam, func, insert, or_, select, update

from dialogues.core.common.own_addresses import own_domain
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import UNSENT, EmailRequest, EmailState
from dialogues.extensions import db

#: Letters that have not left and are not leaving.
_WAITING = (*(UNSENT - {EmailState.SENDING}), EmailState.SET_ASIDE)


def enqueue(email_request: EmailRequest) -> UUID:
    """Owe a letter and say its id; what is owed already under this `dedup_key` is not owed twice.

    With `supersedes`, older letters of the same `order_key` that have not left yet never will.
    """
    return enqueue_all((email_request,))[0]


def enqueue_all(email_requests: Collection[EmailRequest]) -> list[UUID]:
    """Owe many letters as `owe` does each, in a fixed number of queries; their ids in the same order."""
    ids = _known({email_request.dedup_key for email_request in email_requests})
    fresh = {
        email_request.dedup_key: email_request for email_request in email_requests if email_request.dedup_key not in ids
    }
    if fresh:
        left = _last_left({email_request.order_key for email_request in fresh.values() if email_request.order_key})
        _supersede_older(
            email_request for email_request in fresh.values() if email_request.supersedes and email_request.order_key
        )
        ids |= {key: uuid4() for key in fresh}
        rows = [
            _letter(ids[key], email_request, _is_overtaken(email_request, left)) for key, email_request in fresh.items()
        ]
        db.session.execute(insert(Email), rows)
    return [ids[email_request.dedup_key] for email_request in email_requests]


def _known(dedup_keys: Collection[str]) -> dict[str, UUID]:
    known = db.session.execute(select(Email.dedup_key, Email.id).where(Email.dedup_key.in_(dedup_keys)))
    return {row.dedup_key: row.id for row in known}


def _letter(email_id: UUID, email_request: EmailRequest, overtaken: bool) -> dict[str, Any]:
    return {
        "id": email_id,
        "dedup_key": email_request.dedup_key,
        "kind": email_request.kind,
        "dialogue_id": email_request.dialogue_id,
        "listed_under": email_request.listed_under,
        "person_id": email_request.person_id,
        "account_id": email_request.account_id,
        "facts": dict(email_request.facts),
        "order_key": email_request.order_key,
        "sequence": email_request.sequence,
        "message_id": f"<{email_id}@{own_domain()}>",
        "queued_at": email_request.queued_at,
        "overtaken": overtaken,
        "state": EmailState.SUPERSEDED if overtaken else EmailState.QUEUED,
    }


def _last_left(order_keys: Collection[str]) -> dict[str, int]:
    """The sequence of the last letter of each order that has left or is leaving."""
    left = (
        select(Email.order_key, func.max(Email.sequence).label("last"))
        .where(Email.order_key.in_(order_keys), Email.state.in_((EmailState.SENDING, EmailState.SENT)))
        .group_by(Email.order_key)
    )
    return {str(row.order_key): int(row.last) for row in db.session.execute(left)}


def _is_overtaken(email_request: EmailRequest, left: Mapping[str, int]) -> bool:
    """Whether a later letter of the same order has left or is leaving: an earlier one must not follow it."""
    return (
        bool(email_request.order_key)
        and left.get(email_request.order_key or "", email_request.sequence) > email_request.sequence
    )


def recall(email_ids: Collection[UUID]) -> int:
    """Keep letters that have not left from ever leaving; how many were kept."""
    chosen = update(Email).where(Email.id.in_(email_ids))
    # One that is leaving at this moment is left alone; should it fail, it is not tried again.
    db.session.execute(chosen.where(Email.state == EmailState.SENDING).values(overtaken=True))
    waiting = chosen.where(Email.state.in_(_WAITING))
    kept = db.session.execute(waiting.values(state=EmailState.SUPERSEDED, sealed_bytes=None))
    return cast("CursorResult[Any]", kept).rowcount


def compose_anew(person_ids: Collection[UUID]) -> None:
    """Have letters to these people that have not left composed once more: they have another address by now."""
    theirs = update(Email).where(Email.person_id.in_(person_ids), Email.sealed_bytes.is_not(None))
    # One that is leaving at this moment leaves; should it fail, it is tried again where the person is now.
    db.session.execute(theirs.where(Email.state == EmailState.SENDING).values(sealed_bytes=None))
    ready = theirs.where(Email.state == EmailState.READY)
    db.session.execute(ready.values(state=EmailState.QUEUED, sealed_bytes=None))


def _supersede_older(email_requests: Iterable[EmailRequest]) -> None:
    rows = [{"order": email_request.order_key, "number": email_request.sequence} for email_request in email_requests]
    if not rows:
        return
    many = db.session.connection()
    older = update(Email).where(Email.order_key == bindparam("order"), Email.sequence <= bindparam("number"))
    # One that is leaving at this moment is left alone; should it fail, it is not tried again.
    many.execute(older.where(Email.state == EmailState.SENDING).values(overtaken=True), rows)
    # One comparison each: a list of values cannot be sent for many rows at once.
    waiting = older.where(or_(*(Email.state == state for state in _WAITING)))
    many.execute(waiting.values(state=EmailState.SUPERSEDED, sealed_bytes=None), rows)
