"""Decisions about roles."""

from collections.abc import Mapping

from dialogues.common.refusal import N_, Refusal
from dialogues.meetings.rules.kinds import Capacity, PartyKind
from dialogues.policy import Role

#: What a coordinator offers by hand; participants and observers are invited instead.
OFFERED_ROLES = tuple(role for role in Role if role not in {Role.PARTICIPANT, Role.OBSERVER})


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


def refuse_last_coordinator(role: Role, others: int) -> None:
    """:raises Refusal: nobody would be left to run the dialogue."""
    if role is Role.COORDINATOR and others == 0:
        raise Refusal(
            N_(
                "The dialogue would be left without a coordinator: offer the role to someone else first, "
                "and wait for the acceptance."
            )
        )
