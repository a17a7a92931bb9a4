"""Import file of people to invite, personal links, and events of invitations.

The parser accepts CSV from common spreadsheets. An error in one line does not affect the other lines.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.tables.writing import as_typed
from dialogues.lib.text import one_line
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.rules.events import ParticipationEvent

MOST_BYTES = 1_000_000
MOST_LINES = 1_000
MAX_LINE_LENGTH = 10_000


UNREADABLE = N_(
    "The letters of this file cannot be read. Save it again as “CSV UTF-8” in your spreadsheet, then send that file."
)
NOT_CLOSED = N_("A quotation mark is not closed, or a cell holds a line break: put each person on one line.")
TOO_LONG = N_("This line is too long to be one person.")
TOO_MANY_CELLS = N_("This line has more cells than there are columns: put quotation marks around a cell with a comma.")


#: Accepted column names, in lower case and without spaces and punctuation.
_COLUMNS = {
    "name": ("name", "fullname", "nameasstyled", "participant", "nom", "имя", "фио", "姓名", "氏名", "이름", "성명"),
    "family": ("family", "familyname", "lastname", "surname", "фамилия", "姓", "성"),
    "given": ("given", "givenname", "givennames", "firstname", "forename", "prénom"),
    "email": ("email", "emailaddress", "mail", "address", "courriel", "почта", "элпочта", "邮箱", "이메일", "メール"),
    "party": ("party", "partycode", "side", "сторона", "partie"),
    "capacity": ("capacity", "as", "kind", "qualité", "качество"),
}
_FIELDS = {called: field for field, names in _COLUMNS.items() for called in names}
#: Characters that occur in names in these code pages; other characters mean that the file uses another code page.
_CODE_PAGE_CHARACTERS = {
    "windows-1251": re.compile(r"[\x00-\x7fА-яЁёІіЇїЄєҐґЎў«»–—‘’“”„…\xa0]*"),
    "windows-1252": re.compile(r"[\x00-\x7fÀ-ÖØ-öø-ÿŒœŠšŽžŸ«»–—‘’“”„…\xa0ºª°]*"),
}
#: A plausible Cyrillic word. Hangul or Han bytes decoded as Cyrillic fail because they mix upper and lower case.
_CYRILLIC_WORD = re.compile(r"[А-ЯЁІЇЄҐЎ]?[а-яёіїєґў]*|[А-ЯЁІЇЄҐЎ]+")
_HIGH_PAIR = re.compile(rb"[\xc0-\xff]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its number from 1, all cells, and the values of the known columns."""

    number: int
    cells: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    #: Error message if the line cannot be used, else empty.
    fault: str = ""


@dataclass(frozen=True, slots=True)
class InvitationFile:
    """The parsed file. `unused` holds the names of unknown columns."""

    encoding: str
    header: tuple[str, ...]
    unused: tuple[str, ...]
    lines: tuple[Line, ...]


def read(content: bytes) -> InvitationFile:
    """Parses the file.

    :raises Refusal: the file is too large, has too many lines, is empty, has an unknown encoding, or lacks a required
        column.
    """
    if len(content) > MOST_BYTES:
        raise Refusal(N_("The file is too large: send at most 1 MB."), field="file")
    text, encoding = decode(content)
    numbered = [(number, line) for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1) if line.strip(' ,;\t"')]
    if numbered and numbered[0][1].casefold().startswith("sep="):
        del numbered[0]
    if not numbered:
        raise Refusal(
            N_("The file is empty: write a line of column names, then one line for each person."), field="file"
        )
    if len(numbered) - 1 > MOST_LINES:
        raise Refusal(
            N_("The file holds %(lines)s people; send at most %(most)s at once."),
            field="file",
            lines=len(numbered) - 1,
            most=MOST_LINES,
        )
    return _columns(encoding, numbered)


def _columns(encoding: str, numbered: Sequence[tuple[int, str]]) -> InvitationFile:
    first = numbered[0][1]
    delimiter = max(",;\t", key=first.count)
    header = _cells(first, delimiter) or ()
    fields = [_FIELDS.get(re.sub(r"[\W_]", "", cell.casefold()), "") for cell in header]
    _refuse_missing(fields)
    return InvitationFile(
        encoding=encoding,
        header=header,
        unused=tuple(cell for cell, known in zip(header, fields, strict=True) if cell and not known),
        lines=tuple(_line(number, line, delimiter, fields) for number, line in numbered[1:]),
    )


def _refuse_missing(fields: Sequence[str]) -> None:
    has_name = "name" in fields or "family" in fields
    missing = [column for column in ("email", "party") if column not in fields]
    missing = missing if has_name else ["name", *missing]
    if missing:
        raise Refusal(
            N_("The first line must name the columns; these are missing: %(columns)s."),
            field="file",
            columns=", ".join({"email": "e-mail"}.get(column, column) for column in missing),
        )


def _line(number: int, text: str, delimiter: str, fields: Sequence[str]) -> Line:
    if len(text) > MAX_LINE_LENGTH:
        return Line(number, (text[:MAX_LINE_LENGTH],), fault=TOO_LONG)
    cells = _cells(text, delimiter)
    if cells is None:
        return Line(number, (text,), fault=NOT_CLOSED)
    if any(cells[len(fields) :]):
        return Line(number, cells, fault=TOO_MANY_CELLS)
    values: dict[str, str] = {}
    for name, cell in zip(fields, cells, strict=False):
        if name and not values.get(name):
            values[name] = one_line(as_typed(cell))
    return Line(number, cells, values)


def _cells(line: str, delimiter: str) -> tuple[str, ...] | None:
    """Returns the cells of one line; None if a quotation mark is not closed."""
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return tuple(cell.strip() for cell in rows[0]) if rows else ()


def decode(content: bytes) -> tuple[str, str]:
    """Returns the text of the file and the name of its encoding.

    :raises Refusal: the file is in none of the encodings that spreadsheets write.
    """
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if encoding not in _CODE_PAGE_CHARACTERS or _is_plausible(text, encoding):
            return text.removeprefix("\ufeff"), encoding.removesuffix("-sig")
    raise Refusal(UNREADABLE, field="file")


def _is_plausible(text: str, page: str) -> bool:
    if not _CODE_PAGE_CHARACTERS[page].fullmatch(text):
        return False
    words = re.findall(r"[^\W\d_a-zA-Z]+", text) if page == "windows-1251" else []
    return all(_CYRILLIC_WORD.fullmatch(word) for word in words)


def _candidates(content: bytes) -> tuple[str, ...]:
    """Returns the encodings to try, in order. A byte order mark or zero bytes identify UTF-16."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return ()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\x00" in content:
        return ("utf-16-le",) if content[1::2].count(0) > content[0::2].count(0) else ("utf-16-be",)
    # Many runs of high bytes suggest Cyrillic, because accented letters mostly occur alone between ASCII letters.
    has_runs = 2 * len(_HIGH_PAIR.findall(content)) > len(_HIGH.findall(content)) / 2
    pages = ("windows-1251", "windows-1252") if has_runs else ("windows-1252", "windows-1251")
    return ("utf-8-sig", *pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInvited(ParticipationEvent):
    """A person was invited to a meeting, for the first time or again."""

    action: ClassVar[str] = "participation.invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCorrected(ParticipationEvent):
    """A coordinator corrected address, party or capacity of an invitation."""

    action: ClassVar[str] = "participation.corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationLinkSent(ParticipationEvent):
    """An email with a new personal link was queued."""

    action: ClassVar[str] = "registration.link_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """A person to invite, as entered by a coordinator."""

    name: str
    email: str
    party_id: UUID
    capacity: Capacity = Capacity.PARTICIPANT
    family: str = ""
    given: str = ""


_CAPACITIES = {
    **dict.fromkeys(("", "full", "member"), Capacity.PARTICIPANT),
    **{capacity.value.replace("_", " "): capacity for capacity in Capacity},
}


def parse_capacity(called: str) -> Capacity:
    """Parses a capacity; an empty text means participant.

    :raises Refusal: the text is not a capacity.
    """
    capacity = _CAPACITIES.get(called.casefold().replace("_", " ").replace("-", " ").strip())
    if capacity is None:
        raise Refusal(
            N_("“%(called)s” is no capacity: write %(known)s."),
            field="capacity",
            called=called[:40],
            known=", ".join(one.value.replace("_", " ") for one in Capacity),
        )
    return capacity


def find_party(called: str, parties: Mapping[UUID, Sequence[str]]) -> UUID:
    """Returns the party with this code or name, ignoring case.

    :param parties: codes and names per party, the code first.
    :raises Refusal: no party of the meeting has this code or name.
    """
    normalized = called.casefold().strip()
    for party_id, names in parties.items():
        if normalized and normalized in {name.casefold() for name in names}:
            return party_id
    codes = ", ".join(names[0] for names in parties.values())
    if not normalized:
        raise Refusal(N_("The party is missing: write one of %(codes)s."), field="party", codes=codes)
    raise Refusal(
        N_("“%(called)s” is no party of this meeting: write one of %(codes)s."),
        field="party",
        called=called[:40],
        codes=codes,
    )


#: Lifetime of a personal link if the meeting has no closing time of registration.
DEFAULT_LINK_LIFETIME = timedelta(days=60)


def link_address(base_url: str, secret: str) -> str:
    """URL of a personal link. Opening it changes nothing; only the answer uses it up."""
    return f"{base_url}/r/{secret}"


def link_expires(registration_closes_at: datetime | None, now: datetime) -> datetime:
    """Expiry of a personal link created now: when registration closes, else after `DEFAULT_LINK_LIFETIME`."""
    return registration_closes_at if registration_closes_at is not None else now + DEFAULT_LINK_LIFETIME


LINK_IS_DEAD = N_("This link cannot be used any more. You can have a new one sent to you.")
