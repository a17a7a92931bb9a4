"""The access matrix, transcribed by hand from the field's practice page; never derived from policy.py.

E edit, R read, D own party only, O own record only, A aggregate, S sealed line, - nothing. A T after the letter: interpreters,
within their window. An X: once the lists are exchanged. An I: restricted sessions only if invited or assigned.
A P: sessions open to observers. An L: times and places only. A C: if the meeting's rules say so. Everyone counts once they
have accepted.
"""

PERSONAS = {
    "host lead": "st-host",
    "coordinator": "st-coord",
    "co-chair": "ch1",
    "focal point": "kr1",
    "participant": "us4",
    "observer": "xo2",
    "interpreter": "in-ko1",
    "rapporteur": "st-rap1",
    "archivist": "st-arch",
    "travel desk": "st-travel",
}

_COLUMNS = tuple(PERSONAS)

# fmt: off
_MATRIX = """
object                       | host lead | coordinator | co-chair | focal point | participant | observer | interpreter | rapporteur | archivist | travel desk
existence of a meeting       | R         | R           | R        | R           | R           | R        | RT          | R          | R         | R
agenda, draft                | E         | E           | E        | -           | -           | -        | -           | -          | -         | -
agenda, released             | R         | R           | R        | RI          | RI          | RP       | RTI         | RI         | RI        | RL
agenda, release              | -         | E           | -        | -           | -           | -        | -           | -          | -         | -
nominations before exchange  | R         | E           | -        | D           | O           | O        | -           | -          | -         | -
participants after exchange  | RX        | EX          | RX       | RX          | RX          | RXC      | RTX         | RX         | SX        | RX
registration, plain fields   | R         | E           | -        | D           | O           | O        | O           | -          | -         | R
raw notes                    | -         | -           | -        | -           | -           | -        | -           | EO         | -         | -
draft summary                | -         | R           | E        | -           | -           | -        | -           | EO         | -         | -
filed summary before gate    | R         | R           | R        | -           | -           | -        | -           | R          | -         | -
practical page               | R         | E           | R        | R           | R           | R        | RT          | R          | -         | E
record, open                 | R         | R           | R        | R           | R           | RC       | -           | R          | E         | -
record, embargoed            | S         | S           | -        | -           | -           | -        | -           | -          | S         | -
letters owed                 | -         | R           | -        | -           | -           | -        | -           | -          | -         | -
own calendar                 | O         | O           | O        | O           | O           | OP       | OT          | O          | -         | OL
audit log                    | R         | -           | -        | O           | O           | O        | O           | -          | -         | -
roles, seen                  | R         | R           | -        | -           | -           | -        | -           | -          | -         | -
roles, granted               | -         | E           | -        | -           | -           | -        | -           | -          | -         | -
meeting, settings            | -         | E           | -        | -           | -           | -        | -           | -          | -         | -
"""
# fmt: on


def _read() -> dict[str, dict[str, str]]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in _MATRIX.strip().splitlines()]
    if tuple(head[1:]) != _COLUMNS:
        raise ValueError("The columns of the oracle are not the personas in order.")
    return {row[0]: dict(zip(_COLUMNS, row[1:], strict=True)) for row in rows}


MATRIX = _read()


def cell(row: str, persona: str) -> str:
    """What the practice page says of that object for that persona."""
    return MATRIX[row][persona]
