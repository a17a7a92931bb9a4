"""The calendars of the personas."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.agenda.calendars.calendars import Calendars
from tests.cast import Cast


@pytest.fixture
def calendars(app: Flask) -> Iterator[Calendars]:
    """The calendars of all personas, in the middle of TRD-1."""
    with app.app_context():
        yield Calendars(app, Cast(app))
