"""The tokenizer for both engines: folded words, and pairs of characters for scripts without spaces."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

#: Longer words are cut, in records and in queries, because PostgreSQL refuses very long ones.
LONGEST_WORD = 64
#: Further terms of a query are ignored.
MOST_TERMS = 20

#: Latin, Greek and Cyrillic letters, which lose their accents, end here.
_ACCENTS_END = "\u0530"
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
    """Adjacent tokens of a query. `is_prefix`: a single character of a dense script, matched as a prefix."""

    tokens: tuple[str, ...]
    is_prefix: bool = False

    def matches_at(self, position: int, tokens: Sequence[Token]) -> bool:
        following = tokens[position : position + len(self.tokens)]
        if self.is_prefix:
            return bool(following) and following[0].folded.startswith(self.tokens[0])
        return tuple(token.folded for token in following) == self.tokens


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text in order: words, and for dense scripts each pair and the last character."""
    for run in _runs(text):
        if not run.is_dense:
            yield _joined(run.characters)
            continue
        for pair in pairwise(run.characters):
            yield _joined(pair)
        yield _joined(run.characters[-1:])


def indexed(*texts: str) -> str:
    """The tokens of these texts, separated by spaces, as stored in the index."""
    return " ".join(token.folded for text in texts for token in tokens(text))


def terms(query: str) -> tuple[Term, ...]:
    """The terms of a query; all must match. Text without a space becomes one term."""
    found: dict[Term, None] = {}
    for chunk in query.split():
        for is_dense, runs in groupby(_runs(chunk), key=lambda run: run.is_dense):
            for term in _dense_terms(runs) if is_dense else _word_terms(runs):
                found[term] = None
    return tuple(found)[:MOST_TERMS]


def holds(text: str, wanted: Sequence[Term]) -> bool:
    """Whether a text contains every term, with the same result as both engines."""
    text_tokens = list(tokens(text))
    return all(any(term.matches_at(position, text_tokens) for position in range(len(text_tokens))) for term in wanted)


@dataclass(frozen=True, slots=True)
class _Character:
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Run:
    is_dense: bool
    characters: tuple[_Character, ...]


def _word_terms(runs: Iterator[_Run]) -> Iterator[Term]:
    yield Term(tuple(_joined(run.characters).folded for run in runs))


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
    for kind, characters in groupby(_characters(text), key=lambda character: _kind(character.folded)):
        if kind is not None:
            yield _Run(kind, tuple(characters))


def _characters(text: str) -> Iterator[_Character]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not _combines_with_previous(text[end]):
            for folded in _folded(text[start:end]):
                yield _Character(folded, start, end)
            start = end


@lru_cache(maxsize=65_536)
def _folded(cluster: str) -> str:
    """The folded form of one character with its marks: the same for all its spellings."""
    for _round in range(2):
        cluster = unicodedata.normalize("NFKC", cluster).casefold()
    decomposed = unicodedata.normalize("NFD", cluster)
    if decomposed[:1] < _ACCENTS_END:
        decomposed = "".join(character for character in decomposed if not unicodedata.combining(character))
    visible = (character for character in decomposed if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFC", "".join(visible))


@lru_cache(maxsize=65_536)
def _kind(character: str) -> bool | None:
    """True for dense scripts, False for words, None for separators."""
    if unicodedata.category(character)[0] not in "LMN":
        return None
    return any(first <= ord(character) <= last for first, last in _DENSE)


def _combines_with_previous(character: str) -> bool:
    """Whether the character combines with the previous one: accents, marks, Hangul jamo, half-width voicing marks."""
    return unicodedata.combining(character) != 0 or "\u1160" <= character <= "\u11ff" or character in "\uff9e\uff9f"
