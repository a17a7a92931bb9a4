"""Decisions about messages."""

from dialogues.people.messages.rules import WORDS, Recipients


def test_every_value_has_a_label() -> None:
    assert set(WORDS) == set(Recipients)
