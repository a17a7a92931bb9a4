"""Seat rules."""

from collections.abc import Collection

from dialogues.lib.refusal import N_, Refusal


def free_seat(taken: Collection[int]) -> int:
    """Returns the lowest free seat number, counted from 1."""
    return next(seat for seat in range(1, len(taken) + 2) if seat not in taken)


def has_room(seats: int, taken: int) -> bool:
    return taken < seats


def is_over(taken: int, target: int | None) -> bool:
    """Whether a party has more participants than its number of seats; False if no number is set."""
    return target is not None and taken > target


def over_target(party: str, taken: int, target: int | None) -> Refusal | None:
    """Returns a warning text as a `Refusal` that is shown but never raised; None if the party is within its seats."""
    if target is None or not is_over(taken, target):
        return None
    return Refusal(
        N_("%(party)s has %(taken)s people on %(target)s seats: more than is meant for each."),
        party=party,
        taken=str(taken),
        target=str(target),
    )
