"""The database refuses changes of the audit chain."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from dialogues.core.audit import models as audit
from dialogues.core.audit.commands import sign_head
from dialogues.core.audit.operations import record
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db

NOON = datetime(2027, 5, 26, 12, tzinfo=UTC)
SYSTEM = system(Purpose.UPKEEP)
INSERT = text(
    "INSERT INTO audit_entry (seq, prev, hash, at, actor, action, object, commitment) "
    "VALUES (:seq, :prev, 'h', '2027-05-26 12:00:00', '', 'agenda.edit', '', '')"
)
REPLACE = text(str(INSERT).replace("INSERT", "INSERT OR REPLACE"))


pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("three_entries")]


@pytest.fixture
def three_entries(chain: Flask) -> None:  # noqa: ARG001  the tables must be there
    with upkeep(SYSTEM) as session:
        for _ in range(3):
            record(session, at=NOON, actor="x:", action="agenda.edit", object=str(UUID(int=1)), details={})
    sign_head(SYSTEM, now=NOON)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'someone else' WHERE seq = 2",
        "UPDATE audit_entry SET seq = 9 WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = 3",
        "UPDATE audit_detail SET expires_at = '2000-01-01' WHERE seq = 2",
        "UPDATE audit_head SET size = 2",
        "DELETE FROM audit_head",
    ],
)
def test_entries_cannot_be_changed_or_deleted(statement: str) -> None:
    with pytest.raises(DatabaseError, match="never altered"), upkeep(SYSTEM) as session:
        session.execute(text(statement))


@pytest.mark.parametrize(("seq", "prev"), [(2, ""), (5, ""), (4, "not the last hash"), (-1, "")])
def test_entries_can_only_be_added_at_the_end(seq: int, prev: str) -> None:
    with pytest.raises(DatabaseError, match="at its end only"), upkeep(SYSTEM) as session:
        session.execute(INSERT, {"seq": seq, "prev": prev})


def test_truncate_and_replace_cannot_remove_entries() -> None:
    statement = REPLACE if db.engine.dialect.name == "sqlite" else text("TRUNCATE audit_entry CASCADE")
    with pytest.raises(DatabaseError, match=r"at its end only|never altered"), upkeep(SYSTEM) as session:
        session.execute(statement, {"seq": 3, "prev": ""} if statement is REPLACE else {})


def test_a_migration_can_remove_and_restore_the_triggers() -> None:
    dialect = db.engine.dialect.name
    with upkeep(SYSTEM) as session:
        for statement in audit.drop_statements(dialect):
            session.execute(text(statement))
        session.execute(text("UPDATE audit_entry SET actor = actor WHERE seq = 2"))
        for table in audit.REFUSED:
            for statement in audit.create_statements(dialect, table):
                session.execute(text(statement))
    with pytest.raises(DatabaseError, match="never altered"), upkeep(SYSTEM) as session:
        session.execute(text("UPDATE audit_entry SET actor = '' WHERE seq = 2"))
