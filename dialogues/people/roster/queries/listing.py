"""The participants list: each viewer's rows, filters and counts, without a trace of hidden rows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Institution, Meeting, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyOrder
from dialogues.meetings.dialogues.rules.names import folded
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.precedence.queries import Order, precedence_sort_key
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import (
    affiliation,
    english,
    native_script,
    open_to,
    person_of,
    visible,
)
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.roster.queries.office import is_ready, readiness
from dialogues.people.roster.rules import Readiness
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_INVITE, PARTICIPANTS_SEE, REGISTRATION_SEE, Scope

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """One row of the list. Registration details are None for viewers who may not read them."""

    id: UUID
    person_id: UUID
    name: str
    native: str
    party_id: UUID
    party_code: str
    party_name: str
    #: Name that the party is sorted by, if it is not the English one.
    party_sort_name: str
    capacity: Capacity
    affiliation: str
    status: ParticipationStatus | None
    present_from: date | None
    present_to: date | None
    languages: tuple[str, ...] | None
    #: Approval state of a confirmed registration.
    ready: Readiness | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Number of visible people per party, status, capacity and approval state."""

    party_id: UUID
    party_code: str
    party_name: str
    status: ParticipationStatus | None
    capacity: Capacity
    ready: Readiness | None
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    search: str = ""
    party_id: UUID | None = None
    status: ParticipationStatus | None = None
    capacity: Capacity | None = None
    ready: Readiness | None = None
    page: int = 1
    #: Order of the parties; None for the order in force.
    by: PartyOrder | None = None
    #: Sort by person, regardless of party.
    by_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantsList:
    """One page of the list, and counts over all visible people."""

    lines: tuple[ListLine, ...]
    tallies: tuple[Tally, ...]
    found: int
    page: int
    last: int
    order: Order
    #: The viewer may only know that a list exists.
    sealed: bool


def participants(viewer: Viewer, list_filter: ListFilter) -> ParticipantsList:
    """One page of the participants the viewer may see: by party in the order in force, then by sort key.

    Always four statements, so that the number of hidden rows is not measurable.
    """
    order = precedence.order(viewer, list_filter.by)
    found = db.session.execute(
        _filtered(viewer, list_filter, select(func.count()).select_from(Participation).join(Person, person_of()))
    ).scalar_one()
    last = max(1, -(-found // PAGE))
    page = min(max(list_filter.page, 1), last)
    rows = db.session.execute(
        _filtered(viewer, list_filter, _lines(viewer))
        .order_by(*_in_order(list_filter, order))
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


def all_found(viewer: Viewer, list_filter: ListFilter) -> tuple[ListLine, ...]:
    """All rows that match the filter, in list order, without paging."""
    order = precedence.order(viewer, list_filter.by)
    rows = _filtered(viewer, list_filter, _lines(viewer)).order_by(*_in_order(list_filter, order))
    return tuple(_line(row, order) for row in db.session.execute(rows))


def _in_order(list_filter: ListFilter, order: Order) -> list[Any]:
    by_party = [] if list_filter.by_person else [precedence_sort_key(order, Participation.party_id)]
    return [*by_party, Person.collation, Person.name, Participation.id]


def _on_list(viewer: Viewer) -> ColumnElement[bool]:
    return or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE))


def _may_read_registration(viewer: Viewer) -> ColumnElement[bool]:
    return case((visible(viewer, REGISTRATION_SEE), true()), else_=false())


def _lines(viewer: Viewer) -> Any:
    return (
        select(
            Participation.id,
            Participation.person_id,
            Person.name,
            native_script(viewer, PARTICIPANTS_SEE).label("native"),
            Party.id.label("party_id"),
            Party.code.label("party_code"),
            english().label("party_name"),
            Participation.capacity,
            affiliation(viewer, PARTICIPANTS_SEE).label("affiliation"),
            Participation.status,
            Participation.present_from,
            Participation.present_to,
            Person.languages,
            readiness().label("ready"),
            _may_read_registration(viewer).label("registration_open"),
        )
        .select_from(Participation)
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
    )


def _filtered(viewer: Viewer, list_filter: ListFilter, lines: Any) -> Any:
    """Limits the query to visible rows that match the filter.

    Status and approval state match only registrations the viewer may read, because a filter would reveal them.
    """
    lines = lines.where(_on_list(viewer))
    if list_filter.party_id is not None:
        lines = lines.where(Participation.party_id == list_filter.party_id)
    if list_filter.status is not None:
        lines = lines.where(Participation.status == list_filter.status, visible(viewer, REGISTRATION_SEE))
    if list_filter.capacity is not None:
        lines = lines.where(Participation.capacity == list_filter.capacity)
    if list_filter.ready is not None:
        lines = lines.where(is_ready(list_filter.ready), visible(viewer, REGISTRATION_SEE))
    if list_filter.search:
        lines = lines.where(_matches_name(viewer, list_filter.search))
    return lines


def _matches_name(viewer: Viewer, search: str) -> ColumnElement[bool]:
    """Matches the styled name, and other parts of the name only where they are shown to the viewer."""
    rest = or_(
        Person.folded.contains(folded(search), autoescape=True),
        Person.native.contains(search, autoescape=True),
    )
    by_name = func.lower(Person.name).contains(search.lower(), autoescape=True)
    return or_(by_name, and_(open_to(viewer, PARTICIPANTS_SEE), rest))


def _line(row: Any, order: Order | None = None) -> ListLine:
    may_read = row.registration_open
    return ListLine(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        native=row.native,
        party_id=row.party_id,
        party_code=row.party_code,
        party_name=row.party_name or row.party_code,
        party_sort_name=order.other_names.get(row.party_id, "") if order is not None else "",
        capacity=row.capacity,
        affiliation=row.affiliation,
        status=row.status if may_read else None,
        present_from=row.present_from if may_read else None,
        present_to=row.present_to if may_read else None,
        languages=tuple(row.languages) if may_read else None,
        ready=Readiness(row.ready) if may_read and row.ready else None,
    )


def _tallies(viewer: Viewer, order: Order) -> tuple[Tally, ...]:
    status = case((visible(viewer, REGISTRATION_SEE), Participation.status), else_=None).label("status")
    ready = case((visible(viewer, REGISTRATION_SEE), readiness()), else_=None).label("ready")
    counted = (
        select(
            Party.id.label("party_id"),
            Party.code.label("party_code"),
            english().label("party_name"),
            status,
            Participation.capacity,
            ready,
            func.count().label("people"),
        )
        .select_from(Participation)
        .join(Party, Party.id == Participation.party_id)
        .where(_on_list(viewer))
        .group_by(Party.id, Party.code, english(), status, Participation.capacity, ready)
    )
    return tuple(
        Tally(
            party_id=row.party_id,
            party_code=row.party_code,
            party_name=row.party_name or row.party_code,
            status=row.status,
            capacity=row.capacity,
            ready=Readiness(row.ready) if row.ready else None,
            people=row.people,
        )
        for row in sorted(db.session.execute(counted), key=lambda row: order.rank(row.party_id))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFacts:
    """Additional facts for viewers who may invite."""

    email: str | None
    invited_at: datetime
    answered_at: datetime | None
    approved_at: datetime | None
    listens_in: str
    #: Working languages of the meeting.
    working_languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """One person of the list. `office` is None unless the viewer may invite."""

    line: ListLine
    office: OfficeFacts | None


def person(viewer: Viewer, participation_id: UUID) -> ListedPerson:
    """:raises NotFound: missing or not permitted."""
    row = or_not_found(
        db.session.execute(
            _lines(viewer)
            .add_columns(
                Person.email,
                Participation.invited_at,
                Participation.answered_at,
                Participation.approved_at,
                Participation.listens_in,
                select(Meeting.working_languages)
                .where(Meeting.id == Participation.meeting_id)
                .scalar_subquery()
                .label("held_in"),
            )
            .where(_on_list(viewer), Participation.id == participation_id)
        ).one_or_none()
    )
    office = OfficeFacts(
        email=row.email,
        invited_at=row.invited_at,
        answered_at=row.answered_at,
        approved_at=row.approved_at,
        listens_in=row.listens_in,
        working_languages=tuple(row.held_in),
    )
    return ListedPerson(line=_line(row), office=office if viewer.may(PARTICIPANTS_INVITE) else None)
