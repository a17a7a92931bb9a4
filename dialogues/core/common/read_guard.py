"""Finds statements that read people, notes or records without a filter for their viewer.

Used in tests and development only. The `visible()` functions mark their conditions; a read for the service itself
names its purpose. A statement with neither raises, so a forgotten filter is an error in a test and not a leak.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from itertools import chain
from types import FrameType
from typing import Any, TypeVar, cast

from flask import Flask
from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, Subquery, event
from sqlalchemy.sql.elements import Grouping

from dialogues.core.common import transaction
from dialogues.core.common.columns import GUARDED
from dialogues.core.common.viewer import Purpose
from dialogues.extensions import Base, db

Condition = TypeVar("Condition", bound=Callable[..., ColumnElement[bool]])
_reading: ContextVar[Purpose | None] = ContextVar("reading", default=None)


class UnguardedRead(AssertionError):
    """A statement reads guarded tables without a marked condition and without a purpose."""


class _Limit(Grouping[bool]):
    """A marked condition. In SQL it is the same condition in parentheses."""

    inherit_cache = True
    #: Without this, and_() and or_() would take the condition apart, because Grouping shows the operator inside it.
    operator = None


def limited_to_viewer(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Mark a condition: it limits guarded rows to those the viewer may see, for example to their own."""
    return _Limit(condition)


def limits_rows(visible: Condition) -> Condition:
    """Mark all conditions that a function builds; for `visible()` and its siblings."""

    @wraps(visible)
    def marked(*arguments: Any, **options: Any) -> ColumnElement[bool]:
        return limited_to_viewer(visible(*arguments, **options))

    return cast(Condition, marked)


@contextmanager
def reading(purpose: Purpose) -> Iterator[None]:
    """Read guarded tables for the service itself. Also a decorator, for functions that are not generators."""
    token = _reading.set(purpose)
    try:
        yield
    finally:
        _reading.reset(token)


def guard_reads(app: Flask) -> None:
    """Check the statements that our code sends to the database of this application.

    Statements inside a transaction are not checked: commands load what they change through `visible()` and show
    nothing, and event handlers change rows of everyone whom the event concerns.

    :raises UnguardedRead: (when a statement is sent) it has neither a marked condition nor a purpose.
    """
    guarded = frozenset(table.name for table in Base.metadata.tables.values() if GUARDED in table.info)
    # The result for each shape of statement, because a walk takes longer than most statements.
    known: dict[Any, set[str]] = {}

    def check(_connection: Any, statement: Any, *_rest: Any) -> None:
        if transaction.is_open() or _reading.get() is not None:
            return
        shape = statement._generate_cache_key() if isinstance(statement, Select | CompoundSelect) else None
        if shape is None:
            found = _unlimited(statement, guarded)
        else:
            if shape.key not in known:
                known[shape.key] = _unlimited(statement, guarded)
            found = known[shape.key]
        reader = _reader() if found else ""
        if reader:
            raise UnguardedRead(f"{reader} reads {', '.join(sorted(found))} for no viewer and no purpose.")

    with app.app_context():
        event.listen(db.engine, "before_execute", check)


def _unlimited(statement: Any, guarded: frozenset[str]) -> set[str]:
    """The guarded tables that a select, or one inside it, reads without a marked condition."""
    if isinstance(statement, CompoundSelect):
        return set(chain.from_iterable(_unlimited(one, guarded) for one in statement.selects))
    if not isinstance(statement, Select):
        return set()
    froms = statement.get_final_froms()
    limiting = list(_parts([*statement._where_criteria, *statement._having_criteria, *froms]))
    # A mark among the columns does not count: it decides what is shown of a row, not which rows are found.
    shown = list(_parts(statement._raw_columns))
    # Rows of a subquery in FROM are shown themselves, so it needs its own mark.
    inner = [part.element for part in limiting if isinstance(part, Subquery | CTE)]
    if not any(isinstance(part, _Limit) for part in limiting):
        inner = [part for part in limiting + shown if isinstance(part, Select | CompoundSelect)]
        own = {part.name for part in limiting + shown if part.__visit_name__ == "table"}
        return (own & guarded).union(*(_unlimited(one, guarded) for one in inner))
    return set(chain.from_iterable(_unlimited(one, guarded) for one in inner))


def _parts(roots: Iterable[Any]) -> Iterator[Any]:
    """Every part of these expressions, down to the selects inside them."""
    waiting, seen = list(roots), set[int]()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        if not isinstance(part, Select | CompoundSelect):
            waiting += part.get_children()


def _reader() -> str:
    """The innermost function of ours that sends the statement; empty where a test or a benchmark reads for itself."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(("tests.", "bench.")):
            return ""
        if module.startswith("dialogues.") and module != __name__:
            return f"{module}.{frame.f_code.co_name}"
        frame = frame.f_back
    return ""
