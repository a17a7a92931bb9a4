"""Fills a row of places in the order in force, and leaves the order as little as possible to keep people apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

#: How many half-made plans are pursued at each place; with fewer than that the plan found is the best there is.
_PURSUED = 1500
#: What is worse than what, in one number: two who should not are neighbours; a place is left empty between people, so
#: that everyone sees it; parties stand out of order; persons of a party stand out of order.
_TOGETHER, _GAP, _PARTIES, _PERSONS = 10**15, 10**10, 10**5, 1
_NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Someone to be seated; guests are given in the order in force, those of one party together."""

    #: The participation, and the person it is of.
    id: UUID
    person: UUID
    party: UUID
    is_head: bool = False
    observes: bool = False


Apart = frozenset[frozenset[UUID]]


def may_not_sit_together(one: Guest, other: Guest, apart: Apart) -> bool:
    """Whether these two are kept apart, as persons or as people of their parties."""
    return frozenset((one.person, other.person)) in apart or frozenset((one.party, other.party)) in apart


def neighbours(size: int, *, is_ring: bool) -> Iterator[tuple[int, int]]:
    """The places that are beside each other, around a corner too."""
    yield from ((place, place + 1) for place in range(size - 1))
    if is_ring and size > 2:
        yield size - 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """How far a plan leaves the order: places left empty, parties and persons that stand before others of theirs."""

    gaps: int = 0
    parties: int = 0
    persons: int = 0

    @property
    def is_none(self) -> bool:
        """Whether everyone sits as the order says."""
        return not (self.gaps or self.parties or self.persons)


class Filled(NamedTuple):
    """Who sits on each place, as an index of a guest, or None; and how far that leaves the order."""

    places: tuple[int | None, ...]
    deviation: Deviation


class _Block(NamedTuple):
    """The people of one party, who sit together: those of whom as persons nothing is said, and the others."""

    quiet: tuple[int, ...]
    told: tuple[int, ...]
    observes: bool
    is_hard: bool

    @property
    def everyone_told(self) -> int:
        return (1 << len(self.told)) - 1

    def waiting(self, quiet: int, told: int) -> list[int]:
        """Who does not sit yet, when so many of the quiet and these of the others do."""
        return [*self.quiet[quiet:], *(one for bit, one in enumerate(self.told) if not told >> bit & 1)]


class _State(NamedTuple):
    """A half-made plan, as far as it matters for the rest."""

    #: How many of the blocks that nothing is said about were begun already, and which of the others.
    easy: int = 0
    hard: int = 0
    #: The block that is being seated; how many of its quiet people sit already, and which of the others.
    block: int = _NOBODY
    quiet: int = 0
    told: int = 0
    #: Whoever sits on the place before and on the first one, if anything is said about them.
    last: int = _NOBODY
    first: int = _NOBODY
    #: Interpreters who still sit down to the left of whoever sat down last; places that are taken in all.
    owed: int = 0
    taken: int = 0


_Way = dict[_State, tuple[_State, int | None]]


class Row:
    """Places in a row or a ring, some taken beforehand, and the guests who wait for the others."""

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
        """`fixed`: guests by place, None for an interpreter; `left`: how many interpreters a guest has to the left."""
        self.guests, self.size, self.is_ring, self.apart = guests, size, is_ring, apart
        self.fixed, self.left = fixed or {}, left or {}
        named = {one for pair in apart for one in pair}
        self._told = [guest.person in named for guest in guests]
        self._same_as = self._spokesmen(named)
        seated = {index for index in self.fixed.values() if index is not None}
        waiting = [index for index in range(len(guests)) if index not in seated]
        sides = groupby(waiting, lambda index: (guests[index].observes, guests[index].party))
        self._blocks = [self._block(list(block)) for _side, block in sides]
        self._easy = [number for number, block in enumerate(self._blocks) if not block.is_hard]
        self._hard = [number for number, block in enumerate(self._blocks) if block.is_hard]
        self._clashes: dict[tuple[int, int], int] = {}
        self._begins: dict[tuple[int, int], list[tuple[int, int, int, bool, int]]] = {}
        self._follows: dict[tuple[int, int, int], list[tuple[int, int, int, int]]] = {}
        self._needed = sum(1 + self.left.get(index, 0) for index in waiting)

    def _spokesmen(self, named: set[UUID]) -> list[int]:
        """For each guest one of whom the same is said; nobody where nothing is."""
        first: dict[UUID, int] = {}
        return [
            index if told else first.setdefault(guest.party, index) if guest.party in named else _NOBODY
            for index, (guest, told) in enumerate(zip(self.guests, self._told, strict=True))
        ]

    def _block(self, people: list[int]) -> _Block:
        return _Block(
            quiet=tuple(index for index in people if not self._told[index]),
            told=tuple(index for index in people if self._told[index]),
            observes=self.guests[people[0]].observes,
            is_hard=any(self._same_as[index] != _NOBODY for index in people),
        )

    def fill(self) -> Filled:
        """The places with everyone on them, leaving the order as little as can be; always the same for the same."""
        layer: dict[_State, int] = {_State(): 0}
        ways: list[_Way] = []
        open_before, spare = 0, self.size - len(self.fixed) - self._needed
        # Those of a pair meet in two spots at most, so that more places left empty between people part nobody.
        gaps = min(spare, 2 * len(self.apart))
        for place in range(self.size):
            found: dict[_State, int] = {}
            way: _Way = {}
            for state, cost in layer.items():
                for index, then, more in self._steps(state, place, state.taken - open_before + gaps):
                    if then not in found or cost + more < found[then]:
                        found[then], way[then] = cost + more, (state, index)
            ways.append(way)
            layer = dict(sorted(found.items(), key=lambda entry: (entry[1], entry[0]))[:_PURSUED])
            open_before += place not in self.fixed
        return self._walk_back(layer, ways)

    def _walk_back(self, layer: Mapping[_State, int], ways: list[_Way]) -> Filled:
        def whole(state: _State) -> tuple[int, _State]:
            across = self._clash(state.last, state.first) if self.is_ring and self.size > 2 else 0
            return layer[state] + across, state

        state = min((one for one in layer if self._all_seated(one)), key=whole)
        cost = whole(state)[0] % _TOGETHER
        places: list[int | None] = []
        for way in reversed(ways):
            state, index = way[state]
            places.append(index)
        left = Deviation(gaps=cost // _GAP, parties=cost % _GAP // _PARTIES, persons=cost % _PARTIES)
        return Filled(tuple(reversed(places)), left)

    def _clash(self, one: int, other: int) -> int:
        if one == _NOBODY or other == _NOBODY:
            return 0
        known = self._clashes.get((one, other))
        if known is None:
            clash = may_not_sit_together(self.guests[one], self.guests[other], self.apart)
            known = self._clashes[one, other] = _TOGETHER if clash else 0
        return known

    def _steps(self, state: _State, place: int, gaps: int) -> Iterator[tuple[int | None, _State, int]]:
        """Who may take the place next, what is left to do then, and what it costs."""
        if place in self.fixed:
            index = self.fixed[place]
            same = _NOBODY if index is None else self._same_as[index]
            yield index, self._sat(state, place, same), self._clash(state.last, same)
        elif state.owed:
            yield None, self._sat(state, place)._replace(owed=state.owed - 1, taken=state.taken + 1), 0
        else:
            all_seated = self._all_seated(state)
            if all_seated or gaps > 0:
                yield None, self._sat(state, place), 0 if all_seated else _GAP
            yield from self._guests(state, place)

    def _guests(self, state: _State, place: int) -> Iterator[tuple[int, _State, int]]:
        """The guests who may take the place next; said without detours, for it is said a hundred thousand times."""
        for easy, hard, block, is_begun, passed_blocks in self._open_blocks(state):
            quiet, told = (state.quiet, state.told) if is_begun else (0, 0)
            for index, then_quiet, then_told, passed in self._next_of(block, quiet, told):
                same = self._same_as[index]
                first = same if place == 0 and self.is_ring else state.first
                owed = self.left.get(index, 0)
                then = _State(easy, hard, block, then_quiet, then_told, same, first, owed, state.taken + 1)
                yield index, then, passed_blocks + passed + self._clash(state.last, same)

    def _sat(self, state: _State, place: int, same: int = _NOBODY) -> _State:
        return state._replace(last=same, first=same if place == 0 and self.is_ring else state.first)

    def _all_seated(self, state: _State) -> bool:
        every = (1 << len(self._hard)) - 1
        return state.easy == len(self._easy) and state.hard == every and self._is_done(state) and not state.owed

    def _is_done(self, state: _State) -> bool:
        if state.block == _NOBODY:
            return True
        block = self._blocks[state.block]
        return state.quiet == len(block.quiet) and state.told == block.everyone_told

    def _open_blocks(self, state: _State) -> Iterable[tuple[int, int, int, bool, int]]:
        """The block that is being seated, or those that may begin; with what it costs to pass over earlier ones."""
        if not self._is_done(state):
            return ((state.easy, state.hard, state.block, True, 0),)
        return self._may_begin(state.easy, state.hard)

    def _may_begin(self, easy: int, hard: int) -> list[tuple[int, int, int, bool, int]]:
        """Blocks that nothing is said about keep their order: to change it would help nobody."""
        known = self._begins.get((easy, hard))
        if known is not None:
            return known
        bits = {number: 1 << bit for bit, number in enumerate(self._hard)}
        waiting_hard = [number for number in self._hard if not hard & bits[number]]
        waiting = sorted(self._easy[easy:] + waiting_hard)
        found = []
        for number in sorted(self._easy[easy : easy + 1] + waiting_hard):
            if self._blocks[number].observes == self._blocks[waiting[0]].observes:
                is_hard = self._blocks[number].is_hard
                after = (easy, hard | bits[number]) if is_hard else (easy + 1, hard)
                found.append((*after, number, False, waiting.index(number) * _PARTIES))
        return self._begins.setdefault((easy, hard), found)

    def _next_of(self, number: int, quiet: int, told: int) -> list[tuple[int, int, int, int]]:
        """Who of the block may sit down next; with what it costs to pass over earlier ones of it."""
        known = self._follows.get((number, quiet, told))
        if known is not None:
            return known
        block = self._blocks[number]
        waiting = sorted(block.waiting(quiet, told))
        found = []
        if quiet < len(block.quiet):
            index = block.quiet[quiet]
            found.append((index, quiet + 1, told, waiting.index(index) * _PERSONS))
        for bit, index in enumerate(block.told):
            if not told >> bit & 1:
                found.append((index, quiet, told | 1 << bit, waiting.index(index) * _PERSONS))
        return self._follows.setdefault((number, quiet, told), found)
