"""Lists keys, and adds and deletes stored files, inside the transaction of the feature that uses them."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from dialogues.core.common import transaction
from dialogues.core.common.stores import file_store, key_store
from dialogues.core.keys.models import DataKey, StoredFile
from dialogues.core.keys.queries import name_place
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal_text
from dialogues.lib.encryption.key_store import KeyStore
from dialogues.lib.encryption.names import KeyLost, KeyMissing, KeyName
from dialogues.lib.encryption.stored_files import read_within
from dialogues.lib.media_types import media_type_of
from dialogues.lib.pictures import without_traces

#: Keys in `session.info` of work on the file store that waits for the commit or rollback.
_ON_COMMIT, _ON_ROLLBACK = "dialogues.files.on_commit", "dialogues.files.on_rollback"
#: Key in `session.info` of the keys that the open transaction has listed.
_NEW_KEYS = "dialogues.keys.new"


def list_key(store: KeyStore, name: KeyName) -> bool:
    """List a key in the open transaction, unless it is listed; returns whether it was listed before.

    :raises KeyLost: the key, or the whole store, is lost.
    :raises KeyMissing: there is no such key yet, and no open transaction to list a new one.
    """
    session = db.session()
    new: set[KeyName] = session.info.setdefault(_NEW_KEYS, set())
    if name in new:
        return False
    # A row that is not complete yet must not be written by this query.
    with session.no_autoflush:
        listed = session.get(DataKey, (name.purpose, name.owner)) is not None
        any_listed = listed or session.scalar(select(DataKey.purpose).limit(1)) is not None
    if not store.holds(name):
        if listed:
            raise KeyLost(f"the key store has lost the key for {name.purpose}")
        if not transaction.is_open():
            raise KeyMissing(f"there is no key for {name.purpose} yet")
        if any_listed and store.is_empty():
            # Keys made while the folder is away would be hidden when it is back.
            raise KeyLost("the key store is empty, but the database uses keys")
    if not listed and transaction.is_open():
        with session.no_autoflush:
            session.execute(insert(DataKey).values(purpose=name.purpose, owner=name.owner))
        new.add(name)
    return listed


def store_file(
    session: Session,
    upload: IO[bytes],
    *,
    key: KeyName,
    dialogue_id: UUID | None,
    limit: int,
    now: datetime,
    name: str = "",
    purge_on: date | None = None,
) -> StoredFile:
    """Store an upload, without the metadata of pictures; a rollback deletes the file again.

    :param name: its original name, stored encrypted and used for downloads; "" stores none.
    :raises Refusal: it is too large, empty, or of a type that is not accepted.
    """
    content = read_within(upload, limit)
    media_type = media_type_of(content, name)
    content = without_traces(media_type, content)
    row = StoredFile(
        id=uuid4(),
        dialogue_id=dialogue_id,
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        size=len(content),
        key_purpose=key.purpose,
        key_owner=key.owner,
        created_at=now,
        purge_on=purge_on,
    )
    row.name = seal_text(key_store(), key, name_place(row), name[-200:]) if name else None
    files, ref = file_store(), row.ref
    _later(session, _ON_ROLLBACK, lambda: files.delete(ref.id))
    files.write(ref, content)
    session.add(row)
    session.flush()
    return row


def drop_file(session: Session, row: StoredFile) -> None:
    """Delete the row now, the content after the commit. To remove it from backups too, erase its key first."""
    files, file_id = file_store(), row.id
    session.delete(row)
    session.flush()
    _later(session, _ON_COMMIT, lambda: files.delete(file_id))


def _later(session: Session, when: str, action: Callable[[], None]) -> None:
    session.info.setdefault(when, []).append(action)


@event.listens_for(Session, "after_commit")
def _after_commit(session: Session) -> None:
    _run_pending(session, _ON_COMMIT)


@event.listens_for(Session, "after_rollback")
def _after_rollback(session: Session) -> None:
    _run_pending(session, _ON_ROLLBACK)


def _run_pending(session: Session, when: str) -> None:
    session.info.pop(_NEW_KEYS, None)
    if not session.in_nested_transaction():
        pending = {key: session.info.pop(key, []) for key in (_ON_COMMIT, _ON_ROLLBACK)}
        for action in pending[when]:
            action()
