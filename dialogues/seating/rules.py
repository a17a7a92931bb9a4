"""Decisions about seating, on given facts."""

from enum import Enum

from dialogues.common.refusal import N_


class TableForm(Enum):
    """How the tables stand."""

    HOLLOW_SQUARE = "hollow_square"
    ROUND = "round"
    U = "u"


WORDS: dict[Enum, str] = {
    TableForm.HOLLOW_SQUARE: N_("hollow square"),
    TableForm.ROUND: N_("round table"),
    TableForm.U: N_("U"),
}
