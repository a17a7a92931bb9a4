"""Which notes a session has, for how long, and how two texts differ."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.records.notes import rules as notes
from dialogues.records.notes.rules import Difference, DocumentKind, DocumentState


@pytest.mark.parametrize("rule", [Rule.OFF_THE_RECORD, Rule.CLOSED])
def test_a_rule_stricter_than_chatham_house_allows_no_notes(rule: Rule) -> None:
    with pytest.raises(Refusal):
        notes.refuse_without_notes(rule)


@pytest.mark.parametrize("rule", [Rule.ON_THE_RECORD, Rule.CHATHAM_HOUSE])
def test_the_other_rules_allow_notes(rule: Rule) -> None:
    notes.refuse_without_notes(rule)


def test_only_a_draft_can_be_edited() -> None:
    notes.refuse_locked(DocumentState.DRAFT)
    for state in (DocumentState.FINISHED, DocumentState.FILED):
        with pytest.raises(Refusal):
            notes.refuse_locked(state)


def test_only_a_finished_summary_can_be_filed_or_reopened() -> None:
    notes.refuse_unfinished(DocumentState.FINISHED)
    for state in (DocumentState.DRAFT, DocumentState.FILED):
        with pytest.raises(Refusal):
            notes.refuse_unfinished(state)


def test_raw_notes_expire_ninety_days_after_the_meeting() -> None:
    assert notes.destruction_day(date(2027, 5, 28), started=date(2027, 5, 25)) == date(2027, 8, 26)


def test_raw_notes_begun_after_the_meeting_expire_after_ninety_days() -> None:
    assert notes.destruction_day(date(2027, 5, 28), started=date(2027, 6, 28)) == date(2027, 9, 26)


def test_every_kind_of_document_states_who_is_responsible() -> None:
    assert set(notes.RESPONSIBILITY) == set(DocumentKind)


def test_two_texts_are_compared_line_by_line() -> None:
    assert notes.compare_lines("one\ntwo\nthree", "one\n2\nthree\nfour") == [
        ("one", "one", Difference.SAME),
        ("two", "2", Difference.CHANGED),
        ("three", "three", Difference.SAME),
        ("", "four", Difference.ADDED),
    ]


def test_a_deleted_line_has_no_counterpart() -> None:
    assert notes.compare_lines("one\ntwo", "one") == [
        ("one", "one", Difference.SAME),
        ("two", "", Difference.REMOVED),
    ]


@given(some.lists(some.text("ab\n", max_size=5)), some.lists(some.text("ab\n", max_size=5)))
def test_a_comparison_contains_every_line_of_both_texts(one: list[str], other: list[str]) -> None:
    left, right = "\n".join(one), "\n".join(other)
    rows = notes.compare_lines(left, right)
    assert [line for line, _, kind in rows if kind is not Difference.ADDED] == left.splitlines()
    assert [line for _, line, kind in rows if kind is not Difference.REMOVED] == right.splitlines()
