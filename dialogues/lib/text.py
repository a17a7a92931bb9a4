"""Cleans and checks text that people typed."""

import re
import unicodedata
from collections.abc import Sequence

from dialogues.lib.refusal import N_, Refusal

#: Joiners that native scripts need within a word.
_JOINERS = {"\u200c", "\u200d"}
#: All that is removed; other characters stay as typed, also those newer than this Python knows. Controls, characters
#: drawn as nothing, direction controls, and code points that are no characters.
_REMOVED = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u115f\u1160\u200b\u2060-\u2064\u206a-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0001-\U000e007f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
#: Letters that NFC replaces by others: the Han letters of older Korean and Japanese code pages.
_COMPATIBLE_HAN = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
#: Separators of files, groups, records and units, which Python counts as spaces.
_SEPARATORS = "\x1c\x1d\x1e\x1f"


#: Every character that ends a line or a page, as a word processor or a terminal wrote it.
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")


def one_line(text: str) -> str:
    """The text in NFC on one line, without control and direction characters; "" if nothing visible is left."""
    return _or_empty(" ".join("".join(filter(_visible, _BREAKS.sub(" ", composed(text)))).split()))


def many_lines(text: str) -> str:
    """Like :func:`one_line`, for longer text: all line breaks become LF, and tabs stay."""
    return _or_empty("".join(filter(_visible, _BREAKS.sub("\n", composed(text)))).strip())


def text_file(content: bytes) -> bytes:
    """A UTF-8 file with the line breaks that every program knows, and without separators of records; else unchanged."""
    text = content.decode("utf-8")
    return re.sub("[\x1c-\x1f]", "", re.sub("[\v\f\x85\u2028\u2029]", "\n", text)).encode()


def composed(text: str) -> str:
    """The text with accents composed (NFC), which changes no letter that a reader can tell apart."""
    parts = _COMPATIBLE_HAN.split(text)
    return "".join(part if number % 2 else unicodedata.normalize("NFC", part) for number, part in enumerate(parts))


def _or_empty(text: str) -> str:
    """The text, or "" if it consists only of joiners and combining marks."""
    visible = (
        not (character.isspace() or character in _JOINERS or unicodedata.category(character).startswith("M"))
        for character in text
    )
    return text if any(visible) else ""


def _visible(character: str) -> bool:
    return character not in _SEPARATORS and (character.isspace() or not _REMOVED.match(character))


#: Signs with which mail programs make a link of a name.
IN_NAMES = ("://", "www.", "@", "/")
#: The same for titles and names of places and parties, where a slash is common: "Water/energy".
IN_TITLES = ("://", "www.", "@")
#: Look-alikes of these signs that NFKC keeps; joiners are invisible.
_LOOK_ALIKES = str.maketrans("\u2044\u2215\u29f8\u2236\ua789\u3002", "///::.", "\u200c\u200d")
_JOINT = re.compile(r"((?<=\w)[.\uff0e\u2024\uff61\u3002](?=[^\W\d_]{2})|[@\uff20\ufe6b]|[:\uff1a](?=[/\uff0f]{2}))")


def refuse_link(text: str, signs: Sequence[str] = IN_NAMES, *, field: str | None = None) -> str:
    """:raises Refusal: the text contains one of the signs, or a look-alike."""
    normalized = unicodedata.normalize("NFKC", text.translate(_LOOK_ALIKES)).translate(_LOOK_ALIKES).casefold()
    for sign in signs:
        if sign in normalized:
            raise Refusal(LINK_IN_NAME, field=field, sign=sign)
    return text


#: Categories of signs that no name has, such as "¤", "™" and "¼".
_NOT_IN_NAMES = frozenset({"Sc", "Sm", "So", "No"})
_MARKS_OF_WRONG_READING = frozenset("?\uff1f\ufffd¡¿§¶†‡‰¨¯¸˘˙˚˛˝ˆˇ")


def refuse_misread(name: str, *, field: str | None = None) -> str:
    """:raises Refusal: the name has signs that appear when a text is read or saved in the wrong encoding."""
    for sign in name:
        if sign in _MARKS_OF_WRONG_READING or unicodedata.category(sign) in _NOT_IN_NAMES:
            raise Refusal(
                N_("“%(name)s” has a damaged letter: “%(sign)s”. Write the name again."),
                field=field,
                name=name[:80],
                sign=sign,
            )
    return name


LINK_IN_NAME = N_("Remove “%(sign)s”. Names and titles cannot contain web or e-mail addresses.")


def unlinked(text: str) -> str:
    """Text of other people for an email, with spaces so that mail programs do not make links of it."""
    return _JOINT.sub(r"\1 ", text)


def bounded(text: str, longest: int, *, field: str | None = None) -> str:
    """:raises Refusal: the text has more than `longest` characters."""
    if len(text) > longest:
        raise Refusal(
            N_("This is %(length)s characters long; write at most %(longest)s."),
            field=field,
            length=len(text),
            longest=longest,
        )
    return text


def compared(text: str) -> str:
    """The normal form for comparing names and codes; never stored."""
    return unicodedata.normalize("NFKC", text).casefold()
