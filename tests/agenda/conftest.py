"""The meetings and personas of the sample, and sessions to plan."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from dialogues.agenda.planning.rules import SessionPlan, When
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.roles.models import RoleGrant
from tests.cast import MIDDLE_OF_TRD_1, Cast

#: A time without sessions of TRD-1: the evening before the last day.
EVENING = When(date(2027, 5, 26), time(18), time(19))
NOW = MIDDLE_OF_TRD_1


def plan(**facts: Any) -> SessionPlan:
    """A plan of a session, by default in the free evening."""
    return SessionPlan(**({"title": "An evening talk", "when": EVENING} | facts))


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    """The personas of the sample; commands and queries can be called at once."""
    with app.app_context():
        yield Cast(app)


class Browser:
    """A signed-in browser whose requests run outside the application context of the test."""

    def __init__(self, cast: Cast, name: str) -> None:
        self._client = Context().run(cast.client, name)

    def get(self, path: str, **how: Any) -> Any:
        db.session.rollback()
        return Context().run(self._client.get, path, **how)

    def post(self, path: str, **how: Any) -> Any:
        db.session.rollback()
        return Context().run(self._client.post, path, headers={"Sec-Fetch-Site": "same-origin"}, **how)


@pytest.fixture
def accept(cast: Cast) -> Callable[[str, str], None]:
    """Accept every role that is offered to a person in a meeting."""

    def accept(name: str, meeting: str) -> None:
        dialogue = meeting.split("-", maxsplit=1)[0]
        person, meeting_id = cast.person(name, dialogue), cast.meeting(meeting)
        with upkeep(system(Purpose.SAMPLE)) as session:
            for grant in session.query(RoleGrant).filter_by(person_id=person, meeting_id=meeting_id):
                grant.accepted_at = NOW

    return accept


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The SELECT statements sent in the block."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
