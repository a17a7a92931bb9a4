"""Content lines of calendar files: cleaned and escaped text, checked addresses, folding."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from dialogues.lib.mail.addresses import plain_address

#: Maximum length of a line in bytes without CRLF; RFC 5545 allows 75, but some clients count one more.
MAX_LINE_BYTES = 74

_BREAKS = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
# C0 and C1 controls, direction overrides and isolates, surrogates, byte order marks and noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# A backslash is replaced, because clients disagree about it in parameters and names do not need it.
_QUOTING = str.maketrans({"^": "^^", '"': "^'", "\\": "/"})
#: Characters of a local part that stay as they are in a mailto: URI; others are percent-encoded.
_SAFE = "!$'*+-._~"


@dataclass(frozen=True, slots=True)
class Address:
    """An email address and an optional name; raises ValueError unless it is one plain address."""

    mail: str
    name: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "mail", plain_address(self.mail))

    @property
    def uri(self) -> str:
        """The CAL-ADDRESS, such as `mailto:desk@example.org`."""
        local, _, domain = self.mail.rpartition("@")
        return f"mailto:{quote(local, safe=_SAFE)}@{domain}"

    def same_mailbox(self, other: "Address") -> bool:
        return self.mail.lower() == other.mail.lower()


def clean_line(text: str) -> str:
    """The text on one line, without invisible characters and repeated white space."""
    return " ".join(_UNSEEN.sub("", _BREAKS.sub(" ", text)).split())


def clean_lines(text: str) -> str:
    """Text of several lines: all line breaks become LF, tabs become spaces, invisible characters are removed."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text).replace("\t", " ")).strip()


def escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def quoted(text: str) -> str:
    """A cleaned line as a quoted parameter value (RFC 6868)."""
    return f'"{text.translate(_QUOTING)}"'


def folded(line: str) -> bytes:
    """One content line with CRLF, folded so that no character and no escape is split."""
    data = line.encode("utf-8")
    if len(data) <= MAX_LINE_BYTES:
        return data + b"\r\n"
    pieces, start, room = [], 0, MAX_LINE_BYTES
    while len(data) - start > room:
        cut = _cut(data, start, start + room)
        pieces.append(data[start:cut])
        start, room = cut, MAX_LINE_BYTES - 1
    pieces.append(data[start:])
    return b"\r\n ".join(pieces) + b"\r\n"


def _cut(data: bytes, start: int, cut: int) -> int:
    """The last position up to `cut` that splits neither a character nor an escape."""
    while data[cut] & 0xC0 == 0x80:
        cut -= 1
    # Each piece begins on a whole escape, so an odd number of escape marks before the cut means an open escape.
    while any(_run(data, start, cut, mark) % 2 for mark in b"\\^"):
        cut -= 1
    return cut


def _run(data: bytes, start: int, end: int, mark: int) -> int:
    length = 0
    while end - length > start and data[end - length - 1] == mark:
        length += 1
    return length
