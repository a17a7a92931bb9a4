"""Seat rules."""

from collections.abc import Collection

from dialogues.people.participants.rules.standing import ParticipationStatus


def free_seat(taken: Collection[int]) -> int:
    """Returns the lowest free seat number, counted from 1."""
    return next(seat for seat in range(1, len(taken) + 2) if seat not in taken)


def has_room(seats: int, taken: int) -> bool:
    return taken < seats


def status_on_seat(*, has_submitted: bool, has_address: bool) -> ParticipationStatus:
    """Returns the status of a person who just got a seat: invited if the list is submitted and an email is possible."""
    return ParticipationStatus.INVITED if has_submitted and has_address else ParticipationStatus.NOMINATED
