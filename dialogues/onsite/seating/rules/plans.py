"""Seat people around a table, and change a plan by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from dialogues.lib.refusal import N_, Refusal
from dialogues.onsite.seating.rules.kinds import (
    Chair,
    HeadPlaces,
    InterpreterPlace,
    ObserverPlaces,
    Place,
    TableForm,
)
from dialogues.onsite.seating.rules.order import Apart, Deviation, Guest, Row, may_not_sit_together, neighbours

MOST_PLACES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreting:
    """Where one interpreter works; `interpreter` is a person id, `beside` a participation id, None in a booth."""

    interpreter: UUID
    where: InterpreterPlace = InterpreterPlace.BOOTH
    beside: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatingOptions:
    """Options of a new plan; `places` None means as many as needed."""

    form: TableForm = TableForm.HOLLOW_SQUARE
    places: int | None = None
    heads: HeadPlaces = HeadPlaces.TOGETHER
    observers: ObserverPlaces = ObserverPlaces.SECOND_ROW
    left_out: frozenset[UUID] = frozenset()
    interpreting: tuple[Interpreting, ...] = ()


@dataclass(frozen=True, slots=True)
class ComputedPlan:
    """A computed plan, its deviation from the order, and the pairs it could not keep apart."""

    places: tuple[Place, ...]
    deviation: Deviation
    clashing_neighbours: tuple[tuple[Guest, Guest], ...]


def seat(guests: Sequence[Guest], options: SeatingOptions, apart: Apart) -> ComputedPlan:
    """Seat guests clockwise from the head of the table, in the given order.

    The order runs to the left of the head. People of a party sit together, except co-chairs at the head; empty places
    come last. Pairs in `apart` must not be neighbours, also around a corner of the table.

    :raises Refusal: there are fewer places than people, or nobody to seat.
    """
    guests = [guest for guest in guests if guest.id not in options.left_out]
    second = options.observers is ObserverPlaces.SECOND_ROW
    behind = [guest for guest in guests if second and guest.observes and not guest.is_head]
    around = [guest for guest in guests if guest not in behind]
    around.sort(key=lambda guest: guest.observes)
    if not around:
        raise Refusal(N_("Nobody who sits at the table has accepted yet: a plan needs people."))
    table, deviation = _table(around, options, apart)
    row, in_row = Row(behind, len(behind), is_ring=False, apart=apart).fill()
    chairs = [Place(chair=Chair.SECOND_ROW, guest=behind[index].id) for index in row if index is not None]
    places = (*table, *chairs, *_places_away_from_table(guests, options))
    deviation = replace(
        deviation, parties=deviation.parties + in_row.parties, persons=deviation.persons + in_row.persons
    )
    clashing = clashing_neighbours(places, options.form, {guest.id: guest for guest in guests}, apart)
    return ComputedPlan(places, deviation, clashing)


def _table(around: list[Guest], options: SeatingOptions, apart: Apart) -> tuple[list[Place], Deviation]:
    left = {index: _at_left_of(guest, options) for index, guest in enumerate(around)}
    needed = len(around) + sum(len(interpreters) for interpreters in left.values())
    size = needed if options.places is None else options.places
    _refuse_size(size, needed)
    fixed = _heads(around, left, size, options.heads)
    waiting = {index: len(interpreters) for index, interpreters in left.items() if index not in fixed.values()}
    row = Row(around, size, is_ring=options.form.is_closed, fixed=fixed, left=waiting, apart=apart)
    filled, deviation = row.fill()
    places = [Place() for _place in filled]
    for number, index in enumerate(filled):
        if index is not None:
            guest = around[index].id
            places[number] = Place(guest=guest, is_head=index in fixed.values())
            for offset, interpreter in enumerate(left[index], start=1):
                places[number + offset] = Place(interpreter=interpreter, beside=guest)
    return places, deviation


def _refuse_size(size: int, needed: int) -> None:
    if size < needed:
        raise Refusal(
            N_("%(needed)s places are needed at the table, and there are %(size)s: write more, or seat fewer people."),
            field="places",
            needed=needed,
            size=size,
        )
    if size > MOST_PLACES:
        raise Refusal(N_("A table has at most %(most)s places."), field="places", most=MOST_PLACES)


def _at_left_of(guest: Guest, options: SeatingOptions) -> list[UUID]:
    return [
        one.interpreter for one in options.interpreting if one.where is InterpreterPlace.LEFT and one.beside == guest.id
    ]


def _heads(around: list[Guest], left: dict[int, list[UUID]], size: int, practice: HeadPlaces) -> dict[int, int | None]:
    """Return the places of co-chairs and of the interpreters to their left; None stands for an interpreter.

    TOGETHER: the first co-chair has the first place and the second the last. FACING: the second sits across. Further
    co-chairs alternate between these two groups.
    """
    if practice is HeadPlaces.AMONG:
        return {}
    heads = [index for index, guest in enumerate(around) if guest.is_head]
    runs: list[list[int | None]] = [[head, *(None for _interpreter in left[head])] for head in heads]
    first, second = [one for run in runs[::2] for one in run], [one for run in runs[1::2] for one in run]
    begin = size - len(second)
    if practice is HeadPlaces.FACING:
        begin = min(max(size // 2, len(first)), begin)
    return dict(enumerate(first)) | dict(enumerate(second, begin))


def _places_away_from_table(guests: list[Guest], options: SeatingOptions) -> Iterator[Place]:
    seated = {guest.id for guest in guests}
    for one in options.interpreting:
        if one.where is InterpreterPlace.BEHIND and one.beside in seated:
            yield Place(chair=Chair.BEHIND, interpreter=one.interpreter, beside=one.beside)
    for one in options.interpreting:
        if one.where is InterpreterPlace.BOOTH:
            yield Place(chair=Chair.BOOTH, interpreter=one.interpreter)


def clashing_neighbours(
    places: Sequence[Place], form: TableForm, guests: Mapping[UUID, Guest], apart: Apart
) -> tuple[tuple[Guest, Guest], ...]:
    """Return the neighbours in the plan who must be kept apart."""
    found = []
    for chair, is_ring in ((Chair.TABLE, form.is_closed), (Chair.SECOND_ROW, False)):
        row = [guests.get(place.guest) if place.guest else None for place in places if place.chair is chair]
        for number, following in neighbours(len(row), is_ring=is_ring):
            one, other = row[number], row[following]
            if one and other and may_not_sit_together(one, other, apart):
                found.append((one, other))
    return tuple(found)


def refuse_clashing(pairs: Sequence[tuple[Guest, Guest]]) -> None:
    """:raises Refusal: there are such pairs, of people who must be kept apart but would be neighbours."""
    if pairs:
        raise Refusal(
            N_(
                "These cannot be kept apart at this table: %(pairs)s. Give it more places or another form, seat the "
                "co-chairs elsewhere, or let them sit together."
            ),
            pairs="; ".join(f"{one.name} – {other.name}" for one, other in pairs),
        )


def swapped(places: tuple[Place, ...], one: int, other: int) -> tuple[Place, ...]:
    """Return the places after swapping two of them; one may be empty.

    An interpreter who is then no longer left of their own person gets a chair behind that person.
    """
    after = list(places)
    after[one], after[other] = (
        replace(places[one], guest=places[other].guest),
        replace(places[other], guest=places[one].guest),
    )
    moved: list[Place] = []
    for number, place in enumerate(after):
        if place.chair is Chair.TABLE and place.interpreter and not _is_left(after, number):
            moved.append(Place(chair=Chair.BEHIND, interpreter=place.interpreter, beside=place.beside))
            after[number] = Place()
    return (*after, *moved)


def _is_left(places: list[Place], number: int) -> bool:
    before = number - 1
    while places[before].interpreter and places[before].beside == places[number].beside and before > number - 9:
        before -= 1
    return places[before].guest == places[number].beside
