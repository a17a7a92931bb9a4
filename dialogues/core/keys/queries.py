"""Reads of stored files, for features that have decided that the viewer may read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from dialogues.core.common.stores import file_store, key_store
from dialogues.core.keys.models import StoredFile
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal_text
from dialogues.lib.encryption.names import Place
from dialogues.lib.refusal import NotFound


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
