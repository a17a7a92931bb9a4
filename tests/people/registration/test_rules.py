"""Decisions about a registration."""

from dialogues.people.registration.rules import WORDS, Changeable


def test_every_value_has_a_label() -> None:
    assert set(WORDS) == set(Changeable)
