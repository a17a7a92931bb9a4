"""Passages of a record around the words that were looked for, for those who may read it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dialogues.lib.textsearch.tokens import Term, Token, tokens

#: How much of a passage stands before its first word, how long it is, and how far into a text one is looked for.
_BEFORE, _LONG, _DEEP = 60, 240, 20_000
#: Marks of Markdown and breaks of lines, which are noise in a passage.
_NOISE = re.compile(r"[\s#*_`>|]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `is_hit` if it is one of the words that were looked for."""

    text: str
    is_hit: bool = False


def marked(text: str, terms: Sequence[Term]) -> tuple[Piece, ...]:
    """The whole text, with the words that were looked for marked."""
    return tuple(_pieces(text, _hits(text, terms), 0, len(text)))


def passage(text: str, terms: Sequence[Term]) -> tuple[Piece, ...]:
    """A short passage around the first of the words, or the beginning where none of them is near it."""
    plain = _NOISE.sub(" ", text[:_DEEP]).strip()
    hits = _hits(plain, terms)
    begin = _word_begin(plain, max(0, hits[0][0] - _BEFORE)) if hits else 0
    end = _word_end(plain, begin + _LONG)
    pieces = tuple(_pieces(plain, hits, begin, end))
    before, after = ("… ",) if begin else (), (" …",) if end < len(plain) or len(text) > _DEEP else ()
    return (*map(Piece, before), *pieces, *map(Piece, after))


def _hits(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the words stand, overlapping ones as one."""
    there = list(tokens(text))
    found: list[tuple[int, int]] = []
    for place in range(len(there)):
        for term in terms:
            if not term.begins_at(place, there):
                continue
            start, end = there[place].start, _end_of(term, place, there)
            if found and start <= found[-1][1]:
                start, end = found[-1][0], max(end, found.pop()[1])
            found.append((start, end))
    return found


def _end_of(term: Term, place: int, there: Sequence[Token]) -> int:
    return there[place].first_end if term.is_beginning else there[place + len(term.tokens) - 1].end


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


def _word_begin(text: str, place: int) -> int:
    """The place, moved back to the beginning of a word if that is near; dense scripts may be cut anywhere."""
    space = text.rfind(" ", max(0, place - 20), place + 1)
    return space + 1 if place and space >= 0 else place


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.find(" ", place, place + 20)
    return space if space >= 0 else place
