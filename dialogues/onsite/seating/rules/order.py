"""Fill a row of places in the order of parties, deviating as little as possible to keep people apart.

`Row.fill` is a beam search: it adds place after place and keeps the best partial plans at each place. Only guests named
in `apart`, or of a party named there, make the search branch. All others stay in their order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

#: Beam width: partial plans kept at each place. If there are never more, the result is optimal.
_BEAM_WIDTH = 1500
#: Costs, added up in one integer. From worst: people kept apart are neighbours, an empty place between people, a
#: party out of order, a person out of order within the party.
_COST_TOGETHER, _COST_GAP, _COST_PARTY, _COST_PERSON = 10**15, 10**10, 10**5, 1
_NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A person to seat. Guests are given in the order in force, with the people of a party together."""

    #: Participation id.
    id: UUID
    person: UUID
    party: UUID
    is_head: bool = False
    observes: bool = False


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


class Filled(NamedTuple):
    """Index of the guest on each place, None for an empty or interpreter's place; and the deviation."""

    places: tuple[int | None, ...]
    deviation: Deviation


class _Block(NamedTuple):
    """The people of one party, who sit together, split by whether a pair kept apart names them as persons."""

    unrestricted: tuple[int, ...]
    restricted: tuple[int, ...]
    observes: bool
    is_restricted: bool

    @property
    def all_restricted(self) -> int:
        return (1 << len(self.restricted)) - 1

    def waiting(self, unrestricted: int, restricted: int) -> list[int]:
        """Return who is not seated yet; `unrestricted` is the number seated, `restricted` the bit mask of seated."""
        return [
            *self.unrestricted[unrestricted:],
            *(one for bit, one in enumerate(self.restricted) if not restricted >> bit & 1),
        ]


class _State(NamedTuple):
    """A partial plan, reduced to what matters for the remaining places."""

    #: Number of unrestricted blocks begun, and bit mask of restricted blocks begun.
    begun: int = 0
    begun_mask: int = 0
    #: Current block; number of its unrestricted people seated, and bit mask of its restricted people seated.
    block: int = _NOBODY
    unrestricted: int = 0
    restricted: int = 0
    #: Representatives (see `_representatives`) of the people on the previous and the first place.
    last: int = _NOBODY
    first: int = _NOBODY
    #: Interpreters still to seat to the left of the last person; places taken in total.
    interpreters_due: int = 0
    taken: int = 0


_Backlinks = dict[_State, tuple[_State, int | None]]


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
        named = {one for pair in apart for one in pair}
        self._is_restricted = [guest.person in named for guest in guests]
        self._representative = self._representatives(named)
        seated = {index for index in self.fixed.values() if index is not None}
        waiting = [index for index in range(len(guests)) if index not in seated]
        sides = groupby(waiting, lambda index: (guests[index].observes, guests[index].party))
        self._blocks = [self._block(list(block)) for _side, block in sides]
        self._unrestricted_blocks = [number for number, block in enumerate(self._blocks) if not block.is_restricted]
        self._restricted_blocks = [number for number, block in enumerate(self._blocks) if block.is_restricted]
        self._clash_cache: dict[tuple[int, int], int] = {}
        self._begin_cache: dict[tuple[int, int], list[tuple[int, int, int, bool, int]]] = {}
        self._next_cache: dict[tuple[int, int, int], list[tuple[int, int, int, int]]] = {}
        self._needed = sum(1 + self.left.get(index, 0) for index in waiting)

    def _representatives(self, named: set[UUID]) -> list[int]:
        """Map each guest to one with the same restrictions, or to _NOBODY without any.

        Fewer distinct values mean fewer states.
        """
        first: dict[UUID, int] = {}
        return [
            index if restricted else first.setdefault(guest.party, index) if guest.party in named else _NOBODY
            for index, (guest, restricted) in enumerate(zip(self.guests, self._is_restricted, strict=True))
        ]

    def _block(self, people: list[int]) -> _Block:
        return _Block(
            unrestricted=tuple(index for index in people if not self._is_restricted[index]),
            restricted=tuple(index for index in people if self._is_restricted[index]),
            observes=self.guests[people[0]].observes,
            is_restricted=any(self._representative[index] != _NOBODY for index in people),
        )

    def fill(self) -> Filled:
        """Return the places filled with the lowest cost found; deterministic."""
        layer: dict[_State, int] = {_State(): 0}
        backlinks: list[_Backlinks] = []
        open_before, spare = 0, self.size - len(self.fixed) - self._needed
        # At most two empty places per pair, because two people can be adjacent on at most two sides.
        gaps = min(spare, 2 * len(self.apart))
        for place in range(self.size):
            found: dict[_State, int] = {}
            links: _Backlinks = {}
            for state, cost in layer.items():
                for index, then, step_cost in self._choices(state, place, state.taken - open_before + gaps):
                    if then not in found or cost + step_cost < found[then]:
                        found[then], links[then] = cost + step_cost, (state, index)
            backlinks.append(links)
            layer = dict(sorted(found.items(), key=lambda entry: (entry[1], entry[0]))[:_BEAM_WIDTH])
            open_before += place not in self.fixed
        return self._walk_back(layer, backlinks)

    def _walk_back(self, layer: Mapping[_State, int], backlinks: list[_Backlinks]) -> Filled:
        def total_cost(state: _State) -> tuple[int, _State]:
            closing_cost = self._clash_cost(state.last, state.first) if self.is_ring and self.size > 2 else 0
            return layer[state] + closing_cost, state

        state = min((one for one in layer if self._all_seated(one)), key=total_cost)
        cost = total_cost(state)[0] % _COST_TOGETHER
        places: list[int | None] = []
        for links in reversed(backlinks):
            state, index = links[state]
            places.append(index)
        left = Deviation(gaps=cost // _COST_GAP, parties=cost % _COST_GAP // _COST_PARTY, persons=cost % _COST_PARTY)
        return Filled(tuple(reversed(places)), left)

    def _clash_cost(self, one: int, other: int) -> int:
        if one == _NOBODY or other == _NOBODY:
            return 0
        known = self._clash_cache.get((one, other))
        if known is None:
            clash = may_not_sit_together(self.guests[one], self.guests[other], self.apart)
            known = self._clash_cache[one, other] = _COST_TOGETHER if clash else 0
        return known

    def _choices(self, state: _State, place: int, gaps: int) -> Iterator[tuple[int | None, _State, int]]:
        """Yield (guest, next state, cost) for each way to fill the place."""
        if place in self.fixed:
            index = self.fixed[place]
            representative = _NOBODY if index is None else self._representative[index]
            yield index, self._after(state, place, representative), self._clash_cost(state.last, representative)
        elif state.interpreters_due:
            left = state.interpreters_due - 1
            yield None, self._after(state, place)._replace(interpreters_due=left, taken=state.taken + 1), 0
        else:
            all_seated = self._all_seated(state)
            if all_seated or gaps > 0:
                yield None, self._after(state, place), 0 if all_seated else _COST_GAP
            yield from self._guest_choices(state, place)

    def _guest_choices(self, state: _State, place: int) -> Iterator[tuple[int, _State, int]]:
        """Yield the guests who can take the place. One flat loop, because it runs very often."""
        for begun, begun_mask, block, is_begun, passed_blocks in self._open_blocks(state):
            unrestricted, restricted = (state.unrestricted, state.restricted) if is_begun else (0, 0)
            for index, then_unrestricted, then_restricted, passed in self._next_of(block, unrestricted, restricted):
                representative = self._representative[index]
                first = representative if place == 0 and self.is_ring else state.first
                interpreters_due = self.left.get(index, 0)
                then = _State(
                    begun,
                    begun_mask,
                    block,
                    then_unrestricted,
                    then_restricted,
                    representative,
                    first,
                    interpreters_due,
                    state.taken + 1,
                )
                yield index, then, passed_blocks + passed + self._clash_cost(state.last, representative)

    def _after(self, state: _State, place: int, representative: int = _NOBODY) -> _State:
        return state._replace(last=representative, first=representative if place == 0 and self.is_ring else state.first)

    def _all_seated(self, state: _State) -> bool:
        all_begun = (1 << len(self._restricted_blocks)) - 1
        return (
            state.begun == len(self._unrestricted_blocks)
            and state.begun_mask == all_begun
            and self._is_done(state)
            and not state.interpreters_due
        )

    def _is_done(self, state: _State) -> bool:
        if state.block == _NOBODY:
            return True
        block = self._blocks[state.block]
        return state.unrestricted == len(block.unrestricted) and state.restricted == block.all_restricted

    def _open_blocks(self, state: _State) -> Iterable[tuple[int, int, int, bool, int]]:
        """Return the current block, or the blocks that can begin, with the cost of passing over earlier blocks."""
        if not self._is_done(state):
            return ((state.begun, state.begun_mask, state.block, True, 0),)
        return self._may_begin(state.begun, state.begun_mask)

    def _may_begin(self, begun: int, begun_mask: int) -> list[tuple[int, int, int, bool, int]]:
        """Return the blocks that can begin; unrestricted blocks keep their order, since changing it cannot help."""
        known = self._begin_cache.get((begun, begun_mask))
        if known is not None:
            return known
        bits = {number: 1 << bit for bit, number in enumerate(self._restricted_blocks)}
        waiting_restricted = [number for number in self._restricted_blocks if not begun_mask & bits[number]]
        waiting = sorted(self._unrestricted_blocks[begun:] + waiting_restricted)
        found = []
        for number in sorted(self._unrestricted_blocks[begun : begun + 1] + waiting_restricted):
            if self._blocks[number].observes == self._blocks[waiting[0]].observes:
                is_restricted = self._blocks[number].is_restricted
                after = (begun, begun_mask | bits[number]) if is_restricted else (begun + 1, begun_mask)
                found.append((*after, number, False, waiting.index(number) * _COST_PARTY))
        return self._begin_cache.setdefault((begun, begun_mask), found)

    def _next_of(self, number: int, unrestricted: int, restricted: int) -> list[tuple[int, int, int, int]]:
        """Return who of the block can be seated next, with the cost of passing over earlier people of the block."""
        known = self._next_cache.get((number, unrestricted, restricted))
        if known is not None:
            return known
        block = self._blocks[number]
        waiting = sorted(block.waiting(unrestricted, restricted))
        found = []
        if unrestricted < len(block.unrestricted):
            index = block.unrestricted[unrestricted]
            found.append((index, unrestricted + 1, restricted, waiting.index(index) * _COST_PERSON))
        for bit, index in enumerate(block.restricted):
            if not restricted >> bit & 1:
                found.append((index, unrestricted, restricted | 1 << bit, waiting.index(index) * _COST_PERSON))
        return self._next_cache.setdefault((number, unrestricted, restricted), found)
