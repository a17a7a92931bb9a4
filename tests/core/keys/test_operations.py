"""A stored file is created and deleted in the transaction of the row that refers to it."""

import io
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from dialogues.core.common.stores import file_store, key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.keys.models import StoredFile
from dialogues.core.keys.operations import drop_file, store_file
from dialogues.core.keys.queries import download
from dialogues.extensions import db
from dialogues.lib.encryption.names import KeyErased, KeyName
from dialogues.lib.refusal import NotFound, Refusal

NOON = datetime(2027, 5, 26, 12, tzinfo=UTC)
SYSTEM = system(Purpose.UPKEEP)
DIALOGUE = UUID("00000000-0000-4000-8000-00000000d1a1")
RECORDS = KeyName("records", DIALOGUE)


pytestmark = pytest.mark.usefixtures("files")


def add_file(content: bytes = b"canary", *, fail: bool = False) -> UUID:
    with upkeep(SYSTEM) as session:
        upload = io.BytesIO(content)
        row = store_file(session, upload, key=RECORDS, dialogue_id=DIALOGUE, limit=1000, now=NOON, name="Протокол.txt")
        if fail:
            raise ZeroDivisionError
        return row.id


def remove_file(file_id: UUID, *, fail: bool = False) -> None:
    with upkeep(SYSTEM) as session:
        drop_file(session, session.get_one(StoredFile, file_id))
        if fail:
            raise ZeroDivisionError


def stored() -> list[Path]:
    return [path for path in Path(str(file_store()._root)).rglob("*") if path.is_file()]


def test_a_file_is_read_back_unchanged() -> None:
    handed_out = download(add_file(), dialogue_id=DIALOGUE)
    assert (handed_out.name, handed_out.media_type, handed_out.size) == ("Протокол.txt", "text/plain", 6)
    assert b"".join(handed_out.pieces) == b"canary"


def test_the_file_name_is_encrypted_in_the_table() -> None:
    row = db.session.get_one(StoredFile, add_file())
    assert row.name is not None
    assert "Протокол".encode() not in row.name


def test_a_file_is_not_found_in_another_dialogue() -> None:
    file_id = add_file()
    for dialogue in (uuid4(), None):
        with pytest.raises(NotFound):
            download(file_id, dialogue_id=dialogue)


def test_a_transaction_that_fails_leaves_no_file() -> None:
    with pytest.raises(ZeroDivisionError):
        add_file(fail=True)
    assert stored() == []


def test_a_later_failure_keeps_a_file_that_was_committed() -> None:
    add_file()
    with pytest.raises(ZeroDivisionError):
        add_file(fail=True)
    assert len(stored()) == 1


def test_a_refused_file_leaves_nothing() -> None:
    with pytest.raises(Refusal):
        add_file(b"MZ\x90\x00")
    with pytest.raises(Refusal):
        add_file(bytes(2000))
    assert stored() == []


def test_a_file_is_deleted_when_the_transaction_commits() -> None:
    file_id = add_file()
    with pytest.raises(ZeroDivisionError):
        remove_file(file_id, fail=True)
    assert len(stored()) == 1
    remove_file(file_id)
    assert stored() == []
    with pytest.raises(NotFound):
        download(file_id, dialogue_id=DIALOGUE)


def test_an_erased_key_makes_the_file_unreadable_even_if_the_row_stays() -> None:
    file_id = add_file()
    key_store().erase(RECORDS, now=NOON)
    with pytest.raises(KeyErased):
        download(file_id, dialogue_id=DIALOGUE)
