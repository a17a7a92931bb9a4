"""Stored files are encrypted in chunks under random names, and chunks cannot be exchanged between files."""

import io
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from dialogues.lib.encryption.envelope import OVERHEAD
from dialogues.lib.encryption.key_store import KeyStore
from dialogues.lib.encryption.names import KeyErased, KeyName, SealBroken
from dialogues.lib.encryption.stored_files import FileMissing, FileRef, FileStore, read_within
from dialogues.lib.refusal import Refusal

PIECE = 64 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def files(folder: Path, store: KeyStore) -> FileStore:
    return FileStore(str(folder), store)


def a_ref() -> FileRef:
    dialogue = uuid4()
    return FileRef(uuid4(), dialogue, KeyName("records", dialogue))


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_a_stored_file_is_read_back(files: FileStore, size: int) -> None:
    ref, content = a_ref(), bytes(index % 251 for index in range(size))
    files.write(ref, content)
    assert b"".join(files.read(ref)) == content


def test_only_our_own_user_can_open_files_and_folders(files: FileStore, folder: Path) -> None:
    files.write(a_ref(), b"canary")
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert modes == {True: 0o700, False: 0o600}


def test_any_fsspec_storage_works(store: KeyStore) -> None:
    elsewhere, ref = FileStore(f"memory://{uuid4()}", store), a_ref()
    elsewhere.write(ref, b"canary")
    assert list(elsewhere.read(ref)) == [b"canary"]
    elsewhere.delete(ref.id)
    with pytest.raises(FileMissing):
        elsewhere.read(ref)


def test_the_disk_contains_no_plain_content(files: FileStore, folder: Path) -> None:
    ref = a_ref()
    files.write(ref, b"canary" * 1000)
    (only,) = on_disk(folder)
    assert b"canary" not in only.read_bytes()
    assert only.name == ref.id.hex


def test_a_file_truncated_at_a_chunk_is_noticed(files: FileStore, folder: Path) -> None:
    ref = a_ref()
    files.write(ref, bytes(3 * PIECE))
    (only,) = on_disk(folder)
    only.write_bytes(only.read_bytes()[: 2 * (PIECE + OVERHEAD)])
    with pytest.raises(SealBroken):
        list(files.read(ref))


def test_exchanged_chunks_are_noticed_before_any_is_returned(files: FileStore, folder: Path) -> None:
    ref = a_ref()
    files.write(ref, bytes(3 * PIECE))
    (only,) = on_disk(folder)
    sealed, length = only.read_bytes(), PIECE + OVERHEAD
    only.write_bytes(sealed[length : 2 * length] + sealed[:length] + sealed[2 * length :])
    with pytest.raises(SealBroken):
        files.read(ref)


def test_an_emptied_file_is_noticed(files: FileStore, folder: Path) -> None:
    ref = a_ref()
    files.write(ref, b"canary")
    on_disk(folder)[0].write_bytes(b"")
    with pytest.raises(SealBroken):
        files.read(ref)


def test_a_file_does_not_open_as_another_dialogues(files: FileStore) -> None:
    ref = a_ref()
    files.write(ref, b"canary")
    with pytest.raises(SealBroken):
        files.read(replace(ref, dialogue_id=uuid4()))


def test_a_file_is_unreadable_after_its_key_is_erased(files: FileStore, store: KeyStore) -> None:
    ref = a_ref()
    files.write(ref, b"canary")
    store.erase(ref.key, now=datetime(2027, 5, 26, tzinfo=UTC))
    with pytest.raises(KeyErased):
        files.read(ref)


def test_deleting_a_file_twice_is_no_error(files: FileStore, folder: Path) -> None:
    ref = a_ref()
    files.write(ref, b"canary")
    files.delete(ref.id)
    files.delete(ref.id)
    assert on_disk(folder) == []


def test_reading_stops_when_an_upload_exceeds_the_limit() -> None:
    upload = io.BytesIO(bytes(5_000_000))
    with pytest.raises(Refusal, match="larger than 1 MB"):
        read_within(upload, 1024 * 1024)
    assert upload.tell() == 1024 * 1024 + 1


def test_an_upload_at_the_limit_is_accepted_and_an_empty_one_is_not() -> None:
    assert len(read_within(io.BytesIO(bytes(10)), 10)) == 10
    with pytest.raises(Refusal, match="empty"):
        read_within(io.BytesIO(b""), 10)
