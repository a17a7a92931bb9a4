"""Content lines of calendar files: clean and escaped text, checked addresses, folds that cut nothing in two."""

import re
from dataclasses import dataclass
from urllib.parse import quote

#: Longest line in bytes without its CRLF; the standard allows 75, some readers count one more.
LONGEST = 74


_BREAKS = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
# C0 and C1 controls, direction overrides and isolates, surrogates, byte order marks and noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# Readers disagree about a backslash in a parameter, and no name needs one.
_QUOTING = str.maketrans({"^": "^^", '"': "^'", "\\": "/"})
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
#: What may stand in a mailto: as it is; the rest of a local part is percent-encoded.
_SAFE = "!$'*+-._~"
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Address:
    """A plain mail address of organiser or guest, its domain in IDNA, and the name beside it, if any.

    :raises ValueError: it is no plain address: a display name inside, two of them, a control character, no domain.
    """

    mail: str
    name: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "mail", _plain(self.mail))

    @property
    def uri(self) -> str:
        """The CAL-ADDRESS, such as `mailto:desk@example.org`."""
        local, _, domain = self.mail.rpartition("@")
        return f"mailto:{quote(local, safe=_SAFE)}@{domain}"

    def same_box(self, other: "Address") -> bool:
        """Whether both name one mailbox; case does not tell them apart."""
        return self.mail.lower() == other.mail.lower()


def _plain(mail: str) -> str:
    local, _, domain = mail.rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = ""
    wrong = not _LOCAL.fullmatch(local) or not all(_LABEL.fullmatch(label) for label in host.split("."))
    if wrong or len(local) > 64 or len(host) > 253:
        raise ValueError(
            "A calendar address must be one plain address such as desk@example.org, without a name or spaces"
        )
    return f"{local}@{host}"


def clean_line(text: str) -> str:
    """The text on one line: what no reader can see is gone, white space runs together."""
    return " ".join(_UNSEEN.sub("", _BREAKS.sub(" ", text)).split())


def clean_lines(text: str) -> str:
    """Longer text: every kind of line break becomes LF, a tab a space, and what no reader can see is gone."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text).replace("\t", " ")).strip()


def escaped(text: str) -> str:
    """A clean text as the value of a TEXT property; the backslash is doubled, the others get one."""
    return text.translate(_ESCAPES)


def quoted(text: str) -> str:
    """A clean line as a quoted parameter value (RFC 6868)."""
    return f'"{text.translate(_QUOTING)}"'


def folded(line: str) -> bytes:
    """One content line with its CRLF, folded so that no character and no escape is cut in two."""
    data = line.encode("utf-8")
    if len(data) <= LONGEST:
        return data + b"\r\n"
    pieces, start, room = [], 0, LONGEST
    while len(data) - start > room:
        cut = _cut(data, start, start + room)
        pieces.append(data[start:cut])
        start, room = cut, LONGEST - 1
    pieces.append(data[start:])
    return b"\r\n ".join(pieces) + b"\r\n"


def _cut(data: bytes, start: int, cut: int) -> int:
    """The last place up to `cut` that lies between two characters and not behind an open escape."""
    while data[cut] & 0xC0 == 0x80:
        cut -= 1
    # Each piece begins on a whole escape, so an odd run of marks before the cut is one that waits for its successor.
    while any(_run(data, start, cut, mark) % 2 for mark in b"\\^"):
        cut -= 1
    return cut


def _run(data: bytes, start: int, end: int, mark: int) -> int:
    length = 0
    while end - length > start and data[end - length - 1] == mark:
        length += 1
    return length
