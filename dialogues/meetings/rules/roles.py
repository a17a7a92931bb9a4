"""Decisions about roles."""

from dialogues.common.refusal import N_, Refusal
from dialogues.policy import Role

#: What a coordinator offers by hand; participants and observers are invited instead.
OFFERED_ROLES = tuple(role for role in Role if role not in {Role.PARTICIPANT, Role.OBSERVER})


def refuse_last_coordinator(role: Role, others: int) -> None:
    """:raises Refusal: nobody would be left to run the dialogue."""
    if role is Role.COORDINATOR and others == 0:
        raise Refusal(
            N_(
                "The dialogue would be left without a coordinator: offer the role to someone else first, "
                "and wait for the acceptance."
            )
        )
