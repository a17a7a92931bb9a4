"""Seats, waiting lists and the moment when lists open, on given facts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from dialogues.common.refusal import N_, Refusal
from dialogues.meetings.rules import Capacity, NameOrder
from dialogues.participants.rules.standing import GONE, ParticipationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominee:
    """Someone whom a party names, as written by its focal point; many have no e-mail address."""

    name: str
    native: str = ""
    family: str = ""
    given: str = ""
    name_order: NameOrder = NameOrder.GIVEN_FIRST
    email: str = ""
    capacity: Capacity = Capacity.PARTICIPANT
    affiliation: str = ""


def free_seat(taken: Collection[int]) -> int:
    """The lowest seat that nobody has."""
    return next(seat for seat in range(1, len(taken) + 2) if seat not in taken)


def has_room(seats: int | None, taken: int) -> bool:
    """Whether one more finds a seat; where none are counted there is always one."""
    return seats is None or taken < seats


def status_on_seat(*, has_lodged: bool, has_address: bool) -> ParticipationStatus:
    """Where someone stands who has just got a seat: invited once the party has lodged, if a letter can reach them."""
    return ParticipationStatus.INVITED if has_lodged and has_address else ParticipationStatus.NOMINATED


def is_due(sealed_until: datetime | None, lodged: Iterable[bool], now: datetime) -> bool:
    """Whether sealed lists are to open: at the moment that was fixed, or once every party has lodged."""
    if sealed_until is not None:
        return sealed_until <= now
    everyone = list(lodged)
    return bool(everyone) and all(everyone)


#: In these a nominee's words are still the focal point's; whoever has accepted speaks for themself.
STILL_THE_PARTYS = frozenset({ParticipationStatus.NOMINATED, ParticipationStatus.WAITING, ParticipationStatus.INVITED})


def refuse_gone(status: ParticipationStatus) -> None:
    """:raises Refusal: the person does not come any more."""
    if status in GONE:
        raise Refusal(N_("This person is not coming already: nothing was changed."))


def refuse_past(moment: datetime, now: datetime) -> None:
    """:raises Refusal: the moment at which lists open is not to come."""
    if moment <= now:
        raise Refusal(N_("This moment is past: choose one that is still to come."), field="moment")
