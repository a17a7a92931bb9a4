"""What can be filed, and what the digest of a record covers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.records.archive.rules import (
    RESPONSIBILITY,
    RULE_LINES,
    Embargo,
    Listing,
    NewRecord,
    RecordKind,
    Shelf,
    refuse_empty,
    refuse_future,
    refuse_invalid_embargo,
)

NOW = datetime(2027, 5, 26, tzinfo=UTC)
LETTER = NewRecord(
    kind=RecordKind.CORRESPONDENCE, reference="L-1", title="A letter", dated=date(2026, 1, 2), text="Dear"
)


def embargo(at: datetime) -> Embargo:
    return Embargo(at, at.replace(tzinfo=None), "UTC")


def test_a_record_cannot_have_a_future_date() -> None:
    refuse_future(NOW.date(), NOW.date())
    with pytest.raises(Refusal, match="still to come"):
        refuse_future(NOW.date() + timedelta(days=1), NOW.date())


def test_a_record_needs_text_or_a_file() -> None:
    refuse_empty("words", has_file=False)
    refuse_empty("", has_file=True)
    with pytest.raises(Refusal, match="needs one of them"):
        refuse_empty("", has_file=False)


@pytest.mark.parametrize("at", [NOW, NOW - timedelta(days=1), NOW + timedelta(days=200 * 366)])
def test_a_past_or_endless_embargo_is_refused(at: datetime) -> None:
    with pytest.raises(Refusal):
        refuse_invalid_embargo(embargo(at), NOW)


def test_an_embargo_of_one_second_is_valid() -> None:
    refuse_invalid_embargo(embargo(NOW + timedelta(seconds=1)), NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "L-2"},
        {"title": "Another"},
        {"text": "Dear all"},
        {"dated": date(2026, 1, 3)},
        {"kind": RecordKind.SCAN},
        {"file_sha256": "00"},
    ],
)
def test_the_digest_covers_every_field_of_a_record(change: dict[str, object]) -> None:
    assert replace(LETTER, **change).digest(Shelf()) != LETTER.digest(Shelf())


def test_empty_fields_do_not_change_the_digest() -> None:
    closed = replace(LETTER, embargo=embargo(NOW), listing=Listing.UNLISTED)

    assert closed.digest(Shelf()) == LETTER.digest(Shelf())


def test_every_kind_and_every_rule_has_a_text() -> None:
    assert set(RESPONSIBILITY) == set(RecordKind)
    assert set(RULE_LINES) == set(Rule)
