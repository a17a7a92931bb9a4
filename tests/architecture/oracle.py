"""The access matrix, transcribed by hand from the field's practice page; never derived from policy.py.

E edit, R read, D own party only, O own record only, A aggregate, S sealed line, - nothing. After the letter, T: within
an interpreter's window; X: once the lists are exchanged; I: restricted sessions only if invited or assigned; P:
sessions open to observers; L: times and places only; C: if the meeting's rules say so. A right counts once it is
accepted, a restriction once it is offered. X holds for people of a party once it has submitted its own list. The time
of the exchange takes two of those with E: tests/architecture/decisions/ has the ways around all three.
"""

PERSONAS = {
    "host lead": "st-host",
    "coordinator": "st-coord",
    "co-chair": "ch1",
    "focal point": "kr1",
    "participant": "us4",
    "observer": "xo2",
    "interpreter": "in-ko1",
    "rapporteur": "st-rap2",
    "archivist": "st-arch",
    "liaison desk": "st-travel",
}


#: Personas also tested with an invitation link: a participant, two with another role as well, and an observer.
INVITED = ("us4", "ch1", "kr1", "xo2")


#: Personas with a second role in TRD-1 in the sample.
ALSO = {"co-chair": "participant", "focal point": "participant"}


_COLUMNS = tuple(PERSONAS)


# fmt: off
_MATRIX = """
object                      | host | coord | chair | focal | part | obs | inter | rapp | arch | desk
existence of a meeting      | R    | R     | R     | R     | R    | R   | RT    | R    | R    | R
agenda, draft               | E    | E     | E     | -     | -    | -   | -     | -    | -    | -
agenda, released            | R    | R     | R     | RI    | RI   | RP  | RTI   | RI   | RI   | RL
agenda, release             | -    | E     | -     | -     | -    | -   | -     | -    | -    | -
nominations before exchange | R    | E     | -     | D     | O    | O   | -     | -    | -    | -
participants after exchange | RX   | EX    | RX    | RX    | RX   | RXC | RTX   | RX   | SX   | RX
registration, plain fields  | R    | E     | -     | D     | O    | O   | O     | -    | -    | R
questions by coordinator    | -    | E     | -     | -     | -    | -   | -     | -    | -    | -
answers, coordinator        | -    | R     | -     | -     | O    | O   | -     | -    | -    | -
answers, focal point        | -    | R     | -     | D     | O    | O   | -     | -    | -    | -
answers, liaison desk       | -    | R     | -     | -     | O    | O   | -     | -    | -    | R
passport, visa: status      | -    | R     | -     | D     | O    | O   | O     | -    | -    | R
passport, visa: content     | -    | -     | -     | -     | O    | O   | O     | -    | -    | E
passport, visa: entering    | -    | -     | -     | D     | O    | O   | O     | -    | -    | E
diet, access, medical       | -    | -     | -     | D     | O    | O   | O     | -    | -    | R
certificates of destruction | R    | R     | -     | -     | -    | -   | -     | -    | R    | R
attendance record           | -    | S     | -     | -     | -    | -   | -     | -    | S    | E
parties' submission         | R    | E     | -     | D     | -    | -   | -     | -    | -    | -
seats and capacities, decided | -  | E     | -     | -     | -    | -   | -     | -    | -    | -
time of the exchange        | -    | E     | E     | -     | -    | -   | -     | -    | -    | -
balance                     | RX   | R     | RX    | -     | -    | -   | -     | -    | -    | -
plates and speaking list    | RX   | R     | RX    | -     | -    | -   | -     | -    | -    | RX
seating                     | RX   | E     | RX    | RX    | RX   | RXC | RTX   | RX   | -    | RX
raw notes                   | -    | -     | -     | -     | -    | -   | -     | EO   | -    | -
draft summary               | -    | R     | E     | -     | -    | -   | -     | EO   | -    | -
filed summary before gate   | R    | R     | R     | -     | -    | -   | -     | R    | -    | -
practical page              | R    | E     | R     | R     | R    | R   | RT    | R    | -    | E
record, open                | R    | R     | R     | R     | R    | RC  | -     | R    | E    | -
record, embargoed           | S    | S     | -     | -     | -    | -   | -     | -    | S    | -
queued emails               | -    | R     | -     | -     | -    | -   | -     | -    | -    | -
own calendar                | O    | O     | O     | O     | O    | OP  | OT    | O    | -    | OL
audit log                   | R    | -     | -     | O     | O    | O   | O     | -    | -    | -
roles, seen                 | R    | R     | -     | -     | -    | -   | -     | -    | -    | -
roles, granted              | -    | E     | -     | -     | -    | -   | -     | -    | -    | -
meeting, settings           | -    | E     | -     | -     | -    | -   | -     | -    | -    | -
"""
# fmt: on


def _read() -> dict[str, dict[str, str]]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in _MATRIX.strip().splitlines()]
    if len(head) != len(_COLUMNS) + 1:
        raise ValueError("The oracle has a column for each persona.")
    return {row[0]: dict(zip(_COLUMNS, row[1:], strict=True)) for row in rows}


MATRIX = _read()


def cells(row: str, persona: str) -> tuple[str, ...]:
    """The rights on that object in the practice page, for each role of the persona."""
    roles = (persona, ALSO[persona]) if persona in ALSO else (persona,)
    return tuple(MATRIX[row][role] for role in roles)
