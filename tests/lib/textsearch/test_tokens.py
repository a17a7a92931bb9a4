"""The tokenizer: four scripts, the same tokens for every spelling of a word, and every part of a text can be found."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.lib.textsearch.tokens import LONGEST_WORD, MOST_TERMS, Term, holds, indexed, terms, tokens

SCRIPTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcÉéßøÅİı'’-"),
        st.sampled_from("абвЙйЁё"),
        st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("かなカナがパー"),
        st.sampled_from(" \n.,;0129。，"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Seasonal outlooks", "seasonal outlooks"),
        ("Élan, naïve; Straße", "elan naive strasse"),
        ("Участники йоги, ещё", "участники иоги еще"),
        ("홍수 예보", "홍수 수예 예보 보"),
        ("洪水预报", "洪水 水预 预报 报"),
        ("がっこう", "がっ っこ こう う"),
        ("TRD-L-001", "trd l 001 trdl001"),
        ("2027年", "2027 年"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("… — !", ""),
    ],
)
def test_words_are_folded_and_cjk_text_is_split_into_pairs(text: str, held: str) -> None:
    assert indexed(text) == held


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The flood bulletin", "FLOOD"),
        ("The flood bulletin", "bulletin the"),
        ("Прогноз паводков", "ПАВОДКОВ"),
        ("Ещё один день", "еще"),
        ("홍수 예보 용어집 초안", "홍수"),
        ("홍수 예보 용어집 초안", "용어집"),
        ("홍수 예보 용어집 초안", "집"),
        ("关于洪水预报术语的答复", "洪水"),
        ("关于洪水预报术语的答复", "预报术语"),
        ("关于洪水预报术语的答复", "答"),
        ("关于洪水预报术语的答复", "复"),
        ("Reference TRD-L-001", "trd-l-001"),
        ("e-mail", "e-mail"),
    ],
)
def test_a_matching_query_is_found(text: str, query: str) -> None:
    assert holds(text, terms(query))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The flood bulletin", "flood drawings"),
        ("The flood bulletin", "floo"),
        ("洪水和预报", "洪水预报"),
        ("水洪", "洪水"),
        ("홍보 수예", "홍수"),
        ("mail e", "e-mail"),
    ],
)
def test_a_query_without_match_is_not_found(text: str, query: str) -> None:
    assert not holds(text, terms(query))


@given(SCRIPTS)
def test_composed_and_decomposed_text_has_the_same_tokens(text: str) -> None:
    assert indexed(unicodedata.normalize("NFD", text)) == indexed(unicodedata.normalize("NFC", text))


@given(SCRIPTS)
def test_capital_letters_make_no_difference(text: str) -> None:
    assert indexed(text.casefold()) == indexed(text)


@given(SCRIPTS)
def test_a_text_is_found_by_each_of_its_words(text: str) -> None:
    for part in text.split():
        assert holds(text, terms(part))


@given(SCRIPTS, st.data())
def test_han_text_is_found_by_each_of_its_substrings(around: str, data: st.DataObject) -> None:
    run = data.draw(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12))
    begin = data.draw(st.integers(0, len(run) - 1))
    end = data.draw(st.integers(begin + 1, len(run)))

    assert holds(f"{around} {run}", terms(run[begin:end]))


@given(SCRIPTS)
def test_tokens_point_into_the_text_in_order(text: str) -> None:
    there = list(tokens(text))

    assert all(0 <= token.start < token.first_character_end <= token.end <= len(text) for token in there)
    assert [token.start for token in there] == sorted(token.start for token in there)


@given(st.text(max_size=80))
def test_tokens_contain_no_query_syntax_of_the_database(text: str) -> None:
    for token in tokens(text):
        assert token.folded
        assert not set(token.folded) & set(" \t\n\x00\"'*&|!():\\<>-")


def test_a_very_long_word_is_cut_the_same_in_record_and_query() -> None:
    word = "x" * 500

    assert indexed(word) == "x" * LONGEST_WORD
    assert holds(word, terms(word))


def test_a_query_of_a_thousand_words_uses_only_the_first_few() -> None:
    assert len(terms(" ".join(f"w{n}" for n in range(1000)))) == MOST_TERMS


def test_one_cjk_character_matches_all_pairs_it_begins() -> None:
    assert terms("水") == (Term(("水",), is_prefix=True),)
    assert terms("a") == (Term(("a",)),)
