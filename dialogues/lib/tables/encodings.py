"""Recognizes the encoding of a text file: Unicode is certain, code pages are proposed by the letters of languages."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dialogues.lib.refusal import N_, Refusal


@dataclass(frozen=True, slots=True)
class CodePage:
    """A code page, and the languages that are written in it, separated by spaces."""

    encoding: str
    label: str
    languages: str


#: In the order in which equally likely ones are proposed.
CODE_PAGES = (
    CodePage("windows-1254", N_("Turkish"), "tr az"),
    CodePage("windows-1252", N_("Western European"), "en fr de es it pt nl da sv fi nb is ca ga eu gl sq id"),
    CodePage("windows-1250", N_("Central European"), "cs pl hu sk sl hr bs ro de"),
    CodePage("windows-1257", N_("Baltic"), "lt lv et"),
    CodePage("windows-1251", N_("Cyrillic"), "ru uk be bg sr mk"),
    CodePage("windows-1253", N_("Greek"), "el"),
    CodePage("cp949", N_("Korean"), "ko"),
    CodePage("gb18030", N_("Simplified Chinese"), "zh"),
    CodePage("cp932", N_("Japanese"), "ja"),
    CodePage("big5", N_("Traditional Chinese"), "zh_Hant"),
    CodePage("windows-1255", N_("Hebrew"), "he"),
    CodePage("windows-1256", N_("Arabic"), "ar fa ur"),
    CodePage("mac-roman", N_("Western European, old Mac"), "fr de es it pt nl da sv fi nb"),
    CodePage("cp852", N_("Central European, DOS"), "cs pl hu sk sl hr bs ro"),
    CodePage("cp850", N_("Western European, DOS"), "fr de es it pt nl da sv fi nb"),
)
ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", *(page.encoding for page in CODE_PAGES)})

UNREADABLE = N_("This file cannot be read. Save it as “CSV UTF-8” or XLSX, then choose that file.")

#: Length of the beginning of the text that is compared with alphabets.
_MOST_SIGNS = 20_000
_WORD = re.compile(r"[^\W\d_]+")
_SPACE = frozenset("\t\n\r\v\f")
#: Signs of every language, which tell nothing about the code page.
_NEUTRAL = frozenset("\xa0«»‘’‚“”„–—…")


def unicode_encoding(content: bytes) -> str | None:
    """The encoding if the file is in Unicode, which its bytes prove; None for a code page.

    :raises Refusal: the file is binary, or in UTF-32.
    """
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise Refusal(UNREADABLE, field="file")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _checked(content, "utf-16")
    if b"\x00" in content:
        is_little = content[1::2].count(0) > content[0::2].count(0)
        return _checked(content, "utf-16-le" if is_little else "utf-16-be")
    return "utf-8" if _decoded(content, "utf-8") is not None else None


def decode(content: bytes, encoding: str) -> str:
    """:raises Refusal: the bytes do not fit the encoding."""
    text = _decoded(content, encoding)
    if text is None or "\0" in text:
        raise Refusal(UNREADABLE, field="file")
    return text.removeprefix("\ufeff")


def likely_code_pages(content: bytes) -> Sequence[CodePage]:
    """The code pages that fit the bytes, most likely first; those that give the same text only once."""
    texts = [(page, text) for page in CODE_PAGES if (text := _decoded(content, page.encoding)) and _is_text(text)]
    ranked = sorted(texts, key=lambda read: -_likelihood(read[1], read[0].languages))
    first: dict[str, CodePage] = {}
    for page, text in ranked:
        first.setdefault(text, page)
    return tuple(first.values())


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeError:
        return None


def _checked(content: bytes, encoding: str) -> str:
    decode(content, encoding)
    return encoding


def _is_text(text: str) -> bool:
    return not any(unicodedata.category(sign) in {"Cc", "Cn", "Co"} for sign in set(text) - _SPACE)


def _likelihood(text: str, languages: str) -> float:
    """From 0 to 1: how well each line fits the alphabet of one of the languages."""
    lines = [line for line in text[:_MOST_SIGNS].splitlines() if not line.isascii()]
    return sum(_fit(line, languages.split()) for line in lines) / max(len(lines), 1)


def _fit(line: str, languages: Sequence[str]) -> float:
    """The share of the signs outside ASCII that one of the languages uses, in words that could be words."""
    possible = {sign for word in _WORD.findall(line) if _is_possible(word) for sign in word}
    signs = [sign for sign in line if not sign.isascii() and sign not in _NEUTRAL]
    alphabets = (possible & _alphabet(language) for language in languages)
    return max(sum(sign in known for sign in signs) for known in alphabets) / len(signs) if signs else 1


def _is_possible(word: str) -> bool:
    """Whether the word is in one script, and only its first letter is a capital; a wrong code page mixes both."""
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in word}
    has_cases = word.islower() or word.isupper() or word[1:].islower()
    return ("LATIN" not in scripts or len(scripts) == 1) and (has_cases or word.lower() == word.upper())


@lru_cache(maxsize=64)
def _alphabet(language: str) -> frozenset[str]:
    """The letters of the language in both cases; ICU is imported at first use, because it is large."""
    import icu

    case_insensitive = 2
    standard = icu.ULocaleDataExemplarSetType.ES_STANDARD
    letters = frozenset(icu.LocaleData(language).getExemplarSet(case_insensitive, standard))
    return letters | {sign.upper() for sign in letters}
