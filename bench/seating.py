"""How long it takes to seat a full table on which several are kept apart."""

import time
from uuid import NAMESPACE_OID, uuid5

from bench.figures import Figure
from dialogues.onsite.seating.rules.order import Guest
from dialogues.onsite.seating.rules.plans import SeatingOptions, seat

#: Of nine parties with five people each, whom to keep apart: parties by their letter, persons with a number.
_APART = ("a b", "b c", "c d", "d e", "e f", "a i", "a1 d1", "b5 g1", "h2 h3", "g5 i1", "e1 e2")


def seating_time() -> Figure:
    """The slowest of three tables of 45 in a hollow square of 48 places."""
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
    apart = frozenset(frozenset(uuid5(NAMESPACE_OID, one) for one in pair.split()) for pair in _APART)
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
