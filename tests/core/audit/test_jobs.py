"""The worker deletes expired details of the audit log, with the keys of their months."""

from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from dialogues.core.audit import jobs as audit
from dialogues.core.audit.models import AuditDetail, AuditEntry
from dialogues.core.audit.operations import record
from dialogues.core.audit.queries import details_key
from dialogues.core.audit.rules import DETAILS_RETENTION
from dialogues.core.common import clock
from dialogues.core.common.state import state
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.encryption.names import KeyErased

#: Details of this time expire on 10 May 2029.
RECORDED = datetime(2027, 5, 11, 12, tzinfo=UTC)
OVER = RECORDED + DETAILS_RETENTION


@pytest.fixture
def chain_with_entries(chain: Flask) -> Flask:
    with upkeep(system(Purpose.SAMPLE)) as session:
        record(session, at=RECORDED, actor="x:", action="agenda.edit", object=str(UUID(int=1)), details={})
    return chain


def sweep(app: Flask, at: datetime) -> int:
    """Run the worker's sweep at that time."""
    app.extensions["dialogues"].clock_shift = at - clock.real_now()
    return audit.expire_details(Event())


def left() -> tuple[int, int]:
    """The numbers of entries and of details."""
    counted = [db.session.scalar(select(func.count()).select_from(table)) for table in (AuditEntry, AuditDetail)]
    db.session.rollback()
    return counted[0] or 0, counted[1] or 0


def test_details_are_deleted_within_a_day_of_expiry_and_their_entry_stays(chain_with_entries: Flask) -> None:
    assert (sweep(chain_with_entries, OVER - timedelta(hours=1)), left()) == (0, (1, 1))
    assert (sweep(chain_with_entries, OVER + timedelta(hours=1)), left()) == (0, (1, 1)), "not every moment has work"
    assert (sweep(chain_with_entries, OVER + timedelta(days=1)), left()) == (1, (1, 0))


def test_the_key_of_a_month_is_deleted_after_the_month_even_if_its_details_are_gone(chain_with_entries: Flask) -> None:
    assert sweep(chain_with_entries, OVER + timedelta(days=1)) == 1
    assert key_store().current(details_key(OVER))

    assert sweep(chain_with_entries, datetime(2029, 6, 1, 0, 5, tzinfo=UTC)) == 0

    with pytest.raises(KeyErased):
        key_store().current(details_key(OVER))


def test_a_sweep_with_nothing_due_sends_one_query_and_writes_nothing(chain_with_entries: Flask) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement.split()[0])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert sweep(chain_with_entries, OVER) == 0
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert statements == ["SELECT"]


def test_the_worker_runs_the_sweep(app: Flask) -> None:
    assert state(app).sweeps["details of the chain"] is audit.expire_details
