"""Queues emails inside the transaction of their cause."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, bindparam, func, insert, or_, select, update

from dialogues.core.common.columns import table_of
from dialogues.core.common.own_addresses import own_domain
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import UNSENT, EmailRequest, EmailState
from dialogues.extensions import db

#: Emails that are not sent and not being sent now.
_WAITING = (*(UNSENT - {EmailState.SENDING}), EmailState.FAILED)


def enqueue(email_request: EmailRequest) -> UUID:
    """Queue an email and return its id; see :func:`enqueue_all`."""
    return enqueue_all((email_request,))[0]


def enqueue_all(email_requests: Collection[EmailRequest]) -> list[UUID]:
    """Queue emails in a fixed number of statements; returns the ids in the same order. Idempotent by `dedup_key`.

    With `supersedes`, older unsent emails with the same `order_key` are cancelled.
    """
    if not email_requests:
        return []
    ids = _known({email_request.dedup_key for email_request in email_requests})
    fresh = {request.dedup_key: request for request in email_requests if request.dedup_key not in ids}
    if fresh:
        last_sent = _last_sent({request.order_key for request in fresh.values() if request.order_key})
        _supersede_older([request for request in fresh.values() if request.supersedes and request.order_key])
        ids |= {key: uuid4() for key in fresh}
        db.session.execute(insert(Email), [_row(ids[key], request, last_sent) for key, request in fresh.items()])
    return [ids[request.dedup_key] for request in email_requests]


def _known(dedup_keys: Collection[str]) -> dict[str, UUID]:
    known = db.session.execute(select(Email.dedup_key, Email.id).where(Email.dedup_key.in_(dedup_keys)))
    return {row.dedup_key: row.id for row in known}


def _row(email_id: UUID, request: EmailRequest, last_sent: Mapping[str, int]) -> dict[str, Any]:
    row = asdict(request)
    del row["supersedes"]
    # A later email of the same order is sent or being sent; an earlier one must not follow it.
    overtaken = bool(request.order_key) and last_sent.get(request.order_key or "", request.sequence) > request.sequence
    return row | {
        "id": email_id,
        "message_id": f"<{email_id}@{own_domain()}>",
        "overtaken": overtaken,
        "state": EmailState.SUPERSEDED if overtaken else EmailState.QUEUED,
    }


def _last_sent(order_keys: Collection[str]) -> dict[str, int]:
    last_sent = (
        select(Email.order_key, func.max(Email.sequence).label("last"))
        .where(Email.order_key.in_(order_keys), Email.state.in_((EmailState.SENDING, EmailState.SENT)))
        .group_by(Email.order_key)
    )
    return {str(row.order_key): int(row.last) for row in db.session.execute(last_sent)}


def recall(email_ids: Collection[UUID]) -> int:
    chosen = update(Email).where(Email.id.in_(email_ids))
    # An email being sent now is not changed; if the attempt fails, it is not repeated.
    db.session.execute(chosen.where(Email.state == EmailState.SENDING).values(overtaken=True))
    waiting = chosen.where(Email.state.in_(_WAITING))
    cancelled = db.session.execute(waiting.values(state=EmailState.SUPERSEDED, sealed_bytes=None))
    return cast("CursorResult[Any]", cancelled).rowcount


def recompose(person_ids: Collection[UUID]) -> None:
    """Compose unsent emails to these people again, because their address has changed."""
    emails = update(Email).where(Email.person_id.in_(person_ids), Email.sealed_bytes.is_not(None))
    # An email being sent now is not stopped; if the attempt fails, the next one uses the new address.
    db.session.execute(emails.where(Email.state == EmailState.SENDING).values(sealed_bytes=None))
    composed = emails.where(Email.state == EmailState.READY)
    db.session.execute(composed.values(state=EmailState.QUEUED, sealed_bytes=None))


def _supersede_older(requests: Collection[EmailRequest]) -> None:
    rows = [{"order": request.order_key, "number": request.sequence} for request in requests]
    if not rows:
        return
    older = update(table_of(Email)).where(Email.order_key == bindparam("order"), Email.sequence <= bindparam("number"))
    # An email being sent now is not changed; if the attempt fails, it is not repeated.
    db.session.execute(older.where(Email.state == EmailState.SENDING).values(overtaken=True), rows)
    # Compare states one by one, because a list parameter does not work with executemany.
    waiting = older.where(or_(*(Email.state == state for state in _WAITING)))
    db.session.execute(waiting.values(state=EmailState.SUPERSEDED, sealed_bytes=None), rows)
