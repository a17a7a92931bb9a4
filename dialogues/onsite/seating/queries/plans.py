"""Seating plans as a viewer sees them: seats, names the viewer may see, and moves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.onsite.seating.models import SeatingPlan
from dialogues.onsite.seating.queries.apart import apart
from dialogues.onsite.seating.queries.people import (
    NamedGuest,
    VisiblePerson,
    interpreters,
    named_guests,
    seated_ids,
    visible_people,
)
from dialogues.onsite.seating.queries.visibility import visible
from dialogues.onsite.seating.rules.kinds import Chair, Place, TableForm, at_table, place_of
from dialogues.onsite.seating.rules.moves import Spot, moves, spots
from dialogues.onsite.seating.rules.picture import Drawing, draw
from dialogues.onsite.seating.rules.plans import ComputedPlan, SeatingOptions, seat
from dialogues.policy import SEATING_EDIT, SEATING_SEE, Action

#: Maximum number of characters of a name in the picture.
_LONGEST_NAME = 34


class Holder(Enum):
    """Who has a place, as the viewer sees it; TAKEN means that the viewer may not see the person."""

    PERSON = "person"
    TAKEN = "taken"
    FREE = "free"
    INTERPRETER = "interpreter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One place as the viewer sees it; `number` counts from 1 for each kind of place."""

    chair: Chair
    number: int
    holder: Holder
    name: str = ""
    party_code: str = ""
    party_name: str = ""
    is_head: bool = False
    has_moved: bool = False
    #: The person an interpreter sits next to, if the viewer may see that person.
    beside: str = ""
    #: Index in the stored plan, counted from 0.
    index: int

    @property
    def drawn(self) -> str:
        """The name shortened for the picture; the table next to the picture shows it in full."""
        return self.name if len(self.name) <= _LONGEST_NAME else f"{self.name[:_LONGEST_NAME]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedMove:
    """A person the viewer sees whose seat differs from the previous plan."""

    name: str
    was: Spot | None
    now: Spot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """A plan as the viewer sees it."""

    number: int
    form: TableForm
    made_at: datetime | None
    seats: tuple[Seat, ...]
    moves: tuple[NamedMove, ...]
    drawing: Drawing
    #: Table places with someone sitting behind them, counted from 0.
    behind: tuple[int, ...]
    #: Names of participants without a place in this plan; empty for viewers who do not plan.
    without: tuple[str, ...] = ()

    def of(self, chair: Chair) -> tuple[Seat, ...]:
        """Return the places of that kind."""
        return tuple(seat for seat in self.seats if seat.chair is chair)

    def of_chair(self, chair: str) -> tuple[Seat, ...]:
        """The same by the value of the kind, for templates."""
        return self.of(Chair(chair))


def plan(viewer: Viewer, number: int | None = None, action: Action = SEATING_SEE) -> PlanPage | None:
    """Return the newest plan, or the plan with that number; None if there is no plan.

    Four queries, five for people who plan.

    :raises NotFound: there is no plan with that number.
    """
    wanted = select(SeatingPlan).where(visible(viewer, action)).order_by(SeatingPlan.number.desc()).limit(2)
    if number is not None:
        wanted = wanted.where(SeatingPlan.number <= number)
    found = list(db.session.execute(wanted).scalars())
    if number is not None and (not found or found[0].number != number):
        raise NotFound
    if not found:
        return None
    newest, before = found[0], stored_places(found[1]) if len(found) > 1 else None
    names = _Names(visible_people(viewer), seated_ids(viewer), interpreters(viewer))
    page = _page(newest.number, newest.form, newest.made_at, stored_places(newest), before, names)
    return replace(page, without=_without_place(newest, names)) if viewer.may(SEATING_EDIT) else page


def _without_place(row: SeatingPlan, names: "_Names") -> tuple[str, ...]:
    seated = {place.guest for place in stored_places(row)}
    return tuple(
        sorted(names.visible_people[one].name for one in names.sitting - seated if one in names.visible_people)
    )


def stored_places(row: SeatingPlan) -> tuple[Place, ...]:
    return tuple(place_of(place) for place in row.places)


def newest(viewer: Viewer) -> SeatingPlan | None:
    """Return the stored newest plan, for people who plan."""
    found = select(SeatingPlan).where(visible(viewer, SEATING_EDIT)).order_by(SeatingPlan.number.desc()).limit(1)
    return db.session.execute(found).scalar_one_or_none()


def numbers(viewer: Viewer) -> list[int]:
    """Return the numbers of all plans, newest first, for people who plan."""
    found = select(SeatingPlan.number).where(visible(viewer, SEATING_EDIT)).order_by(SeatingPlan.number.desc())
    return list(db.session.execute(found).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan that is not saved, and how far it deviates from the order of parties."""

    seated: ComputedPlan
    page: PlanPage
    #: Names of the pairs that must be kept apart but are neighbours.
    clashing_neighbours: tuple[tuple[str, str], ...]


def proposal(viewer: Viewer, options: SeatingOptions, *, with_page: bool = True) -> Proposal:
    """Compute a plan, for people who plan. `with_page` False skips the queries for its page.

    :raises Refusal: there are fewer places than people, or nobody to seat.
    """
    people = named_guests(viewer)
    by_id = {named_guest.guest.id: named_guest for named_guest in people}
    seated = seat([named_guest.guest for named_guest in people], options, apart(viewer))
    before = newest(viewer) if with_page else None
    known = _Names(_as_visible_people(people), frozenset(by_id), interpreters(viewer) if with_page else {})
    return Proposal(
        seated=seated,
        page=_page(
            before.number + 1 if before else 1,
            options.form,
            None,
            seated.places,
            stored_places(before) if before else None,
            known,
        ),
        clashing_neighbours=tuple(
            (by_id[one.id].name, by_id[other.id].name) for one, other in seated.clashing_neighbours
        ),
    )


def _as_visible_people(people: Iterable[NamedGuest]) -> Mapping[UUID, VisiblePerson]:
    return {
        named_guest.guest.id: VisiblePerson(
            name=named_guest.name, party_code=named_guest.party_code, party_name=named_guest.party_name
        )
        for named_guest in people
    }


@dataclass(frozen=True, slots=True)
class _Names:
    """The names a viewer may see on a plan."""

    visible_people: Mapping[UUID, VisiblePerson]
    sitting: frozenset[UUID]
    interpreters: Mapping[UUID, str]

    def of(self, guest: UUID | None) -> VisiblePerson | None:
        """Return the names of the person, or None if they no longer need a seat or the viewer may not see them."""
        return self.visible_people.get(guest) if guest is not None and guest in self.sitting else None


def _page(
    number: int,
    form: TableForm,
    made_at: datetime | None,
    places: tuple[Place, ...],
    before: tuple[Place, ...] | None,
    names: _Names,
) -> PlanPage:
    changed = [] if before is None else list(moves(before, places))
    elsewhere = {move.guest for move in changed if move.now is not None}
    seats = tuple(_seats(places, names, elsewhere))
    table, behind = at_table(places), tuple(sorted({*_occupied_behind(places)}))
    return PlanPage(
        number=number,
        form=form,
        made_at=made_at,
        seats=seats,
        moves=tuple(
            NamedMove(name=names.visible_people[move.guest].name, was=move.was, now=move.now)
            for move in changed
            if move.guest in names.visible_people
        ),
        drawing=draw(
            form,
            len(table),
            sum(place.chair is Chair.SECOND_ROW for place in places),
            is_between=bool(table) and table[0].is_head and table[-1].is_head,
            behind=frozenset(behind),
            longest=max((len(one.drawn) + len(one.party_code) + 1 for one in seats), default=0),
        ),
        behind=behind,
    )


def _occupied_behind(places: tuple[Place, ...]) -> Iterator[int]:
    """Yield the table places with someone sitting behind them, counted from 0."""
    where = spots(places)
    for place in places:
        spot = where.get(place.beside) if place.beside else None
        if place.chair is Chair.BEHIND and spot is not None and not spot.is_second_row:
            yield spot.number - 1


def _seats(places: tuple[Place, ...], names: _Names, elsewhere: set[UUID]) -> Iterator[Seat]:
    counted = dict.fromkeys(Chair, 0)
    for index, place in enumerate(places):
        counted[place.chair] += 1
        face, beside = names.of(place.guest), names.of(place.beside)
        yield Seat(
            chair=place.chair,
            number=counted[place.chair],
            holder=_holder(place, names),
            name=face.name if face else names.interpreters.get(place.interpreter, "") if place.interpreter else "",
            party_code=face.party_code if face else "",
            party_name=face.party_name if face else "",
            is_head=place.is_head,
            has_moved=face is not None and place.guest in elsewhere,
            beside=beside.name if beside else "",
            index=index,
        )


def _holder(place: Place, names: _Names) -> Holder:
    if place.interpreter is not None:
        return Holder.INTERPRETER
    if place.guest is None or place.guest not in names.sitting:
        return Holder.FREE
    return Holder.PERSON if place.guest in names.visible_people else Holder.TAKEN
