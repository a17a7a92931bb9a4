"""Nominating, changing and submitting send the same statements for free and for used addresses."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from dialogues.core.common import clock
from dialogues.extensions import db
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.rules import Nominee
from tests.cast import Cast
from tests.people.nominations.test_nominating import SOMEBODYS, nominate_for, version_of, viewer, with_seats

pytestmark = pytest.mark.engine


@pytest.fixture
def kinds_of_statements(cast: Cast) -> Callable[[Callable[[], Any]], list[str]]:  # noqa: ARG001  its context holds the engine
    """The kind and table of each statement that a call sends, in order; columns are left out."""
    sent: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        table = re.search(r"\b(?:FROM|INTO|UPDATE) (\w+)", statement)
        if table is not None:
            sent.append(f"{statement.split(maxsplit=1)[0]} {table[1]}")

    def record(call: Callable[[], Any]) -> list[str]:
        sent.clear()
        call()
        return list(sent)

    return record


@pytest.mark.parametrize("somebodys", SOMEBODYS)
@pytest.mark.parametrize("has_submitted", [True, False])
@pytest.mark.parametrize("seats", [40, 0])
def test_nominating_sends_the_same_statements_for_free_and_used_addresses(
    cast: Cast, kinds_of_statements: Any, somebodys: str, has_submitted: bool, seats: int
) -> None:
    """The response time must not reveal that an address is in use, with or without a free seat."""
    with_seats(cast, seats, has_submitted=has_submitted)

    def entering(name: str, email: str) -> Any:
        return lambda: nominate_for(cast, "ru1", "RU", name=name, email=email)

    free = kinds_of_statements(entering("Vera SMIRNOVA", "vera@example.invalid"))
    claimed = kinds_of_statements(entering("Oleg SMIRNOV", somebodys))

    assert free == claimed


@pytest.mark.parametrize("has_submitted", [True, False])
@pytest.mark.parametrize("seats", [40, 0])
def test_changing_an_address_sends_the_same_statements_for_free_and_used_addresses(
    cast: Cast, kinds_of_statements: Any, has_submitted: bool, seats: int
) -> None:
    """Covers the change to the address and the change back."""
    with_seats(cast, seats, has_submitted=has_submitted)
    one = nominate_for(cast, "ru1", "RU", name="Vera SMIRNOVA", email="vera@example.invalid")
    other = nominate_for(cast, "ru1", "RU", name="Oleg SMIRNOV", email="oleg@example.invalid")

    def changing(nominee: UUID, email: str) -> Any:
        version, described = version_of(nominee), Nominee(name="Vera or Oleg", email=email)
        speaker, now = viewer(cast, "ru1"), clock.now()
        return lambda: nominations_nominating.change_nominee(speaker, nominee, described, version=version, now=now)

    for free, claimed in (("new1@example.invalid", SOMEBODYS[0]), ("new2@example.invalid", "new3@example.invalid")):
        statements = kinds_of_statements(changing(one, free))
        assert statements == kinds_of_statements(changing(other, claimed))
    assert kinds_of_statements(changing(one, SOMEBODYS[0])) == kinds_of_statements(
        changing(other, "new4@example.invalid")
    )


def test_submitting_sends_the_same_statements_for_free_and_used_addresses(cast: Cast, kinds_of_statements: Any) -> None:
    """Compares a list with a free address and one with an address in use."""
    sent = []
    for email in ("vera@example.invalid", SOMEBODYS[0]):
        with_seats(cast, 40, has_submitted=False)
        named = nominate_for(cast, "ru1", "RU", name=f"Vera {len(sent)}", email=email)
        speaker, party = viewer(cast, "ru1"), cast.party("RU", "LVR")
        sent.append(kinds_of_statements(lambda: nominations_submitting.submit_list(speaker, party, now=clock.now())))  # noqa: B023
        nominations_nominating.withdraw_nominee(viewer(cast, "ru1"), named, version=version_of(named), now=clock.now())
    assert sent[0] == sent[1]
