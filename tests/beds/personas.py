"""Personas of the sample, and ways to read the database and count statements."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from dialogues.extensions import db
from tests.cast import Cast


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The personas; each request of their browsers has its own application context."""
    return Cast(app)


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The application context, for tests that call commands and queries directly."""
    with app.app_context():
        yield


@pytest.fixture
def read(app: Flask) -> Callable[[Any], Any]:
    """Reads one current value or row from the database."""

    def one(query: Any) -> Any:
        with app.app_context():
            return db.session.execute(query).scalar_one_or_none()

    return one


@pytest.fixture
def queries_of(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """Counts the statements that a call sends to the database."""
    sent: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: sent.append(statement))

    def count(call: Callable[[], Any]) -> int:
        sent.clear()
        call()
        return len(sent)

    return count
