"""Reads a file of people to invite: whatever spreadsheet wrote it, and no line taken down by another."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.tables import as_typed
from dialogues.lib.text import one_line
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.rules.events import ParticipationEvent

MOST_BYTES = 1_000_000
MOST_LINES = 1_000
LONGEST_LINE = 10_000


UNREADABLE = N_(
    "The letters of this file cannot be read. Save it again as “CSV UTF-8” in your spreadsheet, then send that file."
)
NOT_CLOSED = N_("A quotation mark is not closed, or a cell holds a line break: put each person on one line.")
TOO_LONG = N_("This line is too long to be one person.")
TOO_MANY_CELLS = N_("This line has more cells than there are columns: put quotation marks around a cell with a comma.")


#: How a column may be called, written small and without spaces.
_COLUMNS = {
    "name": ("name", "fullname", "nameasstyled", "participant", "nom", "имя", "фио", "姓名", "氏名", "이름", "성명"),
    "family": ("family", "familyname", "lastname", "surname", "фамилия", "姓", "성"),
    "given": ("given", "givenname", "givennames", "firstname", "forename", "prénom"),
    "email": ("email", "emailaddress", "mail", "address", "courriel", "почта", "элпочта", "邮箱", "이메일", "メール"),
    "party": ("party", "partycode", "side", "сторона", "partie"),
    "capacity": ("capacity", "as", "kind", "qualité", "качество"),
}
_FIELDS = {called: field for field, names in _COLUMNS.items() for called in names}
#: Letters and signs that names in these code pages are written with; anything else means that it is another code page.
_PAGES = {
    "windows-1251": re.compile(r"[\x00-\x7fА-яЁёІіЇїЄєҐґЎў«»–—‘’“”„…\xa0]*"),
    "windows-1252": re.compile(r"[\x00-\x7fÀ-ÖØ-öø-ÿŒœŠšŽžŸ«»–—‘’“”„…\xa0ºª°]*"),
}
#: How words in Cyrillic are written; bytes of Hangul or Han read as Cyrillic mix small and capital letters.
_CYRILLIC_WORD = re.compile(r"[А-ЯЁІЇЄҐЎ]?[а-яёіїєґў]*|[А-ЯЁІЇЄҐЎ]+")
_HIGH_PAIR = re.compile(rb"[\xc0-\xff]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its number, its cells as written, and the values under the columns we know."""

    number: int
    cells: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    #: Why it cannot be used; empty if it can.
    fault: str = ""


@dataclass(frozen=True, slots=True)
class InvitationFile:
    """A file as it was read."""

    encoding: str
    header: tuple[str, ...]
    unused: tuple[str, ...]
    lines: tuple[Line, ...]


def read(content: bytes) -> InvitationFile:
    """Read the file.

    :raises Refusal: it is too large, not text we can read, or has no header with the columns that are needed.
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
    if len(text) > LONGEST_LINE:
        return Line(number, (text[:LONGEST_LINE],), fault=TOO_LONG)
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
    """The cells of one line; None if a quotation mark is left open."""
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return tuple(cell.strip() for cell in rows[0]) if rows else ()


def decode(content: bytes) -> tuple[str, str]:
    """The text of the file, and by which encoding it was read.

    :raises Refusal: none of those that spreadsheets write fits.
    """
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if encoding not in _PAGES or _is_plausible(text, encoding):
            return text.removeprefix("\ufeff"), encoding.removesuffix("-sig")
    raise Refusal(UNREADABLE, field="file")


def _is_plausible(text: str, page: str) -> bool:
    if not _PAGES[page].fullmatch(text):
        return False
    words = re.findall(r"[^\W\d_a-zA-Z]+", text) if page == "windows-1251" else []
    return all(_CYRILLIC_WORD.fullmatch(word) for word in words)


def _candidates(content: bytes) -> tuple[str, ...]:
    """The encodings to try, in order; a mark at the beginning or zero bytes leave no choice."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return ()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\x00" in content:
        return ("utf-16-le",) if content[1::2].count(0) > content[0::2].count(0) else ("utf-16-be",)
    # Words in Cyrillic are runs of high bytes; accents stand alone between plain letters.
    runs = 2 * len(_HIGH_PAIR.findall(content)) > len(_HIGH.findall(content)) / 2
    pages = ("windows-1251", "windows-1252") if runs else ("windows-1252", "windows-1251")
    return ("utf-8-sig", *pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInvited(ParticipationEvent):
    """Someone was invited to a meeting, or invited again."""

    action: ClassVar[str] = "participation.invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCorrected(ParticipationEvent):
    """The office corrected where an invitation goes, or for which party and in which capacity it is."""

    action: ClassVar[str] = "participation.corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationLinkSent(ParticipationEvent):
    """A letter with a new personal link is owed, to the address that is written down."""

    action: ClassVar[str] = "registration.link_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """Someone to be invited, as written by the office."""

    name: str
    email: str
    party_id: UUID
    capacity: Capacity = Capacity.PARTICIPANT
    family: str = ""
    given: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What the office writes anew of someone who has not answered yet."""

    email: str
    party_id: UUID
    capacity: Capacity


_CAPACITIES = {
    **dict.fromkeys(("", "full", "member"), Capacity.PARTICIPANT),
    **{capacity.value.replace("_", " "): capacity for capacity in Capacity},
}


def capacity_called(called: str) -> Capacity:
    """The capacity by its word, a participant where nothing is said.

    :raises Refusal: there is none called so.
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


def party_called(called: str, parties: Mapping[UUID, Sequence[str]]) -> UUID:
    """The party of the meeting by its code (the first of its names) or any of its names.

    :raises Refusal: none is called so.
    """
    wanted = called.casefold().strip()
    for party_id, names in parties.items():
        if wanted and wanted in {name.casefold() for name in names}:
            return party_id
    codes = ", ".join(names[0] for names in parties.values())
    if not wanted:
        raise Refusal(N_("The party is missing: write one of %(codes)s."), field="party", codes=codes)
    raise Refusal(
        N_("“%(called)s” is no party of this meeting: write one of %(codes)s."),
        field="party",
        called=called[:40],
        codes=codes,
    )


#: How long a personal link lasts where the meeting says nothing about when registration closes.
LINK_LASTS = timedelta(days=60)


def link_address(base_url: str, secret: str) -> str:
    """The address of a personal link; opening it changes nothing."""
    return f"{base_url}/r/{secret}"


def link_expires(registration_closes_at: datetime | None, now: datetime) -> datetime:
    """When a personal link minted now stops working."""
    return registration_closes_at if registration_closes_at is not None else now + LINK_LASTS


LINK_IS_DEAD = N_("This link cannot be used any more. You can have a new one sent to you.")
