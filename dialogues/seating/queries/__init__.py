"""Reads about seating, always for a viewer."""

from dialogues.seating.queries.apart import Pair, Separable, apart, pair, pairs, separable
from dialogues.seating.queries.people import Face, Plate, Sitter, faces, interpreters, plates, sitters, who_sits
from dialogues.seating.queries.plans import (
    Holder,
    NamedMove,
    PlanPage,
    Proposal,
    Seat,
    newest,
    numbers,
    plan,
    proposal,
    stored_places,
)
from dialogues.seating.queries.visibility import visible, visible_pairs

__all__ = [
    "Face",
    "Holder",
    "NamedMove",
    "Pair",
    "PlanPage",
    "Plate",
    "Proposal",
    "Seat",
    "Separable",
    "Sitter",
    "apart",
    "faces",
    "interpreters",
    "newest",
    "numbers",
    "pair",
    "pairs",
    "plan",
    "plates",
    "proposal",
    "separable",
    "sitters",
    "stored_places",
    "visible",
    "visible_pairs",
    "who_sits",
]
