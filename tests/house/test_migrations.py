"""An installation of an earlier version keeps what it holds when it is upgraded, on both engines."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import MetaData, Table, text

from dialogues.extensions import db
from tests.beds.database import Installation, opened, shell

pytestmark = pytest.mark.engine

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC).replace(tzinfo=None)
DIALOGUE, PARTY, MEETING = uuid4(), uuid4(), uuid4()


@pytest.fixture
def first_version(bare_installation: Installation) -> Iterator[Flask]:
    """An installation as the first version left it: a party with five seats, and three of its people in a meeting."""
    with opened(bare_installation.settings()) as app:
        shell(app, "db", "upgrade", "0001")
        with app.app_context(), db.engine.begin() as connection:
            tables = MetaData()
            tables.reflect(connection)

            def put(table: str, **values: Any) -> None:
                connection.execute(Table(table, tables, autoload_with=connection).insert().values(**_plain(values)))

            _fill(put)
        yield app


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """SQLite's own types know no UUID: as the first version wrote it, in hexadecimal."""
    if db.engine.dialect.name != "sqlite":
        return values
    return {name: value.hex if isinstance(value, UUID) else value for name, value in values.items()}


def _fill(put: Any) -> None:
    put(
        "dialogue",
        id=DIALOGUE,
        code="OLD",
        title="An older dialogue",
        themes=[],
        phase=1,
        existence="normal",
        archive_zone="UTC",
        created_at=NOON,
        version=1,
    )
    put(
        "party",
        id=PARTY,
        dialogue_id=DIALOGUE,
        code="MN",
        names={"en": "Mongolia"},
        subdivision="",
        kind="host",
        version=1,
    )
    put(
        "meeting",
        id=MEETING,
        dialogue_id=DIALOGUE,
        code="OLD-1",
        title="",
        zone="Asia/Ulaanbaatar",
        starts_on=date(2027, 5, 25),
        ends_on=date(2027, 5, 27),
        status="confirmed",
        format="in_person",
        existence="normal",
        default_rule="chatham_house",
        party_attribution="never",
        profile="discreet",
        observers_told=False,
        working_languages=["en"],
        version=1,
    )
    put("meeting_party", meeting_id=MEETING, party_id=PARTY, dialogue_id=DIALOGUE, target=5)
    for name, status in (("Zagvar", "confirmed"), ("Jishee", "declined"), ("Ésempio", "invited")):
        person = uuid4()
        put(
            "person",
            id=person,
            dialogue_id=DIALOGUE,
            name=name,
            native="",
            family=name,
            given="",
            name_order="given_first",
            sort_key=name,
            aliases=[],
            stems=[],
            locale="en",
            languages=[],
            affiliation="",
            always_discreet=False,
            version=1,
        )
        put(
            "participation",
            id=uuid4(),
            dialogue_id=DIALOGUE,
            meeting_id=MEETING,
            person_id=person,
            party_id=PARTY,
            capacity="participant",
            status=status,
            invited_at=NOON,
            remote=False,
            version=1,
        )


def read(query: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_seats_that_were_meant_become_seats_of_participants(first_version: Flask) -> None:
    shell(first_version, "db", "upgrade")

    with first_version.app_context():
        from dialogues.meetings.models import MeetingParty

        assert db.session.scalars(db.select(MeetingParty)).one().seats == {"participant": 5}


def test_whoever_comes_or_may_come_has_a_seat_of_their_own(first_version: Flask) -> None:
    shell(first_version, "db", "upgrade")

    with first_version.app_context():
        rows = dict(read("SELECT status, seat FROM participation"))
    assert rows["declined"] is None
    assert {rows["confirmed"], rows["invited"]} == {1, 2}


def test_persons_keep_their_order_whatever_the_accents(first_version: Flask) -> None:
    shell(first_version, "db", "upgrade")

    with first_version.app_context():
        names = [name for (name,) in read("SELECT name FROM person ORDER BY collation_key")]
    assert names == ["Ésempio", "Jishee", "Zagvar"]


def test_an_upgrade_taken_back_and_done_again_is_the_same(first_version: Flask) -> None:
    shell(first_version, "db", "upgrade")
    shell(first_version, "db", "downgrade", "0001")
    with first_version.app_context():
        assert len(read("SELECT id FROM participation")) == 3

    shell(first_version, "db", "upgrade")

    shell(first_version, "db", "check")
