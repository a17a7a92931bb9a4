"""Excerpts of a record around the search terms, with the terms marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dialogues.lib.textsearch.tokens import Term, Token, tokens

#: Characters before the first term, length of an excerpt, and how far a text is searched for it.
_CONTEXT, _LENGTH, _SEARCHED = 60, 240, 20_000
#: Markdown signs and line breaks, which are removed from excerpts.
_NOISE = re.compile(r"[\s#*_`>|]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `is_hit` if it matches a search term."""

    text: str
    is_hit: bool = False


def marked(text: str, terms: Sequence[Term]) -> tuple[Piece, ...]:
    return tuple(_pieces(text, _hits(text, terms), 0, len(text)))


def passage(text: str, terms: Sequence[Term]) -> tuple[Piece, ...]:
    """A short excerpt around the first match, or the beginning of the text if there is none in its first part."""
    plain = _NOISE.sub(" ", text[:_SEARCHED]).strip()
    hits = _hits(plain, terms)
    begin = _word_begin(plain, max(0, hits[0][0] - _CONTEXT)) if hits else 0
    end = _word_end(plain, begin + _LENGTH)
    pieces = tuple(_pieces(plain, hits, begin, end))
    before, after = ("… ",) if begin else (), (" …",) if end < len(plain) or len(text) > _SEARCHED else ()
    return (*map(Piece, before), *pieces, *map(Piece, after))


def _hits(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Positions of the matches; overlapping matches are merged."""
    text_tokens = list(tokens(text))
    found: list[tuple[int, int]] = []
    for position in range(len(text_tokens)):
        for term in terms:
            if term.tokens_at(position, text_tokens):
                found.append((text_tokens[position].start, _end_of(term, position, text_tokens)))
    return _merged(sorted(found))


def _merged(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _end_of(term: Term, position: int, text_tokens: Sequence[Token]) -> int:
    return (
        text_tokens[position].first_character_end
        if term.is_prefix
        else text_tokens[position + term.tokens_at(position, text_tokens) - 1].end
    )


def _pieces(text: str, hits: Sequence[tuple[int, int]], begin: int, end: int) -> Iterator[Piece]:
    at = begin
    for start, stop in hits:
        if start < begin or stop > end:
            continue
        if at < start:
            yield Piece(text[at:start])
        yield Piece(text[start:stop], is_hit=True)
        at = stop
    if at < end:
        yield Piece(text[at:end])


def _word_begin(text: str, position: int) -> int:
    """The position, moved back to the start of a word if that is near; dense scripts may be cut anywhere."""
    space = text.rfind(" ", max(0, position - 20), position + 1)
    return space + 1 if position and space >= 0 else position


def _word_end(text: str, position: int) -> int:
    if position >= len(text):
        return len(text)
    space = text.find(" ", position, position + 20)
    return space if space >= 0 else position
