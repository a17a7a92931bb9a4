"""Kinds of tables and places, with their labels."""

from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from dialogues.lib.refusal import N_


class TableForm(Enum):
    HOLLOW_SQUARE = "hollow_square"
    ROUND = "round"
    U = "u"

    @property
    def is_closed(self) -> bool:
        """Whether the last place is next to the first."""
        return self is not TableForm.U


class HeadPlaces(Enum):
    """Where the co-chairs sit; depends on the practice of the host."""

    TOGETHER = "together"
    FACING = "facing"
    AMONG = "among"


class ObserverPlaces(Enum):
    SECOND_ROW = "second_row"
    AT_END = "at_end"


class InterpreterPlace(Enum):
    BOOTH = "booth"
    BEHIND = "behind"
    LEFT = "left"


class Chair(Enum):
    """Kind of a place: at the table, in the second row, behind someone, or in a booth."""

    TABLE = "table"
    SECOND_ROW = "second_row"
    BEHIND = "behind"
    BOOTH = "booth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of a plan, with ids only; names are loaded for each viewer."""

    chair: Chair = Chair.TABLE
    #: Participation id; None if the place is empty or an interpreter's.
    guest: UUID | None = None
    #: Person id of an interpreter, and participation id of the person they sit with.
    interpreter: UUID | None = None
    beside: UUID | None = None
    is_head: bool = False

    @property
    def is_empty(self) -> bool:
        return self.guest is None and self.interpreter is None

    def as_row(self) -> dict[str, Any]:
        """Return the place as stored in JSON."""
        ids = {"guest": self.guest, "interpreter": self.interpreter, "beside": self.beside}
        stored = {"chair": self.chair.value, **{name: str(one) for name, one in ids.items() if one is not None}}
        return stored | ({"head": True} if self.is_head else {})


def place_of(row: dict[str, Any]) -> Place:
    """Return a place from its stored JSON."""

    def one(name: str) -> UUID | None:
        return UUID(row[name]) if name in row else None

    return Place(
        chair=Chair(row["chair"]),
        guest=one("guest"),
        interpreter=one("interpreter"),
        beside=one("beside"),
        is_head=row.get("head", False),
    )


def at_table(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Return the places at the table, clockwise from the head."""
    return tuple(place for place in places if place.chair is Chair.TABLE)


WORDS: dict[Enum, str] = {
    TableForm.HOLLOW_SQUARE: N_("hollow square"),
    TableForm.ROUND: N_("round table"),
    TableForm.U: N_("U"),
    HeadPlaces.TOGETHER: N_("side by side at the head of the table"),
    HeadPlaces.FACING: N_("facing each other"),
    HeadPlaces.AMONG: N_("among the people of their parties"),
    ObserverPlaces.SECOND_ROW: N_("in a second row"),
    ObserverPlaces.AT_END: N_("at the table, after all others"),
    InterpreterPlace.BOOTH: N_("in a booth"),
    InterpreterPlace.BEHIND: N_("on a chair behind"),
    InterpreterPlace.LEFT: N_("at the table, to the left of"),
    Chair.TABLE: N_("at the table"),
    Chair.SECOND_ROW: N_("second row"),
    Chair.BEHIND: N_("on a chair behind"),
    Chair.BOOTH: N_("in a booth"),
}
