"""The parsers of the tests look zones up by name; they must find the same tz database as the application."""

import zoneinfo
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.agenda.calendars.calendars import Calendars
from tests.cast import Cast


@pytest.fixture(scope="session", autouse=True)
def the_tz_database_is_that_of_the_package() -> None:
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()


@pytest.fixture
def calendars(app: Flask) -> Iterator[Calendars]:
    """Everyone's calendars, in the middle of TRD-1."""
    with app.app_context():
        yield Calendars(app, Cast(app))
