"""A sealed value can be opened only in its own place and with its own key."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogues.lib.encryption.envelope import OVERHEAD, seal, seal_text, unseal, unseal_text
from dialogues.lib.encryption.key_store import KeyStore
from dialogues.lib.encryption.names import KeyErased, KeyMissing, KeyName, Place, SealBroken

DIALOGUE = UUID("00000000-0000-4000-8000-00000000d1a1")
NOTES = KeyName("raw_notes", DIALOGUE)
PLACE = Place("raw_version", "text", UUID("00000000-0000-4000-8000-000000000001"), DIALOGUE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(plaintext=st.binary(max_size=5000))
def test_a_sealed_value_can_be_opened(store: KeyStore, plaintext: bytes) -> None:
    sealed = seal(store, NOTES, PLACE, plaintext)
    assert unseal(store, NOTES, PLACE, sealed) == plaintext
    assert len(sealed) == len(plaintext) + OVERHEAD


def test_text_of_any_script_can_be_sealed_and_opened(store: KeyStore) -> None:
    sealed = seal_text(store, NOTES, PLACE, "Б. Номин, 김서연, 王")
    assert unseal_text(store, NOTES, PLACE, sealed) == "Б. Номин, 김서연, 王"


def test_sealing_the_same_text_twice_gives_different_bytes(store: KeyStore) -> None:
    assert seal(store, NOTES, PLACE, b"canary") != seal(store, NOTES, PLACE, b"canary")


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, table="other"),
        replace(PLACE, column="other"),
        replace(PLACE, row_id=uuid4()),
        replace(PLACE, dialogue_id=uuid4()),
        replace(PLACE, dialogue_id=None),
    ],
)
def test_a_sealed_value_moved_elsewhere_does_not_open(store: KeyStore, elsewhere: Place) -> None:
    sealed = seal(store, NOTES, PLACE, b"canary")
    with pytest.raises(SealBroken):
        unseal(store, NOTES, elsewhere, sealed)


def test_a_value_sealed_with_an_older_key_cannot_pass_for_a_newer_one(store: KeyStore) -> None:
    sealed = bytearray(seal(store, NOTES, PLACE, b"canary"))
    store.renew(NOTES)
    assert unseal(store, NOTES, PLACE, bytes(sealed)) == b"canary"
    sealed[4] = 2
    with pytest.raises(SealBroken):
        unseal(store, NOTES, PLACE, bytes(sealed))


@pytest.mark.parametrize("damage", [lambda v: v[:-1], lambda _: b"", lambda v: b"\x02" + v[1:], lambda v: v + b"x"])
def test_a_damaged_value_does_not_open(store: KeyStore, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SealBroken):
        unseal(store, NOTES, PLACE, damage(seal(store, NOTES, PLACE, b"canary")))


def test_every_single_flipped_bit_is_noticed(store: KeyStore) -> None:
    sealed = seal(store, NOTES, PLACE, b"canary")
    for position in range(len(sealed)):
        flipped = bytearray(sealed)
        flipped[position] ^= 1
        with pytest.raises((SealBroken, KeyMissing)):
            unseal(store, NOTES, PLACE, bytes(flipped))


def test_an_erased_key_makes_its_values_unreadable(store: KeyStore) -> None:
    sealed = seal(store, NOTES, PLACE, b"canary")
    store.erase(NOTES, now=datetime(2027, 5, 26, tzinfo=UTC))
    with pytest.raises(KeyErased):
        unseal(store, NOTES, PLACE, sealed)
    with pytest.raises(KeyErased):
        seal(store, NOTES, PLACE, b"again")


def test_no_error_shows_the_sealed_value(store: KeyStore) -> None:
    sealed = seal(store, NOTES, PLACE, b"canary")
    faults: list[Any] = []
    for attempt in (replace(PLACE, row_id=1), replace(PLACE, column="x")):
        with pytest.raises(SealBroken) as fault:
            unseal(store, NOTES, attempt, sealed)
        faults.append(repr(fault.value))
    assert not any("canary" in fault for fault in faults)


@pytest.mark.parametrize("purpose", ["", "../etc", "Raw notes", "a" * 41, ".x"])
def test_a_purpose_is_a_plain_word_because_it_names_a_folder(purpose: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        KeyName(purpose, DIALOGUE)
