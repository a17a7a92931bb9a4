"""Seat rules."""

from collections.abc import Collection


def free_seat(taken: Collection[int]) -> int:
    """Returns the lowest free seat number, counted from 1."""
    return next(seat for seat in range(1, len(taken) + 2) if seat not in taken)


def has_room(seats: int, taken: int) -> bool:
    return taken < seats
