"""Capacities and seats by kind of party."""

from collections.abc import Mapping

from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind


def refuse_capacity(kind: PartyKind, capacity: Capacity) -> None:
    """:raises Refusal: people of a party of this kind cannot have that capacity."""
    if capacity not in kind.capacities:
        raise Refusal(
            N_("An observing organisation has no participants. Choose observer, special observer or resource person."),
            field="capacity",
        )


def seats_for(kind: PartyKind, seats: Mapping[str, int]) -> dict[str, int]:
    """Return the seats without capacities that this kind of party cannot have; keys are values of `Capacity`."""
    return {capacity: number for capacity, number in seats.items() if Capacity(capacity) in kind.capacities}
