"""Passages show the words where they stand, and nothing that is not in the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.lib.textsearch.passages import Piece, marked, passage
from dialogues.lib.textsearch.tokens import terms


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "query", "there"),
    [
        ("Flood bulletins and floods", "flood", "[Flood] bulletins and floods"),
        ("Ещё один прогноз", "еще прогноз", "[Ещё] один [прогноз]"),
        ("홍수 예보 용어집", "용어집", "홍수 예보 [용어집]"),
        ("关于洪水预报术语", "洪水预报", "关于[洪水预报]术语"),
        ("关于洪水预报", "水", "关于洪[水]预报"),
        ("Nothing of it", "flood", "Nothing of it"),
    ],
)
def test_the_words_are_marked_as_they_are_written(text: str, query: str, there: str) -> None:
    assert shown(marked(text, terms(query))) == there


def test_a_passage_stands_around_the_first_word_that_was_looked_for() -> None:
    text = "before " * 100 + "the heron " + "after " * 100

    found = shown(passage(text, terms("heron")))

    assert found.startswith("… ")
    assert "[heron]" in found
    assert found.endswith(" …")
    assert len(found) < 320


def test_marks_of_markdown_are_left_out_of_a_passage() -> None:
    assert shown(passage("## Rivers\n\n* the **heron**\n> stood", terms("heron"))) == "Rivers the [heron] stood"


def test_where_only_the_title_was_found_the_text_is_shown_from_its_beginning() -> None:
    assert shown(passage("Some words.", terms("heron"))) == "Some words."


@given(st.text(max_size=200), st.text(max_size=20))
def test_marking_changes_no_character(text: str, query: str) -> None:
    assert "".join(piece.text for piece in marked(text, terms(query))) == text
