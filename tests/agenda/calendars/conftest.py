"""The parsers of the tests look up time zones by name and must use the same tz database as the application."""

import zoneinfo
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.agenda.calendars.calendars import Calendars
from tests.cast import Cast


@pytest.fixture(scope="session", autouse=True)
def use_the_tz_database_of_the_package() -> None:
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()


@pytest.fixture
def calendars(app: Flask) -> Iterator[Calendars]:
    """The calendars of all personas, in the middle of TRD-1."""
    with app.app_context():
        yield Calendars(app, Cast(app))
