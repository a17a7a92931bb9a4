"""Fill a row of places in the order of parties, deviating as little as possible to keep people apart.

`Row.fill` is a beam search: it adds place after place and keeps the best partial plans at each place. Only guests named
in `apart`, or of a party named there, make the search branch. All others stay in their order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, product
from operator import itemgetter
from typing import NamedTuple, TypeVar
from uuid import UUID

#: Beam width: partial plans kept at each place. If there are never more, the result is optimal.
_BEAM_WIDTH = 1500
#: Costs, added up in one integer. From worst: people kept apart are neighbours, an empty place between people, a
#: party out of order, a person out of order within the party.
_COST_TOGETHER, _COST_GAP, _COST_PARTY, _COST_PERSON = 10**15, 10**10, 10**5, 1
#: Index of the guest on an empty or interpreter's place.
_NOBODY = -1

Waiting = TypeVar("Waiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A person to seat. Guests are given in the order in force, with the people of a party together."""

    #: Participation id.
    id: UUID
    person: UUID
    party: UUID
    is_head: bool = False
    observes: bool = False
    name: str = ""
    party_code: str = ""
    party_name: str = ""


Apart = frozenset[frozenset[UUID]]


def may_not_sit_together(one: Guest, other: Guest, apart: Apart) -> bool:
    """Whether these two are kept apart, as persons or through their parties."""
    return frozenset((one.person, other.person)) in apart or frozenset((one.party, other.party)) in apart


def neighbours(size: int, *, is_ring: bool) -> Iterator[tuple[int, int]]:
    """Yield pairs of adjacent place numbers; in a ring also the last and the first."""
    yield from ((place, place + 1) for place in range(size - 1))
    if is_ring and size > 2:
        yield size - 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """How far a plan deviates from the order: empty places between people, and parties and persons passed over."""

    gaps: int = 0
    parties: int = 0
    persons: int = 0

    @property
    def is_none(self) -> bool:
        return not (self.gaps or self.parties or self.persons)


class _State(NamedTuple):
    """A partial plan, reduced to what matters for the remaining places."""

    #: Bit mask of the guests seated.
    seated: int = 0
    #: Representatives (see `Row._representatives`) of the people on the previous and the first place.
    last: int = _NOBODY
    first: int = _NOBODY
    #: Interpreters still to seat to the left of the last person.
    interpreters_due: int = 0
    #: Places that may still stay empty between people.
    spare: int = 0


class Row:
    """A row or ring of places, some fixed in advance, and the guests to seat on the others."""

    def __init__(
        self,
        guests: Sequence[Guest],
        size: int,
        *,
        is_ring: bool,
        apart: Apart,
        fixed: Mapping[int, int | None] | None = None,
        left: Mapping[int, int] | None = None,
    ) -> None:
        """Prepare the search.

        :param fixed: guest index by place, None for an interpreter.
        :param left: number of interpreters to the left of a guest, by guest index.
        """
        self.guests, self.size, self.is_ring, self.apart = guests, size, is_ring, apart
        self.fixed, self.left = fixed or {}, left or {}
        self._named = {one for pair in apart for one in pair}
        self._representative = self._representatives()
        self._clashes = {
            (one, other)
            for one, other in product(set(self._representative) - {_NOBODY}, repeat=2)
            if may_not_sit_together(guests[one], guests[other], apart)
        }
        self._waiting = [index for index in range(len(guests)) if index not in self.fixed.values()]
        sides = groupby(self._waiting, lambda index: (guests[index].observes, guests[index].party))
        self._blocks = [list(block) for _side, block in sides]
        # Many states have the same people seated. Without this cache, a table of 45 takes longer than 2 seconds.
        self._next = cache(self._next_guests)

    def _representatives(self) -> list[int]:
        """Map each guest to one with the same restrictions, or to _NOBODY without any. Ends with one for _NOBODY.

        Fewer distinct values mean fewer states.
        """
        first: dict[UUID, int] = {}
        return [
            index
            if guest.person in self._named
            else first.setdefault(guest.party, index)
            if guest.party in self._named
            else _NOBODY
            for index, guest in enumerate(self.guests)
        ] + [_NOBODY]

    def fill(self) -> tuple[list[int | None], Deviation]:
        """Return the index of the guest on each place, None for nobody, with the lowest cost found; deterministic.

        Of plans with the same cost, the one whose earlier places follow the order is returned.
        """
        needed = sum(1 + self.left.get(index, 0) for index in self._waiting)
        # At most two empty places per pair, because two people can be adjacent on at most two sides.
        spare = min(self.size - len(self.fixed) - needed, 2 * len(self.apart))
        layer: dict[_State, tuple[int, tuple[int, ...]]] = {_State(spare=spare): (0, ())}
        for place in range(self.size):
            found: dict[_State, tuple[int, tuple[int, ...]]] = {}
            for state, (cost, places) in layer.items():
                for index, then, step_cost in self._choices(state, place):
                    reached = cost + step_cost, (*places, index)
                    if then not in found or reached < found[then]:
                        found[then] = reached
            layer = dict(sorted(found.items(), key=itemgetter(1))[:_BEAM_WIDTH])
        cost, places = min(
            (cost + (self._clash_cost(state.last, state.first) if self.is_ring and self.size > 2 else 0), places)
            for state, (cost, places) in layer.items()
            if self._is_complete(state)
        )
        cost %= _COST_TOGETHER
        deviation = Deviation(
            gaps=cost // _COST_GAP, parties=cost % _COST_GAP // _COST_PARTY, persons=cost % _COST_PARTY
        )
        return [None if index == _NOBODY else index for index in places], deviation

    def _is_complete(self, state: _State) -> bool:
        return state.seated.bit_count() == len(self._waiting) and not state.interpreters_due

    def _clash_cost(self, one: int, other: int) -> int:
        return _COST_TOGETHER if (one, other) in self._clashes else 0

    def _choices(self, state: _State, place: int) -> Iterator[tuple[int, _State, int]]:
        """Yield (guest, next state, cost) for each way to fill the place."""
        begins_ring = place == 0 and self.is_ring
        seated, last, first, due, spare = state
        if place in self.fixed:
            guest = self.fixed[place]
            index = _NOBODY if guest is None else guest
            now = self._representative[index]
            yield index, _State(seated, now, now if begins_ring else first, due, spare), self._clash_cost(last, now)
        elif due:
            yield _NOBODY, _State(seated, _NOBODY, first, due - 1, spare), 0
        elif self._is_complete(state):
            yield _NOBODY, _State(seated, _NOBODY, first), 0
        else:
            if spare:
                yield _NOBODY, _State(seated, _NOBODY, first, 0, spare - 1), _COST_GAP
            for index, passed in self._next(seated):
                now = self._representative[index]
                then = _State(seated | 1 << index, now, now if begins_ring else first, self.left.get(index, 0), spare)
                yield index, then, passed + self._clash_cost(last, now)

    def _next_guests(self, seated: int) -> list[tuple[int, int]]:
        """Return the guests who can sit next, with the cost of those they pass over.

        The people of a party sit together; observers follow the others.
        """
        waiting = [[index for index in block if not seated >> index & 1] for block in self._blocks]
        for block, rest in zip(self._blocks, waiting, strict=True):
            if 0 < len(rest) < len(block):
                return list(self._of_block(rest, 0))
        blocks = [rest for rest in waiting if rest]
        observes = self.guests[blocks[0][0]].observes
        return [
            choice
            for passed, block in _may_come_next(blocks, self._is_block_restricted)
            if self.guests[block[0]].observes == observes
            for choice in self._of_block(block, passed * _COST_PARTY)
        ]

    def _of_block(self, waiting: Sequence[int], cost: int) -> Iterator[tuple[int, int]]:
        for passed, index in _may_come_next(waiting, lambda index: self.guests[index].person in self._named):
            yield index, cost + passed * _COST_PERSON

    def _is_block_restricted(self, block: Sequence[int]) -> bool:
        return any(self._representative[index] != _NOBODY for index in block)


def _may_come_next(
    waiting: Sequence[Waiting], is_restricted: Callable[[Waiting], bool]
) -> Iterator[tuple[int, Waiting]]:
    """Yield the restricted ones and the first of the others, because changing the order of the others cannot help.

    Each comes with the number of those it passes over.
    """
    restricted = [is_restricted(one) for one in waiting]
    first = restricted.index(False) if False in restricted else None
    for passed, one in enumerate(waiting):
        if restricted[passed] or passed == first:
            yield passed, one
