"""A file comes and goes with the transaction of the row that refers to it."""

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


def take_in(content: bytes = b"canary", *, fail: bool = False) -> UUID:
    with upkeep(SYSTEM) as session:
        upload = io.BytesIO(content)
        row = store_file(session, upload, key=RECORDS, dialogue_id=DIALOGUE, limit=1000, now=NOON, name="Протокол.txt")
        if fail:
            raise ZeroDivisionError
        return row.id


def let_go(file_id: UUID, *, fail: bool = False) -> None:
    with upkeep(SYSTEM) as session:
        drop_file(session, session.get_one(StoredFile, file_id))
        if fail:
            raise ZeroDivisionError


def stored() -> list[Path]:
    return [path for path in Path(str(file_store()._root)).rglob("*") if path.is_file()]


def test_a_file_is_handed_out_as_it_came() -> None:
    handed_out = download(take_in(), dialogue_id=DIALOGUE)
    assert (handed_out.name, handed_out.media_type, handed_out.size) == ("Протокол.txt", "text/plain", 6)
    assert b"".join(handed_out.pieces) == b"canary"


def test_the_name_stands_sealed_in_the_table() -> None:
    row = db.session.get_one(StoredFile, take_in())
    assert row.name is not None
    assert "Протокол".encode() not in row.name


def test_another_dialogue_does_not_find_it() -> None:
    file_id = take_in()
    for dialogue in (uuid4(), None):
        with pytest.raises(NotFound):
            download(file_id, dialogue_id=dialogue)


def test_a_transaction_that_fails_leaves_no_file() -> None:
    with pytest.raises(ZeroDivisionError):
        take_in(fail=True)
    assert stored() == []


def test_a_later_failure_does_not_take_a_file_that_was_kept() -> None:
    take_in()
    with pytest.raises(ZeroDivisionError):
        take_in(fail=True)
    assert len(stored()) == 1


def test_a_refused_file_leaves_nothing() -> None:
    with pytest.raises(Refusal):
        take_in(b"MZ\x90\x00")
    with pytest.raises(Refusal):
        take_in(bytes(2000))
    assert stored() == []


def test_a_file_let_go_is_deleted_once_the_transaction_is_kept() -> None:
    file_id = take_in()
    with pytest.raises(ZeroDivisionError):
        let_go(file_id, fail=True)
    assert len(stored()) == 1
    let_go(file_id)
    assert stored() == []
    with pytest.raises(NotFound):
        download(file_id, dialogue_id=DIALOGUE)


def test_an_erased_key_takes_the_file_even_if_the_row_stays() -> None:
    file_id = take_in()
    key_store().erase(RECORDS, now=NOON)
    with pytest.raises(KeyErased):
        download(file_id, dialogue_id=DIALOGUE)
