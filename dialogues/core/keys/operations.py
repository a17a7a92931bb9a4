"""Takes in files and lets them go, inside the transaction of the feature that refers to them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import event
from sqlalchemy.orm import Session

from dialogues.core.common.stores import file_store, key_store
from dialogues.core.keys.models import StoredFile
from dialogues.core.keys.queries import name_place
from dialogues.lib.encryption.envelope import seal_text
from dialogues.lib.encryption.names import KeyName
from dialogues.lib.encryption.stored_files import read_within
from dialogues.lib.media_types import media_type_of
from dialogues.lib.pictures import without_traces

_OWED = "dialogues.files.owed"


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
    """Take in an upload, pictures without their metadata; if the transaction is rolled back, the file goes too.

    :param name: the name it came with, kept sealed and used for the download only; "" keeps none.
    :raises Refusal: it is too large, empty, or none of the kinds that are taken in.
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
    _owed(session).if_lost.append(lambda: files.delete(ref.id))
    files.write(ref, content)
    session.add(row)
    session.flush()
    return row


def drop_file(session: Session, row: StoredFile) -> None:
    """Let a file go: the row now, the content when the transaction is kept.

    To take it out of backups as well, erase its key first.
    """
    files, file_id = file_store(), row.id
    session.delete(row)
    session.flush()
    _owed(session).if_kept.append(lambda: files.delete(file_id))


@dataclass(slots=True)
class _Owed:
    """What is to be done on the storage once the transaction is kept, or lost."""

    if_kept: list[Callable[[], None]] = field(default_factory=list)
    if_lost: list[Callable[[], None]] = field(default_factory=list)


def _owed(session: Session) -> _Owed:
    owed: _Owed = session.info.setdefault(_OWED, _Owed())
    return owed


@event.listens_for(Session, "after_commit")
def _kept(session: Session) -> None:
    if not session.in_nested_transaction():
        for do in session.info.pop(_OWED, _Owed()).if_kept:
            do()


@event.listens_for(Session, "after_rollback")
def _lost(session: Session) -> None:
    if not session.in_nested_transaction():
        for do in session.info.pop(_OWED, _Owed()).if_lost:
            do()
