"""Password hashing, at most two at a time."""

import time
from contextlib import suppress
from pathlib import Path
from threading import Barrier, Thread

import pytest

from dialogues.lib.auth.hashing import DUMMY_HASH, Busy, Hasher


def test_a_password_matches_its_own_hash_only(tmp_path: Path) -> None:
    hasher = Hasher(tmp_path)
    kept = hasher.hash("velvet anchor tundra plumage")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert hasher.matches(kept, "velvet anchor tundra plumage")
    assert not hasher.matches(kept, "velvet anchor tundra plumag")


def test_without_a_hash_nothing_matches(tmp_path: Path) -> None:
    assert not Hasher(tmp_path).matches(None, "")


def test_the_hash_of_an_unknown_account_costs_as_much_as_others() -> None:
    assert DUMMY_HASH.startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_a_damaged_hash_matches_nothing(tmp_path: Path) -> None:
    assert not Hasher(tmp_path).matches("$argon2id$damaged", "velvet anchor tundra plumage")


def test_a_third_hash_waits_and_is_refused(tmp_path: Path) -> None:
    hasher = Hasher(tmp_path, wait=0)
    with hasher.slot(), hasher.slot(), pytest.raises(Busy):
        hasher.hash("velvet anchor tundra plumage")


def test_only_two_wait_for_a_slot(tmp_path: Path) -> None:
    hasher, waiting = Hasher(tmp_path, wait=60), Barrier(3)
    refused: list[bool] = []

    def wait_for_slot() -> None:
        waiting.wait()
        with suppress(Busy), hasher.slot():
            return
        refused.append(True)

    with hasher.slot(), hasher.slot():
        threads = [Thread(target=wait_for_slot) for _one in range(3)]
        for thread in threads:
            thread.start()
        while not refused:
            time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert refused == [True]


def test_another_process_holds_slots_too(tmp_path: Path) -> None:
    with Hasher(tmp_path).slot(), Hasher(tmp_path).slot(), pytest.raises(Busy):
        Hasher(tmp_path, wait=0.05).hash("velvet anchor tundra plumage")


def test_a_slot_is_released_after_use(tmp_path: Path) -> None:
    hasher = Hasher(tmp_path, wait=0)
    for _turn in range(5):
        with hasher.slot():
            pass
