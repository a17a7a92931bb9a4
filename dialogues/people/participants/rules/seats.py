"""Seats, waiting lists and the moment when lists open, on given facts."""

from collections.abc import Collection

from dialogues.people.participants.rules.standing import ParticipationStatus


def free_seat(taken: Collection[int]) -> int:
    """The lowest seat that nobody has."""
    return next(seat for seat in range(1, len(taken) + 2) if seat not in taken)


def has_room(seats: int, taken: int) -> bool:
    """Whether one more finds a seat."""
    return taken < seats


def status_on_seat(*, has_submitted: bool, has_address: bool) -> ParticipationStatus:
    """Where someone stands who has just got a seat: invited once the party has lodged, if a letter can reach them."""
    return ParticipationStatus.INVITED if has_submitted and has_address else ParticipationStatus.NOMINATED
