"""One command is one transaction: the right is checked again inside, and a change and its effects commit together."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dialogues.core.common.events import DomainEvent
from dialogues.core.common.outages import WritersBusy
from dialogues.core.common.state import state
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.policy import Action

#: While a transaction of a command is open: how many seconds it waited at most for other writers.
_writing: ContextVar[float | None] = ContextVar("writing", default=None)

#: How long a change waits for other writers, in seconds; the web then answers 503.
LOCK_WAIT = 10.0
#: The same for a write that happens while someone reads, such as a last-seen time; the page is then shown without it.
READERS_WAIT = 0.05

#: Advisory lock on PostgreSQL: one writer at a time, so that both engines decide races alike. The number is arbitrary.
_ONE_WRITER = 7_231_005


def is_open() -> bool:
    """Whether this runs inside the transaction of a command."""
    return _writing.get() is not None


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
    :raises WritersBusy: other writers hold the database for too long.
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
def upkeep(viewer: Viewer, *, wait: float = LOCK_WAIT) -> Iterator[Session]:
    """A small write without an audit entry: a counter, a last-seen time, a lease.

    :param wait: seconds to wait for other writers; short for a write that a reader would wait for.
    :raises WritersBusy: other writers took longer.
    :raises RuntimeError: the viewer is not the system, or a transaction is already open.
    """
    if not viewer.is_system:
        raise RuntimeError("Only the system does upkeep.")
    with _single_writer(wait):
        yield db.session()


@contextmanager
def _single_writer(wait: float = LOCK_WAIT) -> Iterator[None]:
    if _writing.get() is not None:
        raise RuntimeError("A transaction is already open: commands do not call commands.")
    db.session.rollback()
    with state().writers.place(wait):
        token = _writing.set(wait)
        try:
            _begin(wait)
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _writing.reset(token)


def _begin(wait: float) -> None:
    """:raises WritersBusy: another writer holds the database for longer than `wait`."""
    try:
        connection = db.session.connection()
        if connection.dialect.name == "postgresql":
            if wait != LOCK_WAIT:
                connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{wait:.3f}s"})
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_WRITER})
    except OperationalError as error:
        raise WritersBusy from error


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
        # Executed on the driver directly, because it locks nothing and runs for each page.
        cursor = connection.connection.cursor()
        wait = _writing.get()
        if wait is None:
            cursor.execute("BEGIN")
        elif wait == LOCK_WAIT:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            cursor.execute(f"PRAGMA busy_timeout={int(wait * 1000)}")
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            finally:
                cursor.execute(f"PRAGMA {_PRAGMAS[0]}")


_PRAGMAS = (
    f"busy_timeout={int(LOCK_WAIT * 1000)}",
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
    if _writing.get() is None and (session.new or session.dirty or session.deleted):
        raise RuntimeError("A change was made outside a transaction.")
