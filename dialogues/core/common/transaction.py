"""One command = one transaction: the right is checked again inside, causes and effects are kept or lost together."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from dialogues.core.common.events import DomainEvent
from dialogues.core.common.state import state
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.policy import Action

_writing: ContextVar[bool] = ContextVar("writing", default=False)


#: One writer at a time on PostgreSQL as well, so that both engines decide races alike; the number is arbitrary.
_ONE_WRITER = 7_231_005


@dataclass(slots=True)
class Change:
    """An open transaction: what happened in it is said here."""

    viewer: Viewer
    events: list[DomainEvent] = field(default_factory=list)

    def record(self, *events: DomainEvent) -> None:
        """Say what happened: it is audited, and what follows from it joins this transaction.

        Of many alike that are said at once, what follows is done for all together where that is known how.
        """
        db.session.flush()
        self.events.extend(events)
        state().handle(events, self.viewer)


@contextmanager
def transaction(viewer: Viewer, action: Action) -> Iterator[Change]:
    """Open the one transaction of a command; commit at the end, or roll everything back.

    :raises Unseen: the viewer may not, or no longer, do this.
    :raises RuntimeError: a transaction is already open: commands do not call commands.
    """
    with _only_writer():
        present = state().reload(viewer)
        present.must(action)
        change = Change(present)
        yield change
        db.session.flush()
        for event in change.events:
            state().audit(event, present)
    if change.events:
        state().wake()


@contextmanager
def upkeep(viewer: Viewer) -> Iterator[Session]:
    """A small write that is no command and nothing for the audit log: a counter, a last-seen stamp, a lease.

    :raises RuntimeError: the viewer is not the system, or a transaction is already open.
    """
    if not viewer.is_system:
        raise RuntimeError("Only the system does upkeep.")
    with _only_writer():
        yield db.session()


@contextmanager
def _only_writer() -> Iterator[None]:
    if _writing.get():
        raise RuntimeError("A transaction is already open: commands do not call commands.")
    db.session.rollback()
    token = _writing.set(True)
    try:
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_WRITER})
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(token)


def watch(engine: Engine) -> None:
    """Give a SQLite engine its pragmas and its way to begin: IMMEDIATE for writers, deferred for readers."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if _writing.get():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # Locks nothing and so cannot fail: it need not go the long way, with each page.
            connection.connection.cursor().execute("BEGIN")


_PRAGMAS = (
    "busy_timeout=10000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
)


@event.listens_for(Session, "before_flush")
def refuse_stray_writes(session: Session, _context: Any, _instances: Any) -> None:
    """Nothing is written outside a transaction of a command."""
    if not _writing.get() and (session.new or session.dirty or session.deleted):
        raise RuntimeError("A change was made outside a transaction.")
