"""Decisions about seating, on given facts."""

from dialogues.seating.rules.happenings import SeatingPlanned, SeatingPrepared
from dialogues.seating.rules.kinds import (
    WORDS,
    Chair,
    HeadPlaces,
    InterpreterPlace,
    ObserverPlaces,
    Place,
    TableForm,
    at_table,
    place_of,
)
from dialogues.seating.rules.moves import Move, Spot, moves, spots
from dialogues.seating.rules.names import StyledName, script_language, styled
from dialogues.seating.rules.order import Apart, Deviation, Guest, may_not_sit_together, neighbours
from dialogues.seating.rules.picture import Drawing, draw
from dialogues.seating.rules.plans import Interpreting, Seated, TableWish, exchanged, seat, together

__all__ = [
    "WORDS",
    "Apart",
    "Chair",
    "Deviation",
    "Drawing",
    "Guest",
    "HeadPlaces",
    "InterpreterPlace",
    "Interpreting",
    "Move",
    "ObserverPlaces",
    "Place",
    "Seated",
    "SeatingPlanned",
    "SeatingPrepared",
    "Spot",
    "StyledName",
    "TableForm",
    "TableWish",
    "at_table",
    "draw",
    "exchanged",
    "may_not_sit_together",
    "moves",
    "neighbours",
    "place_of",
    "script_language",
    "seat",
    "spots",
    "styled",
    "together",
]
