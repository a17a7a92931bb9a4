"""The tokenizer for both engines: folded words, and pairs of characters for scripts without spaces."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

from dialogues.lib.textsearch.folding import JOINERS, clusters, folded_character

#: Longer words are cut, in records and in queries, because PostgreSQL refuses very long ones.
LONGEST_WORD = 64
#: Further terms of a query are ignored.
MOST_TERMS = 20

#: Hangul, Han and kana, which are written without spaces, or may be.
_DENSE = (
    (0x1100, 0x11FF),
    (0x3005, 0x3007),
    (0x3021, 0x30FF),
    (0x3130, 0x318F),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word or pair of characters, its position in the text, and where its first character ends."""

    folded: str
    start: int
    end: int
    first_character_end: int


@dataclass(frozen=True, slots=True)
class Term:
    """Adjacent tokens of a query.

    `is_prefix`: a single character of a dense script, matched as a prefix. `compound`: the tokens as one word, which
    matches too, because they are joined by hyphens or apostrophes.
    """

    tokens: tuple[str, ...]
    is_prefix: bool = False
    compound: str = ""

    def tokens_at(self, position: int, tokens: Sequence[Token]) -> int:
        """The number of tokens that match from this position."""
        following = tokens[position : position + len(self.tokens)]
        if self.is_prefix:
            return int(following[0].folded.startswith(self.tokens[0]))
        if self.compound and following[0].folded == self.compound:
            return 1
        return len(following) if tuple(token.folded for token in following) == self.tokens else 0


@dataclass(frozen=True, slots=True)
class _Character:
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Run:
    is_dense: bool
    characters: tuple[_Character, ...]


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text in order: words, and for dense scripts each pair and the last character.

    Words with signs inside them follow at the end in one piece: "Young-ho" gives "young ho youngho".
    """
    runs = list(_runs(text))
    for run in runs:
        if not run.is_dense:
            yield _joined(run.characters)
            continue
        for pair in pairwise(run.characters):
            yield _joined(pair)
        yield _joined(run.characters[-1:])
    for compound in _compounds(text, runs):
        yield _joined([character for run in compound for character in run.characters])


def _compounds(text: str, runs: Sequence[_Run]) -> Iterator[list[_Run]]:
    """Words that a single hyphen or apostrophe joins."""
    compound: list[_Run] = []
    for run in runs:
        between = text[compound[-1].characters[-1].end : run.characters[0].start] if compound else ""
        if run.is_dense or folded_character(between) not in JOINERS:
            if len(compound) > 1:
                yield compound
            compound = []
        if not run.is_dense:
            compound.append(run)
    if len(compound) > 1:
        yield compound


def indexed(*texts: str) -> str:
    """The tokens of these texts, separated by spaces, as stored in the index."""
    return " ".join(token.folded for text in texts for token in tokens(text))


def terms(query: str) -> tuple[Term, ...]:
    """The terms of a query; all must match. Text without a space becomes one term."""
    found: dict[Term, None] = {}
    for chunk in query.split():
        for is_dense, runs in groupby(_runs(chunk), key=lambda run: run.is_dense):
            for term in _dense_terms(runs) if is_dense else _word_terms(chunk, list(runs)):
                found[term] = None
    return tuple(found)[:MOST_TERMS]


def holds(text: str, wanted: Sequence[Term]) -> bool:
    """Whether a text contains every term, with the same result as both engines."""
    text_tokens = list(tokens(text))
    return all(any(term.tokens_at(position, text_tokens) for position in range(len(text_tokens))) for term in wanted)


def _word_terms(chunk: str, runs: Sequence[_Run]) -> Iterator[Term]:
    words = tuple(_joined(run.characters).folded for run in runs)
    is_compound = [list(runs)] == list(_compounds(chunk, runs))
    yield Term(words, compound="".join(words)[:LONGEST_WORD] if is_compound else "")


def _dense_terms(runs: Iterator[_Run]) -> Iterator[Term]:
    for run in runs:
        if len(run.characters) == 1:
            yield Term((run.characters[0].folded,), is_prefix=True)
        else:
            yield Term(tuple(_joined(pair).folded for pair in pairwise(run.characters)))


def _joined(characters: Sequence[_Character]) -> Token:
    folded = "".join(character.folded for character in characters)
    return Token(folded[:LONGEST_WORD], characters[0].start, characters[-1].end, characters[0].end)


def _runs(text: str) -> Iterator[_Run]:
    characters_of_text = _without_spaces_in_hangul(_characters(text))
    for kind, characters in groupby(characters_of_text, key=lambda character: _kind(character.folded)):
        if kind is not None:
            yield _Run(kind, tuple(characters))


def _characters(text: str) -> Iterator[_Character]:
    start = 0
    for cluster in clusters(text):
        end = start + len(cluster)
        for folded in folded_character(cluster):
            yield _Character(folded, start, end)
        start = end


def _without_spaces_in_hangul(characters: Iterator[_Character]) -> Iterator[_Character]:
    """Leave out spaces between Hangul syllables, because the same name or compound is written with and without."""
    spaces: list[_Character] = []
    previous = ""
    for character in characters:
        if character.folded in " \t":
            spaces.append(character)
            continue
        if not (_is_hangul(previous) and _is_hangul(character.folded)):
            yield from spaces
        spaces.clear()
        previous = character.folded
        yield character
    yield from spaces


def _is_hangul(character: str) -> bool:
    return "\uac00" <= character <= "\ud7a3"


@lru_cache(maxsize=65_536)
def _kind(character: str) -> bool | None:
    """True for dense scripts, False for words, None for separators."""
    if unicodedata.category(character)[0] not in "LMN":
        return None
    return any(first <= ord(character) <= last for first, last in _DENSE)
