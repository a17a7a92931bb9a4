"""One command is one transaction: the right is checked again inside, and a change and its effects commit together."""

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

#: Advisory lock on PostgreSQL: one writer at a time, so that both engines decide races alike. The number is arbitrary.
_ONE_WRITER = 7_231_005


def is_open() -> bool:
    """Whether this runs inside the transaction of a command."""
    return _writing.get()


@dataclass(slots=True)
class Change:
    """An open transaction, in which a command records its events."""

    viewer: Viewer
    events: list[DomainEvent] = field(default_factory=list)

    def record(self, *events: DomainEvent) -> None:
        """Record events: their handlers run now, in this transaction, and they are audited before the commit.

        Handlers receive all events of one call together, so they can process equal events in one go.
        """
        db.session.flush()
        self.events.extend(events)
        state().handle(events, self.viewer)


@contextmanager
def transaction(viewer: Viewer, action: Action) -> Iterator[Change]:
    """Open the one transaction of a command; commits at the end or rolls back.

    :raises NotFound: the viewer may not, or no longer, do this.
    :raises RuntimeError: a transaction is already open; commands do not call commands.
    """
    with _single_writer():
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
    """A small write without an audit entry: a counter, a last-seen time, a lease.

    :raises RuntimeError: the viewer is not the system, or a transaction is already open.
    """
    if not viewer.is_system:
        raise RuntimeError("Only the system does upkeep.")
    with _single_writer():
        yield db.session()


@contextmanager
def _single_writer() -> Iterator[None]:
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


def configure_engine(engine: Engine) -> None:
    """Set the pragmas of a SQLite engine; writers begin with IMMEDIATE, readers with DEFERRED."""
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
            # Executed on the driver directly, because it locks nothing and runs for each page.
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
def forbid_writes_outside_transactions(session: Session, _context: Any, _instances: Any) -> None:
    """:raises RuntimeError: something is written outside a transaction."""
    if not _writing.get() and (session.new or session.dirty or session.deleted):
        raise RuntimeError("A change was made outside a transaction.")
