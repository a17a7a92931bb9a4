"""Text is kept as typed, except for a short list of characters; line breaks of other programs become LF."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dialogues.lib.text import many_lines, one_line, text_file

TYPED = [
    ("Alpha1\u2028Beta1", "Alpha1\nBeta1"),
    ("Alpha2\x0bBeta2", "Alpha2\nBeta2"),
    ("Alpha3\x0cBeta3", "Alpha3\nBeta3"),
    ("Alpha4\x85Beta4", "Alpha4\nBeta4"),
    ("Alpha6\x1cBeta6", "Alpha6Beta6"),
    ("Alpha\u2029Beta", "Alpha\nBeta"),
    ("Alpha\x1dBe\x1et\x1fa", "AlphaBeta"),
    ("Alpha\r\nBeta\rGamma\n\nDelta\tEpsilon", "Alpha\nBeta\nGamma\n\nDelta\tEpsilon"),
]


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


@pytest.mark.parametrize(("typed", "kept"), TYPED)
def test_every_line_break_becomes_a_line_feed(typed: str, kept: str) -> None:
    assert many_lines(typed) == kept


@pytest.mark.parametrize(("typed", "kept"), TYPED)
def test_line_breaks_in_one_line_become_spaces(typed: str, kept: str) -> None:
    assert one_line(typed) == " ".join(kept.split())


@pytest.mark.parametrize(("typed", "kept"), TYPED[:-1])
def test_a_text_file_has_known_line_breaks(typed: str, kept: str) -> None:
    assert text_file(typed.encode()) == kept.encode()


def test_an_ordinary_text_file_is_unchanged() -> None:
    content = "\ufeffOne\r\ntwo\tthree\n 회의".encode()
    assert text_file(content) == content


@given(some.text(some.characters(exclude_categories=["Cs"])))
def test_cleaned_text_has_no_other_line_break(text: str) -> None:
    assert many_lines(text).splitlines() == many_lines(text).split("\n") or not many_lines(text)
    assert many_lines(many_lines(text)) == many_lines(text)
