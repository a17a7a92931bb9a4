"""Differences between two plans."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from dialogues.onsite.seating.rules.kinds import Chair, Place


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """Position of a place at the table or in the second row, counted from 1."""

    is_second_row: bool
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A person whose place changed; `was` is None for new people, `now` is None for people who left."""

    guest: UUID
    was: Spot | None
    now: Spot | None


def spots(places: Iterable[Place]) -> Mapping[UUID, Spot]:
    """Return the position of each person."""
    found, counted = {}, {Chair.TABLE: 0, Chair.SECOND_ROW: 0}
    for place in places:
        if place.chair in counted:
            counted[place.chair] += 1
            if place.guest is not None:
                found[place.guest] = Spot(place.chair is Chair.SECOND_ROW, counted[place.chair])
    return found


def moves(before: Iterable[Place], after: Iterable[Place]) -> Iterator[Move]:
    """Yield everyone whose position changed, by new position; people who left come last."""
    was, now = spots(before), spots(after)
    for guest, spot in sorted(now.items(), key=lambda entry: entry[1]):
        if was.get(guest) != spot:
            yield Move(guest=guest, was=was.get(guest), now=spot)
    for guest, spot in sorted(was.items(), key=lambda entry: entry[1]):
        if guest not in now:
            yield Move(guest=guest, was=spot, now=None)
