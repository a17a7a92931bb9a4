"""The participants list: each viewer's rows, filters and counts, without a trace of hidden rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.paging import page_numbers
from dialogues.lib.refusal import or_not_found
from dialogues.lib.textsearch.folding import words
from dialogues.meetings.dialogues.models import Institution, Meeting, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyOrder
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.precedence.queries import Order
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
from dialogues.people.roster.queries.office import is_ready, list_order, readiness
from dialogues.people.roster.rules import Readiness
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_INVITE, PARTICIPANTS_SEE, REGISTRATION_SEE, Scope

PAGE = 100


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
    """One page of the list (rows of `_lines`), and counts over all visible people (rows of `_tallies`)."""

    lines: tuple[Any, ...]
    tallies: tuple[Any, ...]
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
    page, last = page_numbers(list_filter.page, found, PAGE)
    rows = _filtered(viewer, list_filter, _lines(viewer)).order_by(*list_order(order, by_person=list_filter.by_person))
    return ParticipantsList(
        lines=tuple(db.session.execute(rows.limit(PAGE).offset((page - 1) * PAGE))),
        tallies=_tallies(viewer, order),
        found=found,
        page=page,
        last=last,
        order=order,
        sealed=viewer.scopes(PARTICIPANTS_SEE) == {Scope.SEALED} and not viewer.scopes(NOMINATIONS_SEE),
    )


def all_found(viewer: Viewer, list_filter: ListFilter) -> Sequence[Any]:
    """All rows that match the filter, in list order, without paging."""
    order = precedence.order(viewer, list_filter.by)
    rows = _filtered(viewer, list_filter, _lines(viewer)).order_by(*list_order(order, by_person=list_filter.by_person))
    return db.session.execute(rows).all()


def _on_list(viewer: Viewer) -> ColumnElement[bool]:
    return or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE))


def _if_readable(viewer: Viewer, column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """SQL expression: a detail of the registration; NULL for viewers who may not read it."""
    return case((visible(viewer, REGISTRATION_SEE), column), else_=None)


def _lines(viewer: Viewer) -> Any:
    """Rows of the list. `ready` is the approval state of a confirmed registration."""
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
            _if_readable(viewer, Participation.status).label("status"),
            _if_readable(viewer, Participation.present_from).label("present_from"),
            _if_readable(viewer, Participation.present_to).label("present_to"),
            _if_readable(viewer, Person.languages).label("languages"),
            _if_readable(viewer, readiness()).label("ready"),
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
    """Matches every word in the styled name, or in all names only where they are shown to the viewer."""
    searched = words(search)
    by_name = [Person.searched_name.contains(word, autoescape=True) for word in searched]
    by_any = [Person.searched_names.contains(word, autoescape=True) for word in searched]
    return or_(and_(true(), *by_name), and_(open_to(viewer, PARTICIPANTS_SEE), *by_any))


def _tallies(viewer: Viewer, order: Order) -> tuple[Any, ...]:
    """Number of visible people per party, status, capacity and approval state, in order of the parties."""
    status = _if_readable(viewer, Participation.status).label("status")
    ready = _if_readable(viewer, readiness()).label("ready")
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
        .group_by(Party.id, Party.code, status, Participation.capacity, ready)
    )
    return tuple(sorted(db.session.execute(counted), key=lambda row: order.rank(row.party_id)))


def person(viewer: Viewer, participation_id: UUID) -> Any:
    """One row of the list. Viewers who may invite get more columns, for the office.

    :raises NotFound: missing or not permitted.
    """
    lines = _lines(viewer)
    if viewer.may(PARTICIPANTS_INVITE):
        held_in = select(Meeting.working_languages).where(Meeting.id == Participation.meeting_id).scalar_subquery()
        lines = lines.add_columns(
            Person.email,
            Participation.invited_at,
            Participation.answered_at,
            Participation.approved_at,
            Participation.listens_in,
            held_in.label("working_languages"),
        )
    found = lines.where(_on_list(viewer), Participation.id == participation_id)
    return or_not_found(db.session.execute(found).one_or_none())
