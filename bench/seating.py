"""Time to seat a full table with several pairs kept apart."""

import time
from uuid import NAMESPACE_OID, uuid5

from bench.figures import Figure
from dialogues.onsite.seating.rules.order import Guest
from dialogues.onsite.seating.rules.plans import SeatingOptions, seat

#: Pairs to keep apart, of nine parties with five people each: a letter is a party, with a number a person.
_APART = ("a b", "b c", "c d", "d e", "e f", "a i", "a1 d1", "b5 g1", "h2 h3", "g5 i1", "e1 e2")


def seating_time() -> Figure:
    """The slowest of three tables of 45 people with 45, 48 and 52 places."""
    people = [(party, f"{party}{number}") for party in "abcdefghi" for number in range(1, 6)]
    guests = [
        Guest(
            id=uuid5(NAMESPACE_OID, f"seat {name}"),
            person=uuid5(NAMESPACE_OID, name),
            party=uuid5(NAMESPACE_OID, party),
            is_head=name in {"c3", "f2"},
        )
        for party, name in people
    ]
    apart = frozenset(frozenset(uuid5(NAMESPACE_OID, name) for name in pair.split()) for pair in _APART)
    slowest = 0.0
    for places in (45, 48, 52):
        began = time.perf_counter()
        seated = seat(guests, SeatingOptions(places=places), apart)
        slowest = max(slowest, time.perf_counter() - began)
    return Figure(
        f"seating of {len(guests)}, {len(_APART)} pairs kept apart",
        slowest,
        "s",
        f"{len(seated.places)} places filled",
        2,
        "at most",
    )
