"""The participants list: what each reader may see of it, and nothing that tells of the rest."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, false, func, or_, select, true

from dialogues.common.refusal import Unseen
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings import queries as meetings
from dialogues.meetings.models import Institution, Party, Person
from dialogues.meetings.queries import Order, standing
from dialogues.meetings.rules import Capacity, PartyOrder
from dialogues.participants.models import Participation
from dialogues.participants.queries.visibility import english, person_of, visible
from dialogues.participants.rules import ParticipationStatus
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_INVITE, PARTICIPANTS_SEE, REGISTRATION_SEE, Scope

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """One person on the list; what stands in the registration is None for those who may not read it."""

    id: UUID
    person_id: UUID
    name: str
    native: str
    party_id: UUID
    party_code: str
    party_name: str
    #: By what the party stands in this list, where that is not its name in English.
    party_stands_as: str
    capacity: Capacity
    affiliation: str
    status: ParticipationStatus | None
    present_from: date | None
    present_to: date | None
    languages: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of the visible persons belong to a party, and stand where."""

    party_id: UUID
    party_code: str
    party_name: str
    status: ParticipationStatus | None
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader asks of the list."""

    search: str = ""
    party_id: UUID | None = None
    status: ParticipationStatus | None = None
    page: int = 1
    #: Another order than the one in force.
    by: PartyOrder | None = None
    #: Whether persons stand by themselves, whatever their party.
    by_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantsList:
    """One page of the list, and what all visible persons amount to."""

    lines: tuple[ListLine, ...]
    tallies: tuple[Tally, ...]
    found: int
    page: int
    last: int
    order: Order
    #: Whether all there is for this viewer is the line that a list exists.
    sealed: bool


def participants(viewer: Viewer, wanted: Wanted) -> ParticipantsList:
    """The participants whom the viewer may see: parties in the order in force, persons by their sort key.

    Four queries, however many there are and whatever is hidden.
    """
    order = meetings.order(viewer, wanted.by)
    found = db.session.execute(
        _narrowed(viewer, wanted, select(func.count()).select_from(Participation).join(Person, person_of()))
    ).scalar_one()
    last = max(1, -(-found // PAGE))
    page = min(max(wanted.page, 1), last)
    rows = db.session.execute(
        _narrowed(viewer, wanted, _lines(viewer))
        .order_by(
            *([] if wanted.by_person else [standing(order, Participation.party_id)]),
            Person.collation,
            Person.name,
            Participation.id,
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return ParticipantsList(
        lines=tuple(_line(row, order) for row in rows),
        tallies=_tallies(viewer, order),
        found=found,
        page=page,
        last=last,
        order=order,
        sealed=viewer.scopes(PARTICIPANTS_SEE) == {Scope.SEALED} and not viewer.scopes(NOMINATIONS_SEE),
    )


def _listed(viewer: Viewer) -> ColumnElement[bool]:
    return or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE))


def _registration_open(viewer: Viewer) -> ColumnElement[bool]:
    return case((visible(viewer, REGISTRATION_SEE), true()), else_=false())


def _lines(viewer: Viewer) -> Any:
    return (
        select(
            Participation.id,
            Participation.person_id,
            Person.name,
            Person.native,
            Party.id.label("party_id"),
            Party.code.label("party_code"),
            english().label("party_name"),
            Participation.capacity,
            func.coalesce(func.nullif(Person.affiliation, ""), Institution.name, "").label("affiliation"),
            Participation.status,
            Participation.present_from,
            Participation.present_to,
            Person.languages,
            _registration_open(viewer).label("registration_open"),
        )
        .select_from(Participation)
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
    )


def _narrowed(viewer: Viewer, wanted: Wanted, lines: Any) -> Any:
    """Only what is visible, and of it what was asked for; a status is asked of registrations one may read."""
    lines = lines.where(_listed(viewer))
    if wanted.party_id is not None:
        lines = lines.where(Participation.party_id == wanted.party_id)
    if wanted.status is not None:
        lines = lines.where(Participation.status == wanted.status, visible(viewer, REGISTRATION_SEE))
    if wanted.search:
        lines = lines.where(or_(*_named_like(wanted.search)))
    return lines


def _named_like(search: str) -> Iterable[ColumnElement[bool]]:
    bare = unicodedata.normalize("NFKD", search.casefold())
    folded = "".join(character for character in bare if not unicodedata.combining(character))
    yield func.lower(Person.sort_key).contains(folded, autoescape=True)
    yield func.lower(Person.name).contains(search.lower(), autoescape=True)
    yield Person.native.contains(search, autoescape=True)


def _line(row: Any, order: Order | None = None) -> ListLine:
    shown = row.registration_open
    return ListLine(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        native=row.native,
        party_id=row.party_id,
        party_code=row.party_code,
        party_name=row.party_name or row.party_code,
        party_stands_as=order.other_names.get(row.party_id, "") if order is not None else "",
        capacity=row.capacity,
        affiliation=row.affiliation,
        status=row.status if shown else None,
        present_from=row.present_from if shown else None,
        present_to=row.present_to if shown else None,
        languages=tuple(row.languages) if shown else None,
    )


def _tallies(viewer: Viewer, order: Order) -> tuple[Tally, ...]:
    status = case((visible(viewer, REGISTRATION_SEE), Participation.status), else_=None).label("status")
    counted = (
        select(
            Party.id.label("party_id"),
            Party.code.label("party_code"),
            english().label("party_name"),
            status,
            func.count().label("people"),
        )
        .select_from(Participation)
        .join(Party, Party.id == Participation.party_id)
        .where(_listed(viewer))
        .group_by(Party.id, Party.code, english(), status)
    )
    return tuple(
        Tally(
            party_id=row.party_id,
            party_code=row.party_code,
            party_name=row.party_name or row.party_code,
            status=row.status,
            people=row.people,
        )
        for row in sorted(db.session.execute(counted), key=lambda row: order.rank(row.party_id))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFacts:
    """What whoever invites needs to know of a person beside their line."""

    email: str | None
    invited_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """One person of the list; `office` only for those who may invite."""

    line: ListLine
    office: OfficeFacts | None


def person(viewer: Viewer, participation_id: UUID) -> ListedPerson:
    """One person of the list.

    :raises Unseen: there is none, or not for this viewer.
    """
    row = db.session.execute(
        _lines(viewer)
        .add_columns(Person.email, Participation.invited_at, Participation.answered_at)
        .where(_listed(viewer), Participation.id == participation_id)
    ).one_or_none()
    if row is None:
        raise Unseen
    office = OfficeFacts(email=row.email, invited_at=row.invited_at, answered_at=row.answered_at)
    return ListedPerson(line=_line(row), office=office if viewer.may(PARTICIPANTS_INVITE) else None)
