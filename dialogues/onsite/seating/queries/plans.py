"""Seating plans as a viewer sees them: seats, names the viewer may see, and moves."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.onsite.seating.models import SeatingPlan
from dialogues.onsite.seating.queries.apart import apart
from dialogues.onsite.seating.queries.people import guests_to_seat, interpreters, seated_ids, visible_people
from dialogues.onsite.seating.queries.visibility import visible
from dialogues.onsite.seating.rules.kinds import Chair, Place, TableForm, place_of
from dialogues.onsite.seating.rules.moves import Spot, moves, spots
from dialogues.onsite.seating.rules.order import Deviation, Guest
from dialogues.onsite.seating.rules.picture import Drawing, draw
from dialogues.onsite.seating.rules.plans import ComputedPlan, SeatingOptions, refuse_clashing, seat
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
class PlanPage:
    """A plan as the viewer sees it."""

    number: int
    form: TableForm
    made_at: datetime | None
    seats: tuple[Seat, ...]
    #: People the viewer sees whose seat differs from the previous plan: name, old and new position.
    moves: list[tuple[str, Spot | None, Spot | None]]
    drawing: Drawing
    #: Table places with someone sitting behind them, counted from 0.
    behind: frozenset[int]
    #: Names of participants without a place in this plan; empty for viewers who do not plan.
    without: tuple[str, ...] = ()

    def of(self, chair: str) -> tuple[Seat, ...]:
        """Return the places of that kind, given as value of `Chair`."""
        return tuple(seat for seat in self.seats if seat.chair.value == chair)


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
    places = stored_places(found[0])
    before = stored_places(found[1]) if len(found) > 1 else None
    people = visible_people(viewer)
    page = _page(found[0], places, before, people, seated_ids(viewer), interpreters(viewer))
    if not viewer.may(SEATING_EDIT):
        return page
    seated = {place.guest for place in places}
    return replace(page, without=tuple(sorted(people[one].name for one in people.keys() - seated)))


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


def computed(viewer: Viewer, options: SeatingOptions) -> tuple[Mapping[UUID, Guest], ComputedPlan]:
    """Seat everyone, for people who plan.

    :raises Refusal: there are fewer places than people, nobody to seat, or two persons cannot be kept apart.
    """
    guests = guests_to_seat(viewer)
    found = seat(list(guests.values()), options, apart(viewer))
    refuse_clashing(found.clashing_neighbours)
    return guests, found


def preview(viewer: Viewer, options: SeatingOptions) -> tuple[PlanPage, Deviation]:
    """Compute a plan that is not saved, and how far it deviates from the order of parties.

    :raises Refusal: as `computed`.
    """
    guests, found = computed(viewer, options)
    before = newest(viewer)
    plan = SeatingPlan(number=before.number + 1 if before else 1, form=options.form)
    earlier = stored_places(before) if before else None
    return _page(plan, found.places, earlier, guests, guests.keys(), interpreters(viewer)), found.deviation


def _page(
    plan: SeatingPlan,
    places: tuple[Place, ...],
    before: tuple[Place, ...] | None,
    people: Mapping[UUID, Any],
    sitting: Set[UUID],
    interpreters: Mapping[UUID, str],
) -> PlanPage:
    """Build the page. `people` are those whose names the viewer may see, `sitting` all who still need a seat."""
    changed = [] if before is None else list(moves(before, places))
    elsewhere = {guest for guest, _was, now in changed if now is not None}
    seats = tuple(_seats(places, people, sitting, interpreters, elsewhere))
    table = [place for place in places if place.chair is Chair.TABLE]
    behind = frozenset(_occupied_behind(places))
    return PlanPage(
        number=plan.number,
        form=plan.form,
        made_at=plan.made_at,
        seats=seats,
        moves=[(people[guest].name, was, now) for guest, was, now in changed if guest in people],
        drawing=draw(
            plan.form,
            len(table),
            sum(place.chair is Chair.SECOND_ROW for place in places),
            is_between=bool(table) and table[0].is_head and table[-1].is_head,
            behind=behind,
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


def _seats(
    places: tuple[Place, ...],
    people: Mapping[UUID, Any],
    sitting: Set[UUID],
    interpreters: Mapping[UUID, str],
    elsewhere: set[UUID],
) -> Iterator[Seat]:
    counted = dict.fromkeys(Chair, 0)
    for index, place in enumerate(places):
        counted[place.chair] += 1
        person = people.get(place.guest) if place.guest else None
        beside = people.get(place.beside) if place.beside else None
        if place.interpreter is not None:
            holder, name = Holder.INTERPRETER, interpreters.get(place.interpreter, "")
        elif person is not None:
            holder, name = Holder.PERSON, person.name
        else:
            holder, name = Holder.TAKEN if place.guest in sitting else Holder.FREE, ""
        yield Seat(
            chair=place.chair,
            number=counted[place.chair],
            holder=holder,
            name=name,
            party_code=person.party_code if person else "",
            party_name=person.party_name if person else "",
            is_head=place.is_head,
            has_moved=person is not None and place.guest in elsewhere,
            beside=beside.name if beside else "",
            index=index,
        )
