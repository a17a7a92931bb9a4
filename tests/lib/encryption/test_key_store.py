"""The key store: keys are created once, erased for good, and wrapped again when the master key rotates."""

import multiprocessing
import stat
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from dialogues.lib.encryption import master_key
from dialogues.lib.encryption.key_store import DataKey, KeyStore, KeyStoreDamaged
from dialogues.lib.encryption.names import KeyErased, KeyMissing, KeyName

NOW = datetime(2027, 5, 26, 8, tzinfo=UTC)
NOTES = KeyName("raw_notes", UUID("00000000-0000-4000-8000-000000000001"))


def key_file(directory: Path, name: KeyName = NOTES) -> Path:
    return directory / name.purpose / str(name.owner)


def current_secret(directory: Path, master: Path) -> bytes:
    return KeyStore(directory, master).current(NOTES).secret


def test_a_key_is_created_at_its_first_use_and_stays_the_same(store: KeyStore, directory: Path, master: Path) -> None:
    made = store.current(NOTES)
    assert store.current(NOTES) == made
    assert KeyStore(directory, master).current(NOTES) == made


def test_each_purpose_and_owner_has_a_key_of_its_own(store: KeyStore) -> None:
    names = [NOTES, KeyName("raw_notes", uuid4()), KeyName("outbox", NOTES.owner)]
    assert len({store.current(name).secret for name in names}) == 3


def test_concurrent_processes_create_one_key(directory: Path, master: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as processes:
        secrets = {done.result() for done in [processes.submit(current_secret, directory, master) for _ in range(12)]}
    assert len(secrets) == 1


def test_concurrent_threads_create_one_key(store: KeyStore) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: store.current(NOTES).secret, range(32)))) == 1


def test_the_plain_key_is_never_on_disk_or_in_text(store: KeyStore, directory: Path) -> None:
    key = store.current(NOTES)
    assert key.secret not in key_file(directory).read_bytes()
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_files_are_readable_by_their_owner_only(store: KeyStore, directory: Path) -> None:
    store.current(NOTES)
    assert stat.S_IMODE(key_file(directory).stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_an_erased_key_is_never_created_again(store: KeyStore, directory: Path, master: Path) -> None:
    store.current(NOTES)
    store.erase(NOTES, now=NOW)
    for any_store in (store, KeyStore(directory, master)):
        with pytest.raises(KeyErased) as erased:
            any_store.current(NOTES)
        assert erased.value.erased_at == NOW
        with pytest.raises(KeyErased):
            any_store.version(NOTES, 1)


def test_another_process_forgets_an_erased_key_at_its_next_use(store: KeyStore, directory: Path, master: Path) -> None:
    another = KeyStore(directory, master)
    another.current(NOTES)
    store.erase(NOTES, now=NOW)
    with pytest.raises(KeyErased):
        another.version(NOTES, 1)


def test_the_tombstone_overwrites_the_bytes_of_the_key(store: KeyStore, directory: Path) -> None:
    store.current(NOTES)
    with key_file(directory).open("rb") as opened_before:
        wrapped = opened_before.read()
        store.erase(NOTES, now=NOW)
        opened_before.seek(0)
        after = opened_before.read()
    assert len(after) > len(wrapped)
    assert b"wrapped" not in after


def test_erasing_deletes_temporary_files_of_a_killed_process(store: KeyStore, directory: Path) -> None:
    store.current(NOTES)
    left = key_file(directory).with_name(f".{NOTES.owner}.0123456789abcdef")
    left.write_bytes(key_file(directory).read_bytes())
    store.erase(NOTES, now=NOW)
    assert not left.exists()


def test_erasing_twice_keeps_the_first_time(store: KeyStore) -> None:
    store.current(NOTES)
    store.erase(NOTES, now=NOW)
    store.erase(NOTES, now=NOW.replace(year=2028))
    with pytest.raises(KeyErased) as erased:
        store.current(NOTES)
    assert erased.value.erased_at == NOW


def test_a_name_erased_before_its_first_use_never_gets_a_key(store: KeyStore) -> None:
    store.erase(NOTES, now=NOW)
    with pytest.raises(KeyErased):
        store.current(NOTES)


def test_an_unknown_key_is_missing(store: KeyStore) -> None:
    with pytest.raises(KeyMissing):
        store.version(NOTES, 1)
    store.current(NOTES)
    with pytest.raises(KeyMissing):
        store.version(NOTES, 2)


def test_a_renewed_key_leaves_the_older_version_readable(store: KeyStore) -> None:
    first = store.current(NOTES)
    store.renew(NOTES)
    assert store.current(NOTES).version == 2
    assert store.version(NOTES, 1) == first


def test_a_key_file_in_the_place_of_another_does_not_open(store: KeyStore, directory: Path) -> None:
    other = KeyName("raw_notes", uuid4())
    store.current(NOTES)
    store.current(other)
    key_file(directory, other).write_bytes(key_file(directory).read_bytes())
    with pytest.raises(KeyStoreDamaged):
        store.current(other)


def test_a_damaged_key_file_is_named_and_not_shown(store: KeyStore, directory: Path) -> None:
    store.current(NOTES)
    key_file(directory).write_text("{secret-looking")
    with pytest.raises(KeyStoreDamaged) as damaged:
        store.current(NOTES)
    assert str(NOTES.owner) in str(damaged.value)
    assert "secret-looking" not in str(damaged.value)


def test_rotating_the_master_key_changes_no_data_key(store: KeyStore, master: Path) -> None:
    names = [KeyName("raw_notes", uuid4()) for _ in range(3)]
    before = [store.current(name) for name in names]
    store.erase(NOTES, now=NOW)
    assert store.rotate_master() == 3
    assert set(master_key.read(master)) == {2}
    assert [store.current(name) for name in names] == before
    with pytest.raises(KeyErased):
        store.current(NOTES)


def test_after_a_rotation_old_copies_of_key_files_do_not_open(store: KeyStore, directory: Path) -> None:
    store.current(NOTES)
    backup = key_file(directory).read_bytes()
    store.rotate_master()
    key_file(directory).write_bytes(backup)
    with pytest.raises(KeyStoreDamaged):
        store.current(NOTES)


def test_a_rotation_killed_midway_can_be_started_again(store: KeyStore, directory: Path, master: Path) -> None:
    names = [KeyName("raw_notes", uuid4()) for _ in range(3)]
    before = [store.current(name) for name in names]
    newest = master_key.add_version(master)
    assert store._rewrap(key_file(directory, names[0]), newest)
    assert [KeyStore(directory, master).current(name) for name in names] == before
    store.rotate_master()
    assert [KeyStore(directory, master).current(name) for name in names] == before


def test_keys_made_during_a_rotation_survive_it(store: KeyStore, master: Path) -> None:
    names = [KeyName("raw_notes", uuid4()) for _ in range(40)]
    with ThreadPoolExecutor(2) as threads:
        made = threads.submit(lambda: [store.current(name) for name in names])
        store.rotate_master()
    assert [KeyStore(store._directory, master).current(name) for name in names] == made.result()


def test_an_unwrapped_key_compares_by_its_version_and_secret() -> None:
    assert DataKey(1, b"a") != DataKey(2, b"a")
