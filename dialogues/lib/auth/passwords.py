"""Refuses weak passwords: too short, repetitive, or made of well-known words."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from dialogues.lib.refusal import N_, Refusal

MIN_LENGTH, MAX_LENGTH = 15, 128
#: How many letters must remain without well-known words, digits and signs.
_MIN_UNKNOWN = 6
_MIN_DISTINCT = 6
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiopü", "azertyuiop", "01234567890")
_CONTEXT = ("dialogues", "dialogue", "track", "meeting", "agenda", "liaison", "ulaanbaatar", "geneva", "vevey", "tuul")


def normal(password: str) -> str:
    """The password in Unicode NFC, so that all keyboards give the same."""
    return unicodedata.normalize("NFC", password)


def refuse_weak(password: str, about: Iterable[str] = ()) -> None:
    """Refuse a password that is easy to guess.

    :param about: facts that others know about its owner, such as the email address.
    :raises Refusal: says what to change.
    """
    if len(password) < MIN_LENGTH:
        raise Refusal(
            N_("Use at least %(shortest)s characters; a few unrelated words are good."),
            field="password",
            shortest=MIN_LENGTH,
        )
    if len(password) > MAX_LENGTH:
        raise Refusal(N_("Use at most %(longest)s characters."), field="password", longest=MAX_LENGTH)
    folded = password.casefold()
    if len(set(folded)) < _MIN_DISTINCT or _repeats(folded) or len(_unknown_part(folded, _words(about))) < _MIN_UNKNOWN:
        raise Refusal(
            N_("This is easy to guess: it repeats itself, or is made of well-known words. Use a few unrelated words."),
            field="password",
        )


def _repeats(text: str) -> bool:
    return text in (text + text)[1:-1]


def _unknown_part(text: str, known: Iterable[str]) -> str:
    """The text without well-known words, keyboard runs, digits and signs."""
    for word in known:
        text = text.replace(word, " ")
    text = _RUNS.sub(" ", text)
    return re.sub(r"[\W\d_]", "", text)


def _words(about: Iterable[str]) -> list[str]:
    own = {part for text in about for part in re.split(r"[\W\d_]+", text.casefold()) if len(part) >= 3}
    well_known = (Path(__file__).parent / "well_known_words.txt").read_text("utf-8").split()
    return sorted({*well_known, *_CONTEXT, *own}, key=len, reverse=True)


def _runs() -> re.Pattern[str]:
    pieces = {row[start : start + 4] for line in _ROWS for row in (line, line[::-1]) for start in range(len(row) - 3)}
    return re.compile("|".join(sorted(pieces)))


_RUNS = _runs()
