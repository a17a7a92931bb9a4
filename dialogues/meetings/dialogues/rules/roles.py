"""Decisions about roles."""

from collections.abc import Mapping

from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind


def refuse_capacity(kind: PartyKind, capacity: Capacity) -> None:
    """:raises Refusal: people of a party of this kind do not have that capacity."""
    if capacity not in kind.capacities:
        raise Refusal(
            N_("An observing organisation has no participants. Choose observer, special observer or resource person."),
            field="capacity",
        )


def seats_for(kind: PartyKind, seats: Mapping[str, int]) -> dict[str, int]:
    """The numbers of seats that a party of this kind can have, by the word of a capacity."""
    return {word: number for word, number in seats.items() if Capacity(word) in kind.capacities}
