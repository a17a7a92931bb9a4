"""Decisions about the list of people."""

from dialogues.people.roster.rules import WORDS, Readiness


def test_every_value_has_a_label() -> None:
    assert set(WORDS) == set(Readiness)
