"""Kinds of tables and places, with their labels."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_


class TableForm(Labelled):
    HOLLOW_SQUARE = "hollow_square", N_("hollow square")
    ROUND = "round", N_("round table")
    U = "u", N_("U")

    @property
    def is_closed(self) -> bool:
        """Whether the last place is next to the first."""
        return self is not TableForm.U


class HeadPlaces(Labelled):
    """Where the co-chairs sit; depends on the practice of the host."""

    TOGETHER = "together", N_("side by side at the head of the table")
    FACING = "facing", N_("facing each other")
    AMONG = "among", N_("among the people of their parties")


class ObserverPlaces(Labelled):
    SECOND_ROW = "second_row", N_("in a second row")
    AT_END = "at_end", N_("at the table, after all others")


class InterpreterPlace(Labelled):
    BOOTH = "booth", N_("in a booth")
    BEHIND = "behind", N_("on a chair behind")
    LEFT = "left", N_("at the table, to the left of")


class Chair(Labelled):
    """Kind of a place: at the table, in the second row, behind someone, or in a booth."""

    TABLE = "table", N_("at the table")
    SECOND_ROW = "second_row", N_("second row")
    BEHIND = "behind", N_("on a chair behind")
    BOOTH = "booth", N_("in a booth")


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

    def as_row(self) -> dict[str, Any]:
        ids = {name: str(getattr(self, name)) for name in _IDS if getattr(self, name) is not None}
        return {"chair": self.chair.value, **ids, **({"head": True} if self.is_head else {})}


_IDS = ("guest", "interpreter", "beside")


def place_of(row: dict[str, Any]) -> Place:
    ids = {name: UUID(row[name]) for name in _IDS if name in row}
    return Place(chair=Chair(row["chair"]), is_head=row.get("head", False), **ids)
