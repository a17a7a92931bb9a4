"""Who is admitted to a session: what follows from a role, and what from being named in it."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from dialogues.agenda.rules.words import Admits
from dialogues.policy import Role

#: Those who sit at the table by their role; rapporteurs and interpreters are admitted where they are named.
_AT_THE_TABLE = frozenset({Role.HOST_LEAD, Role.COORDINATOR, Role.CO_CHAIR, Role.FOCAL_POINT, Role.PARTICIPANT})


def open_to(roles: Iterable[Role]) -> frozenset[Admits]:
    """The kinds of admission that let in someone with these roles who is not named in the session.

    An observer who speaks for a party gains nothing here: that adds nominations and travel, no substance.
    """
    held = frozenset(roles)
    if Role.OBSERVER in held:
        held -= {Role.FOCAL_POINT}
    if held & _AT_THE_TABLE:
        return frozenset({Admits.PARTICIPANTS, Admits.OBSERVERS_TOO})
    if Role.OBSERVER in held:
        return frozenset({Admits.OBSERVERS_TOO})
    return frozenset()


def admitted(admits: Admits, roles: Iterable[Role], *, named: bool) -> bool:
    """Whether a person is admitted: named in the session in whatever part, or let in by role."""
    return named or admits in open_to(roles)


def expected(admits: Admits, named: Collection[UUID], roles: Mapping[UUID, frozenset[Role]]) -> int:
    """How many people a room must hold: everyone who is admitted, staff included."""
    return sum(admitted(admits, held, named=person in named) for person, held in roles.items())
