"""Checks that no key is lost; reads stored files for features that have decided that the viewer may read them."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError

from dialogues.core.common import database
from dialogues.core.common.state import state
from dialogues.core.common.stores import file_store, key_store
from dialogues.core.keys.models import DataKey, StoredFile
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal_text
from dialogues.lib.encryption.key_store import KeyStoreDamaged
from dialogues.lib.encryption.names import KeyErased, KeyName, Place
from dialogues.lib.refusal import NotFound
from dialogues.settings import Settings, SettingsError

_log = logging.getLogger("dialogues.keys")


class KeysLost(SettingsError):
    """The key store does not belong to this database; the message says what to restore."""


def refuse_lost_keys(settings: Settings) -> None:
    """Compare the database's list of keys with the key store.

    :raises KeysLost: keys are missing, or the master key does not open them.
    """
    listed = [KeyName(*row) for row in db.session.execute(select(DataKey.purpose, DataKey.owner))]
    missing = set(listed) - key_store().names()
    if missing:
        raise KeysLost(
            f"The key store {settings.keys_directory} lacks {len(missing)} of the {len(listed)} keys that the database "
            f"uses: restore it from its backup, or correct DIALOGUES_KEY_STORE. A lost key is never made again."
        )
    try:
        if listed:
            key_store().current(listed[0])
    except KeyErased:
        return
    except KeyStoreDamaged as damage:
        raise KeysLost(f"{damage}: restore the master key from its copy, or the key store from its backup.") from None


def has_lost_keys() -> bool:
    try:
        refuse_lost_keys(state().settings)
    except SettingsError as reason:
        _log.error("%s", reason)
        return True
    return False


def number_of_keys(settings: Settings) -> int:
    """How many keys the database lists; 0 if there is no database yet.

    :raises DatabaseFault: the database server cannot be reached.
    """
    if settings.is_sqlite and not settings.database_file.exists():
        return 0
    try:
        if not inspect(db.engine).has_table(DataKey.__tablename__):
            return 0
        return len(db.session.execute(select(DataKey.owner)).all())
    except SQLAlchemyError as error:
        raise database.fault(error) from None


@dataclass(frozen=True, slots=True)
class Download:
    """A stored file for download: always an attachment, of an accepted type."""

    name: str | None
    media_type: str
    size: int
    pieces: Iterator[bytes]


def download(file_id: UUID, *, dialogue_id: UUID | None) -> Download:
    """The file's name, type and content (in pieces).

    :raises NotFound: there is no such file in this dialogue.
    :raises KeyErased: its key was erased; only the row is left.
    """
    row = db.session.get(StoredFile, file_id)
    if row is None or row.dialogue_id != dialogue_id:
        raise NotFound
    name = unseal_text(key_store(), row.ref.key, name_place(row), row.name) if row.name else None
    return Download(name, row.media_type, row.size, file_store().read(row.ref))


def name_place(row: StoredFile) -> Place:
    return Place("stored_file", "name", row.id, row.dialogue_id)
