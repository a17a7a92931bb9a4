"""How evenly a meeting is shared: seats and parts by party, and genders of the whole that tell nothing of anyone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from dialogues.agenda.rules.words import Part
from dialogues.participants.rules.target import is_over

#: Fewer people than these are not told apart.
FEWEST = 5

Cell = TypeVar("Cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a party has of a meeting: full participants only; staff, interpreters and observers never count."""

    party_id: UUID
    code: str
    name: str
    taken: int
    target: int | None
    leads: int
    chairing: int

    @property
    def is_over(self) -> bool:
        """Whether the party has more seats than are meant for each."""
        return is_over(self.taken, self.target)

    @property
    def speaking(self) -> int:
        """At how many slots one of its people is set to speak, chairing or leading in."""
        return self.leads + self.chairing

    @property
    def figure(self) -> str:
        """Seats taken of those meant."""
        return str(self.taken) if self.target is None else f"{self.taken}/{self.target}"


def parts_by_party(parts: Iterable[tuple[UUID, Part]], party_of: Mapping[UUID, UUID], part: Part) -> dict[UUID, int]:
    """How often each party has that part in a session; whoever is no full participant has none."""
    counts: dict[UUID, int] = {}
    for person, theirs in parts:
        if theirs is part and person in party_of:
            counts[party_of[person]] = counts.get(party_of[person], 0) + 1
    return counts


def told_apart(counts: Mapping[Cell, int], parties: int) -> dict[Cell, int | None]:
    """The counts of a whole that may be told: None for cells under five, and for the next larger ones with them.

    Beside the hidden cells their sum is known, from the total. With the smallest cell of five or more among them, and
    every cell equal to it, it cannot be told which of them is which. With fewer than two parties, the whole would be
    a party: nothing is told.
    """
    if parties < 2:
        return dict.fromkeys(counts)
    if all(count >= FEWEST for count in counts.values()):
        return dict(counts)
    next_larger = min((count for count in counts.values() if count >= FEWEST), default=0)
    return {cell: count if count > max(next_larger, FEWEST - 1) else None for cell, count in counts.items()}
