"""Differences between two plans."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from dialogues.onsite.seating.rules.kinds import Chair, Place


class Spot(NamedTuple):
    """Position of a place at the table or in the second row, counted from 1."""

    is_second_row: bool
    number: int


def spots(places: Iterable[Place]) -> Mapping[UUID, Spot]:
    found, counted = {}, {Chair.TABLE: 0, Chair.SECOND_ROW: 0}
    for place in places:
        if place.chair in counted:
            counted[place.chair] += 1
            if place.guest is not None:
                found[place.guest] = Spot(place.chair is Chair.SECOND_ROW, counted[place.chair])
    return found


def moves(before: Iterable[Place], after: Iterable[Place]) -> Iterator[tuple[UUID, Spot | None, Spot | None]]:
    """Yield everyone whose position changed with the old and the new one, by new position; people who left last.

    New people have no old position, people who left no new one.
    """
    was, now = spots(before), spots(after)
    for guest, spot in sorted(now.items(), key=lambda entry: entry[1]):
        if was.get(guest) != spot:
            yield guest, was.get(guest), spot
    for guest, spot in sorted(was.items(), key=lambda entry: entry[1]):
        if guest not in now:
            yield guest, spot, None
