"""The form in which searches compare text: without case, accents, and differences of spelling."""

import re
import unicodedata
from functools import lru_cache

#: Signs inside a word that people write, leave out, or confuse: O'Neil, O’Neil, ONeil; Young-ho, Youngho.
JOINERS = frozenset("'-")
_ALIKE = str.maketrans(
    dict.fromkeys("\u0060\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u2018\u2019\u201b\u2032\ua78c", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)
#: Letters that are not a letter with an accent in Unicode, but that people type so.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ɖ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t"}
    | {"ŋ": "n", "ə": "e", "ƙ": "k", "ɓ": "b", "ɗ": "d", "ĸ": "k", "ŀ": "l", "ʉ": "u", "ɨ": "i", "ƶ": "z", "ɛ": "e"}
)
#: Letters of Latin, Greek, Cyrillic, Hebrew and Arabic, which lose their accents and points, end here.
_ACCENTS_END = "\u0700"
_SPACES_IN_HANGUL = re.compile("(?<=[\uac00-\ud7a3\u1100-\u11ff]) +(?=[\uac00-\ud7a3\u1100-\u11ff])")


@lru_cache(maxsize=65_536)
def folded_character(cluster: str) -> str:
    """The folded form of one character with its marks: the same for all its spellings."""
    cluster = cluster.translate(_ALIKE)
    for _round in range(2):
        cluster = unicodedata.normalize("NFKC", cluster).casefold()
    decomposed = unicodedata.normalize("NFD", cluster)
    if decomposed[:1] < _ACCENTS_END:
        decomposed = "".join(character for character in decomposed if not unicodedata.combining(character))
    visible = (character for character in decomposed if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFC", "".join(visible)).translate(_LETTERS)


def folded(text: str) -> str:
    return "".join(map(folded_character, clusters(text)))


def haystack(*names: str) -> str:
    """Names to look for :func:`words` in: without signs inside words and without spaces between Hangul syllables."""
    whole = " ".join(" ".join(names).split())
    return _SPACES_IN_HANGUL.sub("", folded(whole)).translate(_WITHOUT_JOINERS)


def words(search: str) -> list[str]:
    """The words of a search. A name matches if its haystack contains all of them."""
    return folded(search).translate(_JOINERS_AS_SPACES).split()


def clusters(text: str) -> list[str]:
    """The characters of a text, each with its marks: accents, Hangul jamo, half-width voicing marks."""
    found: list[str] = []
    for character in text:
        if found and _combines(character):
            found[-1] += character
        else:
            found.append(character)
    return found


_WITHOUT_JOINERS = str.maketrans(dict.fromkeys(JOINERS, ""))
_JOINERS_AS_SPACES = str.maketrans(dict.fromkeys(JOINERS, " "))


def _combines(character: str) -> bool:
    return unicodedata.combining(character) != 0 or "\u1160" <= character <= "\u11ff" or character in "\uff9e\uff9f"
