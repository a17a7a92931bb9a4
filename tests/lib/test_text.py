"""Text is kept as typed, except for a short list of characters."""

import pytest

from dialogues.lib.text import many_lines, one_line


@pytest.mark.parametrize(
    "name",
    [
        *("王\U0002ebf1", "李\U00031352明"),  # Han extensions I and H, newer than Unicode 14
        *("\uf90a先生", "\ufa19谷", "葛\U000e0100城"),  # compatibility letters of Korea and Japan, a variation selector
        *("ᠮᠣᠩᠭᠣᠯ\u180e\u1820", "\u0600١٢", "\ue000田", "नम\u200dस्ते", "Ʞ\U0001df25"),
    ],
)
def test_rare_letters_are_kept_as_typed(name: str) -> None:
    assert one_line(name) == name
    assert many_lines(name) == name


@pytest.mark.parametrize(
    "sign", [*"\x00\x07\x1b\x7f\x84\xad\u200b\u200f\u202e\u2066\u061c\u3164\ufeff\ufffe\U000e0041\U0010ffff", "\ud83d"]
)
def test_controls_and_invisible_characters_are_removed(sign: str) -> None:
    assert one_line(f"Oyun{sign} Bat") == "Oyun Bat"
    assert one_line(f"{sign} ") == ""


def test_accents_are_composed() -> None:
    assert one_line("Dvor\u030ca\u0301k") == "Dvořák"
