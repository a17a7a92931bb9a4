"""Import file of people to invite, personal links, and events of invitations."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar
from uuid import UUID

from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.tables.reading import TableFile, code_pages, known_columns, read_table
from dialogues.lib.tables.writing import as_typed
from dialogues.lib.text import bounded, compared, one_line, refuse_link, refuse_misread
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder, PartyKind
from dialogues.meetings.dialogues.rules.names import is_east_asian, written_name
from dialogues.meetings.dialogues.rules.roles import refuse_capacity
from dialogues.people.participants.rules.events import ParticipationEvent

#: Accepted column names, in lower case and without spaces and punctuation. "name" means the given name next to a
#: family name, and the family name next to a given name: "성, 이름", "Name, Vorname", "Nom, Prénom".
_COLUMNS = {
    "full": "fullname nameasstyled participant фио 姓名 氏名 성명 nomcomplet",
    "name": (
        "name nom nombre nome имя імя нэр аты 名 名前 이름 név jméno meno imię imiona ime ad adı isim vardas vārds "
        "nimi naam navn namn tên"
    ),
    "family": (
        "family familyname lastname surname фамилия прізвище овог тегі 姓 氏 성 familienname nachname nomdefamille "
        "apellido apellidos apelido sobrenome cognome vezetéknév családnév příjmení priezvisko nazwisko prezime soyad "
        "soyadı pavardė uzvārds perekonnanimi achternaam etternavn efternavn efternamn sukunimi họ"
    ),
    "given": (
        "given givenname givennames firstname firstnames forename prénom prénoms vorname vornamen keresztnév utónév "
        "křestníjméno 名字 eesnimi etunimi voornaam fornavn förnamn"
    ),
    "email": (
        "email emailaddress mail courriel почта элпочта электроннаяпочта имэйл 邮箱 电子邮件 이메일 메일 メール "
        "メールアドレス correo correoelectrónico eposta epost"
    ),
    "address": "address",
    "party": "party partycode side сторона тал partie partei",
    "capacity": "capacity as kind qualité качество",
}
#: Letters that were saved in the wrong encoding; cleaning would remove them without a word.
_C1_CONTROLS = re.compile("[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: its number from 1, all cells, and the values of the known columns."""

    number: int
    cells: Sequence[str]
    values: Mapping[str, str] = field(default_factory=dict)
    #: Error message if the row cannot be used, else empty.
    fault: str = ""


@dataclass(frozen=True, slots=True)
class InvitationFile:
    """The parsed file. `unused` holds the names of unknown columns."""

    table: TableFile
    unused: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def in_doubt(self) -> tuple[str, str] | None:
        """The first family and given name whose order the script does not tell."""
        pairs = ((line.values.get("family", ""), line.values.get("given", "")) for line in self.lines)
        return next((pair for pair in pairs if all(pair) and not is_east_asian(*pair)), None)


def read(content: bytes, encoding: str = "") -> InvitationFile:
    """Parses the file.

    :param encoding: as the coordinator chose; "" for Unicode, or the likeliest code page in which the columns have
        known names.
    :raises Refusal: the file is too large, has too many rows, is empty, does not fit the encoding, or lacks a required
        column.
    """
    encodings = [encoding] if encoding else [page.encoding for page in code_pages(content)] or [""]
    refusals = []
    for one in encodings:
        table = read_table(content, one)
        try:
            return _people(table)
        except Refusal as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _people(table: TableFile) -> InvitationFile:
    fields = _fields(table.header)
    _refuse_missing(fields)
    return InvitationFile(
        table=table,
        unused=tuple(cell for cell, known in zip(table.header, fields, strict=True) if cell and not known),
        lines=tuple(Line(row.number, row.cells, _values(fields, row.cells), row.fault) for row in table.rows),
    )


def _fields(header: Sequence[str]) -> list[str]:
    """The field of each column; what "name" and "address" mean depends on the other columns."""
    found = known_columns(header, _COLUMNS)
    meaning = {"full": "name"}
    if "family" in found and "given" not in found:
        meaning["name"] = "given"
    elif "given" in found and "family" not in found:
        meaning["name"] = "family"
    if "email" not in found:
        meaning["address"] = "email"
    return [meaning.get(one, "" if one == "address" else one) for one in found]


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


def _values(fields: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, cell in zip(fields, cells, strict=False):
        if name and not values.get(name):
            values[name] = one_line(_C1_CONTROLS.sub("\ufffd", as_typed(cell)))
    return values


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
    name_order: NameOrder = NameOrder.GIVEN_FIRST


@dataclass(frozen=True, slots=True)
class Planned:
    """A row that can be invited, and the name under which the dialogue knows the address, if it does."""

    line: Line
    invitee: Invitee
    known_as: str | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do: the people it invites, and the rows to fix."""

    ready: tuple[Planned, ...]
    faults: tuple[tuple[Line, Refusal], ...]

    @property
    def renamed(self) -> list[Planned]:
        """People whom the dialogue knows by another name, which they keep."""
        return [one for one in self.ready if one.known_as and compared(one.known_as) != compared(one.invitee.name)]

    @property
    def digest(self) -> str:
        """Differs if anything that would be sent differs."""
        return sha256(repr([(one.invitee, one.known_as) for one in self.ready]).encode()).hexdigest()


def rows_to_fix(header: Sequence[str], faults: Sequence[tuple[Line, str]], heading: str) -> list[list[str]]:
    """Returns the header and the rows as they came, with the reasons in a last column of this heading."""
    width = max((len(header), *(len(line.cells) for line, _reason in faults)))
    rows = [(header, heading), *((line.cells, reason) for line, reason in faults)]
    kept = [index for index in range(width) if header[index : index + 1] != (heading,)]
    return [[*((*cells, *[""] * width)[index] for index in kept), last] for cells, last in rows]


_CAPACITIES = {
    **dict.fromkeys(("", "full", "member"), Capacity.PARTICIPANT),
    **{capacity.value.replace("_", " "): capacity for capacity in Capacity},
}


def parse_capacity(called: str) -> Capacity:
    """Parses a capacity; an empty text means participant.

    :raises Refusal: the text is not a capacity.
    """
    capacity = _CAPACITIES.get(compared(called).strip().replace("_", " ").replace("-", " "))
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
    normalized = compared(called).strip()
    for party_id, names in parties.items():
        if normalized and normalized in {compared(name) for name in names}:
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


def parse_invitee(
    line: Line, names: Mapping[UUID, Sequence[str]], kinds: Mapping[UUID, PartyKind], order: NameOrder
) -> Invitee:
    """Returns the person of a row, with the address as typed.

    Without a capacity, people of an observing organisation become observers, others participants.

    :param names: codes and names per party, the code first.
    :param order: of family and given name, where the script does not tell.
    :raises Refusal: the row cannot be read, or a value is missing or wrong.
    """
    if line.fault:
        raise Refusal(line.fault)
    values = line.values
    family, given = (bounded(values.get(part, ""), 120) for part in ("family", "given"))
    name = bounded(values.get("name") or written_name(family, given, order), 200)
    if not name:
        raise Refusal(N_("The name is missing."))
    for part in (name, family, given):
        refuse_link(refuse_misread(part))
    if not values.get("email"):
        raise Refusal(N_("The e-mail address is missing."))
    party_id = find_party(values.get("party", ""), names)
    capacity = parse_capacity(values.get("capacity", ""))
    if not values.get("capacity") and kinds[party_id] is PartyKind.OBSERVER:
        capacity = Capacity.OBSERVER
    refuse_capacity(kinds[party_id], capacity)
    return Invitee(
        name=name,
        email=values["email"],
        party_id=party_id,
        capacity=capacity,
        family=family,
        given=given,
        name_order=NameOrder.FAMILY_FIRST if is_east_asian(family, given) else order,
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
