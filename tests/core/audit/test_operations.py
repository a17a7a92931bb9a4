"""Audit entries are written in the transaction they describe."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from dialogues.core.audit.models import AuditDetail, AuditEntry
from dialogues.core.audit.operations import actor_of, record, record_daily, record_event
from dialogues.core.audit.queries import details_key, details_place, findings, size
from dialogues.core.audit.rules import BEGINNING
from dialogues.core.common.events import DomainEvent
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import ANYONE, Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal

NOON = datetime(2027, 5, 26, 12, tzinfo=UTC)
SYSTEM = system(Purpose.UPKEEP)
ANN = f"account:{uuid4()}"
SESSION = UUID("00000000-0000-4000-8000-000000000001")


pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("chain")]


def record_entry(number: int = 1, **details: object) -> None:
    with upkeep(SYSTEM) as session:
        for _ in range(number):
            record(
                session,
                at=NOON,
                actor=ANN,
                action="agenda.edit",
                object=f"session:{SESSION}",
                details={"n": 1} | details,
            )


def rows() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


def test_each_entry_has_the_hash_of_the_previous_one() -> None:
    record_entry(2)
    record_entry()
    first, second, third = rows()
    assert (first.prev, second.prev, third.prev) == (BEGINNING, first.hash, second.hash)
    assert findings(SYSTEM, now=NOON) == []
    assert size(SYSTEM) == 3


def test_an_entry_is_rolled_back_with_its_change() -> None:
    record_entry()

    def fail_after_recording() -> None:
        with upkeep(SYSTEM) as session:
            record(session, at=NOON, actor=ANN, action="agenda.edit", object=str(SESSION), details={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_recording()
    record_entry()
    assert [row.seq for row in rows()] == [1, 2]
    assert findings(SYSTEM, now=NOON) == []


def test_concurrent_writers_make_one_chain(chain: Flask) -> None:
    start = threading.Barrier(4)

    def write() -> None:
        with chain.app_context():
            start.wait()
            for _ in range(10):
                record_entry()

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(write) for _ in range(4)]:
            done.result()
    assert size(SYSTEM) == 40
    assert findings(SYSTEM, now=NOON) == []


def test_the_chain_contains_no_names_and_no_details() -> None:
    record_entry(status="declined")
    row = rows()[0]
    entry_text = f"{row.actor} {row.action} {row.object} {row.commitment}"
    assert ANN.partition(":")[2] not in entry_text
    assert "declined" not in entry_text
    assert b"declined" not in db.session.get_one(AuditDetail, 1).body


def test_details_can_be_read_until_they_expire() -> None:
    record_entry(status="declined")
    detail = db.session.get_one(AuditDetail, 1)
    body = unseal(key_store(), details_key(detail.expires_at), details_place(1), detail.body)
    assert body == b'{"n":1,"status":"declined"}'
    assert detail.expires_at - NOON > timedelta(days=700)


def test_changes_of_notes_are_recorded_once_a_day_without_a_time() -> None:
    bat = f"account:{uuid4()}"
    for day, actor in ((26, ANN), (26, ANN), (26, bat), (27, ANN)):
        with upkeep(SYSTEM) as session:
            record_daily(session, day=date(2027, 5, day), actor=actor, action="notes.changed", object=str(SESSION))
    assert [row.at for row in rows()] == [datetime(2027, 5, 26, tzinfo=UTC), datetime(2027, 5, 27, tzinfo=UTC)]
    assert len({row.actor for row in rows()}) == 2
    assert db.session.scalars(select(AuditDetail)).all() == []
    assert findings(SYSTEM, now=NOON) == []


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMoved(DomainEvent):
    action: ClassVar[str] = "agenda.session_moved"
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesChanged(DomainEvent):
    action: ClassVar[str] = "notes.changed"
    coarse: ClassVar[bool] = True


def test_an_event_is_recorded_with_its_facts() -> None:
    dialogue, ann = uuid4(), Viewer(account_id=uuid4())
    with upkeep(SYSTEM):
        record_event(SessionMoved(at=NOON, about=SESSION, dialogue_id=dialogue, minutes=30), ann)
    row, detail = rows()[0], db.session.get_one(AuditDetail, 1)
    assert (row.action, row.object, row.at) == ("agenda.session_moved", str(SESSION), NOON)
    body = unseal(key_store(), details_key(detail.expires_at), details_place(1), detail.body)
    assert body == f'{{"dialogue":"{dialogue}","minutes":30}}'.encode()


def test_an_event_of_low_precision_is_recorded_by_day() -> None:
    ann = Viewer(account_id=uuid4())
    for hour in (8, 9):
        with upkeep(SYSTEM):
            record_event(NotesChanged(at=NOON.replace(hour=hour), about=SESSION), ann)
    assert [row.at.hour for row in rows()] == [0]


def test_the_actor_is_the_account_else_the_person_else_the_service() -> None:
    account, person = uuid4(), uuid4()
    assert actor_of(Viewer(account_id=account, person_id=person)) == f"account:{account}"
    assert actor_of(Viewer(person_id=person)) == f"person:{person}"
    assert actor_of(SYSTEM) == "system:upkeep"
    assert actor_of(ANYONE) == "anyone:"
