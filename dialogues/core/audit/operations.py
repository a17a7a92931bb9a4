"""Appends entries to the chain, inside the transaction of the change."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from dialogues.core.audit.models import AuditDetail, AuditEntry
from dialogues.core.audit.queries import details_key, details_place, pseudonym_key
from dialogues.core.audit.rules import (
    BEGINNING,
    NO_DETAILS,
    SALT_BYTES,
    Entry,
    check_words,
    commitment,
    details_expire,
    entry_hash,
    pseudonym,
)
from dialogues.core.common.events import DomainEvent
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal


def record(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    object: str,  # noqa: A002  the term of the audit log
    details: Mapping[str, Any],
) -> None:
    """Append one entry in the open transaction.

    Transactions have one writer at a time; otherwise the unique keys would refuse the second entry.

    :param object: an id, with a prefix for its kind if needed: ``session:9b2e…``.
    :param details: ids, numbers and times in plain JSON types, never content.
    """
    written, salt = rfc8785.dumps(dict(details)), secrets.token_bytes(SALT_BYTES)
    seq = _append(session, at, pseudonym(pseudonym_key(), actor), action, object, commitment(salt, written))
    expires_at = details_expire(at)
    body = seal(key_store(), details_key(expires_at), details_place(seq), written)
    session.add(AuditDetail(seq=seq, salt=salt, body=body, expires_at=expires_at))
    session.flush()


def record_daily(session: Session, *, day: date, actor: str, action: str, object: str) -> None:  # noqa: A002  as above
    """Append one entry per day under a daily pseudonym, unless the day has one; no clock time, no details.

    Used for changes of notes, because exact times and a lasting pseudonym would reveal who wrote a note.
    """
    at = datetime.combine(day, time(), UTC)
    existing = select(AuditEntry.seq).where(
        AuditEntry.object == object, AuditEntry.action == action, AuditEntry.at == at
    )
    if session.scalar(existing.limit(1)) is None:
        _append(session, at, pseudonym(pseudonym_key(), actor, day), action, object, NO_DETAILS)


def record_event(event: DomainEvent, viewer: Viewer) -> None:
    """Append a domain event; coarse events once a day."""
    actor = actor_of(viewer)
    if event.coarse:
        day = event.at.astimezone(UTC).date()
        record_daily(db.session(), day=day, actor=actor, action=event.action, object=str(event.about))
        return
    place = {"dialogue": event.dialogue_id, "meeting": event.meeting_id}
    details = {**event.details(), **{name: str(id_) for name, id_ in place.items() if id_ is not None}}
    record(db.session(), at=event.at, actor=actor, action=event.action, object=str(event.about), details=details)


def actor_of(viewer: Viewer) -> str:
    """The actor behind a viewer: the account before the person, because one account may have several persons."""
    if viewer.account_id is not None:
        return f"account:{viewer.account_id}"
    if viewer.person_id is not None:
        return f"person:{viewer.person_id}"
    return f"system:{viewer.purpose.value}" if viewer.purpose is not None else "anyone:"


def _append(session: Session, at: datetime, actor: str, action: str, about: str, committed: str) -> int:
    check_words(action, about)
    last = session.execute(select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)).first()
    size, prev = (last.seq, last.hash) if last else (0, BEGINNING)
    entry = Entry(size + 1, at, actor, action, about, committed, prev)
    session.add(AuditEntry(**asdict(replace(entry, hash=entry_hash(entry)))))
    session.flush()
    return entry.seq
