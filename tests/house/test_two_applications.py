"""Two applications in one process share no state, although the ids in their databases are equal."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from dialogues.core.common import clock
from dialogues.core.common.state import state
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.jobs import wake, woken
from dialogues.meetings.dialogues.models import Person
from tests.beds.database import Sample, new_installation, opened
from tests.beds.web import set_clock
from tests.cast import Cast

RENAMED = ("cn3", "kp1")
THEIR_NAMES = ("ZHANG Shili", "RI Ka-myong")


@pytest.fixture
def both(tmp_path: Path, loaded: Sample) -> Iterator[tuple[Flask, Flask]]:
    """Two applications on copies of one database; in each of them another person is renamed."""
    with ExitStack() as stack:
        apps = []
        for person in RENAMED:
            copy = stack.enter_context(new_installation(tmp_path / person, loaded.installation))
            app = stack.enter_context(opened(copy.settings()))
            rename(app, person)
            apps.append(app)
        yield apps[0], apps[1]


def rename(app: Flask, name: str) -> None:
    with app.app_context():
        person_id = Cast(app).person(name)
        with upkeep(system(Purpose.SAMPLE)) as session:
            person = session.get_one(Person, person_id)
            person.name, person.version = "Changed", person.version + 1


def agenda(app: Flask) -> str:
    with app.app_context():
        meeting = Cast(app).meeting("TRD-1")
    return Cast(app).client("us4").get(f"/meetings/{meeting}/agenda").text


def test_each_application_shows_the_names_of_its_own_database(both: tuple[Flask, Flask]) -> None:
    one, other = both
    for _time in range(2):
        assert [name in agenda(one) for name in THEIR_NAMES] == [False, True]
        assert [name in agenda(other) for name in THEIR_NAMES] == [True, False]


def test_each_application_has_its_own_clock(both: tuple[Flask, Flask]) -> None:
    one, other = both
    set_clock(one, datetime(2030, 1, 1, tzinfo=UTC))
    with one.app_context():
        assert clock.now().year == 2030
    with other.app_context():
        assert clock.now().year == 2027


def test_a_change_wakes_only_the_worker_of_its_application(both: tuple[Flask, Flask]) -> None:
    one, other = both
    woken(one), woken(other)
    with one.app_context():
        state().wake()
    assert woken(one)
    assert not woken(other)
    wake(other)
    assert woken(other)


def test_a_composer_of_one_application_is_unknown_to_the_other(both: tuple[Flask, Flask]) -> None:
    one, other = both
    kind = next(iter(state(one).composers))
    del state(one).composers[kind]
    assert kind in state(other).composers
