"""`flask audit …` finds changes that were made directly in the database."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from dialogues.core.audit import models as audit
from dialogues.core.audit.cli import commands
from dialogues.core.audit.commands import expire_details
from dialogues.core.audit.operations import record, record_daily
from dialogues.core.audit.queries import details_key
from dialogues.core.audit.rules import DETAILS_RETENTION
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from tests.beds.web import set_clock

NOON = datetime(2027, 5, 26, 12, tzinfo=UTC)
SYSTEM = system(Purpose.UPKEEP)


@pytest.fixture
def chain_with_entries(chain: Flask) -> Flask:
    chain.extensions["dialogues"].clock_shift = timedelta(0)
    chain.cli.add_command(commands)
    record_entry(4)
    return chain


def record_entry(number: int) -> None:
    with upkeep(SYSTEM) as session:
        for n in range(number):
            at, about = NOON + timedelta(days=30 * n), str(UUID(int=n))
            record(session, at=at, actor="x:", action="agenda.edit", object=about, details={"n": n})


def flask(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *arguments])


def direct_access(*statements: str) -> None:
    """Change the tables like an attacker with access to the database."""
    with upkeep(SYSTEM) as session:
        for statement in (*audit.drop_statements(db.engine.dialect.name), *statements):
            session.execute(text(statement))


def test_an_unchanged_chain_is_reported_intact(chain_with_entries: Flask) -> None:
    result = flask(chain_with_entries, "verify")
    assert (result.exit_code, result.stdout) == (0, "The chain of 4 entries is whole.\n")


def test_an_empty_chain_is_reported_intact(chain_with_entries: Flask) -> None:
    direct_access("DELETE FROM audit_detail", "DELETE FROM audit_entry")
    assert flask(chain_with_entries, "verify").stdout == "The chain of 0 entries is whole.\n"


@pytest.mark.parametrize(
    ("alteration", "said"),
    [
        ("UPDATE audit_entry SET actor = 'x' WHERE seq = 2", "Entry 2 is not what was written here."),
        ("DELETE FROM audit_entry WHERE seq = 2", "Entry 2 is missing."),
        ("UPDATE audit_entry SET object = 'x' WHERE seq = 4", "Entry 4 is not what was written here."),
        ("UPDATE audit_detail SET body = '' WHERE seq = 2", "Entry 2 has other details than were written."),
        ("DELETE FROM audit_detail WHERE seq = 2", "Entry 2 has lost its details before their time."),
        (
            "UPDATE audit_detail SET expires_at = (SELECT expires_at FROM audit_detail WHERE seq = 1) WHERE seq = 2",
            "Entry 2 has other details than were written.",
        ),
        (
            "UPDATE audit_detail SET salt = (SELECT salt FROM audit_detail WHERE seq = 1) WHERE seq = 2",
            "Entry 2 has other details than were written.",
        ),
    ],
)
def test_a_change_is_reported_and_exits_with_an_error(chain_with_entries: Flask, alteration: str, said: str) -> None:
    deletes_entry = alteration.startswith("DELETE FROM audit_entry")
    without_details = ["DELETE FROM audit_detail WHERE seq = 2"] if deletes_entry else []
    direct_access(*without_details, alteration)
    result = flask(chain_with_entries, "verify")
    assert result.exit_code == 1
    assert said in result.stdout.splitlines()


def test_an_entry_without_details_has_lost_none(chain_with_entries: Flask) -> None:
    with upkeep(SYSTEM) as session:
        record_daily(session, day=NOON.date(), actor="x:", action="notes.edit", object=str(UUID(int=9)))
    assert flask(chain_with_entries, "verify").stdout == "The chain of 5 entries is whole.\n"


def test_details_whose_key_was_erased_too_early_are_found(chain_with_entries: Flask) -> None:
    key_store().erase(details_key(NOON + DETAILS_RETENTION), now=NOON)
    assert "Entry 1 has other details than were written." in flask(chain_with_entries, "verify").stdout


def test_a_table_with_impossible_values_is_refused_in_plain_words(chain_with_entries: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        direct_access("ALTER TABLE audit_entry ALTER COLUMN at TYPE text")
    direct_access("UPDATE audit_entry SET at = 'yesterday' WHERE seq = 2")
    result = flask(chain_with_entries, "verify")
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr


def test_removed_entries_are_found_with_the_stored_head(chain_with_entries: Flask) -> None:
    assert flask(chain_with_entries, "head").exit_code == 0
    direct_access("DELETE FROM audit_detail WHERE seq = 4", "DELETE FROM audit_entry WHERE seq = 4")
    result = flask(chain_with_entries, "verify")
    assert result.exit_code == 1
    assert result.stdout == "Entry 4 is missing at the end, though a signed head covers it.\n"


def test_removed_entries_are_found_with_an_external_head_when_all_is_removed_here(
    chain_with_entries: Flask, tmp_path: Path
) -> None:
    head_file = tmp_path / "head.json"
    head_file.write_text(flask(chain_with_entries, "head").stdout)
    direct_access(
        "DELETE FROM audit_head", "DELETE FROM audit_detail WHERE seq = 4", "DELETE FROM audit_entry WHERE seq = 4"
    )
    assert flask(chain_with_entries, "verify").exit_code == 0
    result = flask(chain_with_entries, "verify", "--head", str(head_file))
    assert result.exit_code == 1
    assert "Entry 4 is missing at the end" in result.stdout


def test_a_forged_head_is_found(chain_with_entries: Flask, tmp_path: Path) -> None:
    facts = json.loads(flask(chain_with_entries, "head").stdout)
    head_file = tmp_path / "head.json"
    head_file.write_text(json.dumps(facts | {"size": 3}))
    assert "signature is not ours" in flask(chain_with_entries, "verify", "--head", str(head_file)).stdout


def test_a_file_that_is_not_a_head_is_refused_in_plain_words(chain_with_entries: Flask, tmp_path: Path) -> None:
    head_file = tmp_path / "head.json"
    head_file.write_text("no head")
    result = flask(chain_with_entries, "verify", "--head", str(head_file))
    assert result.exit_code == 1
    assert "This is no signed head" in result.stderr


def test_an_unchanged_chain_keeps_its_head(chain_with_entries: Flask) -> None:
    first = flask(chain_with_entries, "head").stdout
    assert flask(chain_with_entries, "head").stdout == first
    record_entry(1)
    assert json.loads(flask(chain_with_entries, "head").stdout)["size"] == 5


def test_details_expire_with_the_key_of_their_month_and_the_chain_stays_valid(chain_with_entries: Flask) -> None:
    later = NOON + DETAILS_RETENTION + timedelta(days=45)
    assert expire_details(SYSTEM, now=later) == 2
    set_clock(chain_with_entries, later)
    assert flask(chain_with_entries, "verify").stdout == "The chain of 4 entries is whole.\n"
    assert expire_details(SYSTEM, now=NOON + DETAILS_RETENTION + timedelta(days=45)) == 0
