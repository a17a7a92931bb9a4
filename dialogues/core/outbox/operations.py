"""Queues emails inside the transaction of their cause."""

from collections.abc import Collection, Iterable, Mapping
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
    """Queue an email and return its id. Idempotent by `dedup_key`.

    With `supersedes`, older unsent emails with the same `order_key` are cancelled.
    """
    return enqueue_all((email_request,))[0]


def enqueue_all(email_requests: Collection[EmailRequest]) -> list[UUID]:
    """Queue many emails like :func:`enqueue`, in a fixed number of statements; returns the ids in the same order."""
    ids = _known({email_request.dedup_key for email_request in email_requests})
    fresh = {
        email_request.dedup_key: email_request for email_request in email_requests if email_request.dedup_key not in ids
    }
    if fresh:
        last_sent = _last_sent({email_request.order_key for email_request in fresh.values() if email_request.order_key})
        _supersede_older(
            email_request for email_request in fresh.values() if email_request.supersedes and email_request.order_key
        )
        ids |= {key: uuid4() for key in fresh}
        rows = [
            _row(ids[key], email_request, _is_overtaken(email_request, last_sent))
            for key, email_request in fresh.items()
        ]
        db.session.execute(insert(Email), rows)
    return [ids[email_request.dedup_key] for email_request in email_requests]


def _known(dedup_keys: Collection[str]) -> dict[str, UUID]:
    known = db.session.execute(select(Email.dedup_key, Email.id).where(Email.dedup_key.in_(dedup_keys)))
    return {row.dedup_key: row.id for row in known}


def _row(email_id: UUID, email_request: EmailRequest, overtaken: bool) -> dict[str, Any]:
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


def _last_sent(order_keys: Collection[str]) -> dict[str, int]:
    """The highest sequence of each order that is sent or being sent."""
    last_sent = (
        select(Email.order_key, func.max(Email.sequence).label("last"))
        .where(Email.order_key.in_(order_keys), Email.state.in_((EmailState.SENDING, EmailState.SENT)))
        .group_by(Email.order_key)
    )
    return {str(row.order_key): int(row.last) for row in db.session.execute(last_sent)}


def _is_overtaken(email_request: EmailRequest, last_sent: Mapping[str, int]) -> bool:
    """Whether a later email of the same order is sent or being sent; an earlier one must not follow it."""
    return (
        bool(email_request.order_key)
        and last_sent.get(email_request.order_key or "", email_request.sequence) > email_request.sequence
    )


def recall(email_ids: Collection[UUID]) -> int:
    """Cancel unsent emails; returns how many."""
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


def _supersede_older(email_requests: Iterable[EmailRequest]) -> None:
    rows = [{"order": email_request.order_key, "number": email_request.sequence} for email_request in email_requests]
    if not rows:
        return
    older = update(table_of(Email)).where(Email.order_key == bindparam("order"), Email.sequence <= bindparam("number"))
    # An email being sent now is not changed; if the attempt fails, it is not repeated.
    db.session.execute(older.where(Email.state == EmailState.SENDING).values(overtaken=True), rows)
    # Compare states one by one, because a list parameter does not work with executemany.
    waiting = older.where(or_(*(Email.state == state for state in _WAITING)))
    db.session.execute(waiting.values(state=EmailState.SUPERSEDED, sealed_bytes=None), rows)
