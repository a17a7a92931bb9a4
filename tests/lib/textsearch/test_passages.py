"""Search excerpts: highlighted words in their context, and only text of the document."""

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
def test_found_words_are_highlighted_as_written(text: str, query: str, there: str) -> None:
    assert shown(marked(text, terms(query))) == there


def test_an_excerpt_is_around_the_first_found_word() -> None:
    text = "before " * 100 + "the heron " + "after " * 100

    found = shown(passage(text, terms("heron")))

    assert found.startswith("… ")
    assert "[heron]" in found
    assert found.endswith(" …")
    assert len(found) < 320


def test_an_excerpt_contains_no_markdown_syntax() -> None:
    assert shown(passage("## Rivers\n\n* the **heron**\n> stood", terms("heron"))) == "Rivers the [heron] stood"


def test_if_only_the_title_matches_the_excerpt_is_the_start_of_the_text() -> None:
    assert shown(passage("Some words.", terms("heron"))) == "Some words."


@given(st.text(max_size=200), st.text(max_size=20))
def test_highlighting_changes_no_character(text: str, query: str) -> None:
    assert "".join(piece.text for piece in marked(text, terms(query))) == text
