"""A process that dies at any flush during a change of keys loses no key and restores no erased key."""

import multiprocessing
import os
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from dialogues.lib.encryption.key_store import KeyStore
from dialogues.lib.encryption.names import KeyErased, KeyName

NOON = datetime(2027, 5, 26, 12, tzinfo=UTC)
NAMES = [KeyName("raw_notes", UUID(int=number)) for number in (1, 2)]
DIED = 9


def rotate(store: KeyStore) -> None:
    store.rotate_master()


def renew(store: KeyStore) -> None:
    store.renew(NAMES[0])


def erase(store: KeyStore) -> None:
    store.erase(NAMES[0], now=NOON)


def change_and_die(change: Callable[[KeyStore], None], directory: Path, master: Path, flush: int) -> None:
    """Run in a separate process, which exits without clean-up at its n-th flush."""
    flushes = count(1)
    really = os.fsync

    def flush_or_die(descriptor: int) -> None:
        if next(flushes) == flush:
            os._exit(DIED)
        really(descriptor)

    os.fsync = flush_or_die
    change(KeyStore(directory, master))


def dies_at(flush: int, change: Callable[[KeyStore], None], directory: Path, master: Path) -> bool:
    """Whether the process died at that flush; False if the change finished before it."""
    arguments = (change, directory, master, flush)
    process = multiprocessing.get_context("spawn").Process(target=change_and_die, args=arguments)
    process.start()
    process.join()
    assert process.exitcode in {0, DIED}
    return process.exitcode == DIED


@pytest.mark.parametrize("change", [rotate, renew])
def test_no_key_is_lost(change: Callable[[KeyStore], None], store: KeyStore, directory: Path, master: Path) -> None:
    before = [store.current(name) for name in NAMES]
    for flush in count(1):
        died = dies_at(flush, change, directory, master)
        after = KeyStore(directory, master)
        assert [after.version(name, 1) for name in NAMES] == before
        if not died:
            break
    assert flush > 3


def test_an_erased_key_is_not_revived_and_leaves_no_copy(store: KeyStore, directory: Path, master: Path) -> None:
    store.current(NAMES[0])
    assert dies_at(1, renew, directory, master)
    assert dies_at(2, erase, directory, master)
    store.erase(NAMES[0], now=NOON)
    with pytest.raises(KeyErased):
        KeyStore(directory, master).current(NAMES[0])
    assert not any("wrapped" in path.read_text("latin-1") for path in directory.rglob("*") if path.is_file())
