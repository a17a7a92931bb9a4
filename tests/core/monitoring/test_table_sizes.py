"""The worker lets the database measure its tables once a day."""

from datetime import timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import text

from dialogues.core.common.state import state
from dialogues.core.monitoring.jobs import measure_tables
from dialogues.extensions import db

pytestmark = pytest.mark.engine

_MEASURED = {
    "sqlite": "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'person_calendar'",
    "postgresql": "SELECT count(*) FROM pg_stats WHERE tablename = 'person_calendar'",
}


def test_tables_are_measured_once_a_day(app: Flask) -> None:
    with app.app_context():
        assert measure_tables(Event())
        assert not measure_tables(Event())
        app_state = state()
        assert app_state.measured_on is not None
        app_state.measured_on -= timedelta(days=1)
        assert measure_tables(Event())
        assert db.session.scalar(text(_MEASURED[db.engine.name])) > 0
        app_state.measured_on = None
