"""The audit chain: its content, its hashes, and how changes are detected."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest

from dialogues.core.audit.rules import (
    BEGINNING,
    Damage,
    Entry,
    Head,
    check_words,
    commitment,
    entry_hash,
    pseudonym,
    verify,
)

ANN = "account:00000000-0000-4000-8000-00000000000a"
BAT = "account:00000000-0000-4000-8000-00000000000b"
NOON = datetime(2027, 5, 26, 12, tzinfo=UTC)


def sealed(entry: Entry) -> Entry:
    return replace(entry, hash=entry_hash(entry))


def chain_of(length: int) -> list[Entry]:
    entries: list[Entry] = []
    prev = BEGINNING
    for seq in range(1, length + 1):
        at = NOON + timedelta(minutes=seq)
        entry = sealed(Entry(seq, at, "a" * 32, "agenda.edit", f"session:{UUID(int=seq)}", "c" * 64, prev))
        entries.append(entry)
        prev = entry.hash
    return entries


def head_of(entries: list[Entry]) -> Head:
    return Head(len(entries), entries[-1].hash if entries else BEGINNING, NOON)


def damages(entries: list[Entry], *heads: Head) -> list[tuple[int, Damage]]:
    return [(finding.seq, finding.damage) for finding in verify(entries, heads)]


def test_an_unchanged_chain_has_no_findings() -> None:
    entries = chain_of(20)
    assert damages(entries, head_of(entries), head_of(entries[:7]), head_of([])) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
        lambda e: replace(e, actor="b" * 32),
        lambda e: replace(e, action="agenda.see"),
        lambda e: replace(e, object=f"session:{UUID(int=99)}"),
        lambda e: replace(e, commitment="d" * 64),
        lambda e: replace(e, commitment="no hexadecimal"),
    ],
)
def test_an_edited_entry_is_found(change: Callable[[Entry], Entry]) -> None:
    entries = chain_of(5)
    entries[2] = change(entries[2])
    assert damages(entries) == [(3, Damage.ALTERED)]


def test_an_entry_edited_with_its_hash_no_longer_matches_the_next() -> None:
    entries = chain_of(5)
    entries[2] = sealed(replace(entries[2], actor="b" * 32))
    assert damages(entries) == [(4, Damage.BREAK)]


def test_a_deleted_entry_is_found() -> None:
    entries = chain_of(5)
    del entries[2]
    assert damages(entries) == [(3, Damage.GAP), (4, Damage.BREAK)]


def test_a_deleted_entry_is_found_when_the_gap_was_closed() -> None:
    entries = chain_of(5)
    del entries[2]
    entries[2:] = [replace(entry, seq=entry.seq - 1) for entry in entries[2:]]
    assert (3, Damage.BREAK) in damages(entries)


def test_swapped_entries_are_found() -> None:
    entries = chain_of(5)
    entries[1], entries[2] = replace(entries[2], seq=2), replace(entries[1], seq=3)
    found = damages(entries)
    assert {(2, Damage.ALTERED), (3, Damage.ALTERED), (2, Damage.BREAK), (3, Damage.BREAK)} <= set(found)


def test_an_inserted_entry_is_found() -> None:
    entries = chain_of(5)
    inserted = sealed(replace(entries[2], actor="b" * 32))
    entries[2:] = [inserted, *(replace(entry, seq=entry.seq + 1) for entry in entries[2:])]
    assert (4, Damage.BREAK) in damages(entries)


def test_removed_last_entries_are_found_only_with_an_external_head() -> None:
    entries = chain_of(5)
    assert damages(entries[:3]) == []
    assert damages(entries[:3], head_of(entries)) == [(5, Damage.CUT)]
    assert damages([], head_of(entries)) == [(5, Damage.CUT)]


def test_a_rewritten_chain_is_found_only_with_an_external_head() -> None:
    external_head = head_of(chain_of(4))
    rewritten: list[Entry] = []
    for entry in chain_of(6):
        prev = rewritten[-1].hash if rewritten else BEGINNING
        rewritten.append(sealed(replace(entry, actor="b" * 32, prev=prev)))
    assert damages(rewritten) == []
    assert damages(rewritten, external_head) == [(4, Damage.REWRITTEN)]


def test_the_hash_is_computed_as_documented() -> None:
    entry = chain_of(1)[0]
    written = {
        "seq": 1,
        "at": "2027-05-26T12:01:00.000000Z",
        "actor": "a" * 32,
        "action": "agenda.edit",
        "object": f"session:{UUID(int=1)}",
        "commitment": "c" * 64,
    }
    text = json.dumps(written, sort_keys=True, separators=(",", ":"))
    assert entry.hash == hashlib.sha256(b"\x00" + bytes(32) + text.encode()).hexdigest()


def test_the_same_instant_in_another_zone_has_the_same_hash() -> None:
    entry = chain_of(1)[0]
    ulaanbaatar = timezone(timedelta(hours=8))
    assert entry_hash(replace(entry, at=entry.at.astimezone(ulaanbaatar))) == entry.hash


def test_a_pseudonym_is_stable_and_reveals_no_account() -> None:
    key = b"k" * 32
    assert pseudonym(key, ANN) == pseudonym(key, ANN)
    assert pseudonym(key, ANN) != pseudonym(key, BAT)
    assert pseudonym(key, ANN) != pseudonym(b"l" * 32, ANN)
    assert ANN.partition(":")[2] not in pseudonym(key, ANN)


def test_pseudonyms_of_two_days_cannot_be_linked() -> None:
    key = b"k" * 32
    days = {pseudonym(key, ANN, date(2027, 5, day)) for day in (26, 27, 28)} | {pseudonym(key, ANN)}
    assert len(days) == 4


def test_a_commitment_needs_its_salt() -> None:
    assert commitment(b"1" * 32, b'{"status":"accepted"}') != commitment(b"2" * 32, b'{"status":"accepted"}')


@pytest.mark.parametrize("action", ["Agenda", "agenda edit: Iran?", "", "agenda.", "a" * 81, "x\n"])
def test_an_action_is_one_word_so_that_it_reveals_no_content(action: str) -> None:
    with pytest.raises(ValueError, match="audited action"):
        check_words(action, str(UUID(int=1)))


@pytest.mark.parametrize("about", ["Water sharing on the Selenga", "session:1", "", f"s:{UUID(int=1)} x"])
def test_an_object_is_an_id_so_that_it_reveals_no_content(about: str) -> None:
    with pytest.raises(ValueError, match="audited object") as refused:
        check_words("agenda.edit", about)
    assert not about or about not in str(refused.value)
