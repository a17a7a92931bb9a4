"""The parsers of the tests look zones up by name; they must find the same tz database as the application."""

import zoneinfo

import pytest


@pytest.fixture(scope="session", autouse=True)
def the_tz_database_is_that_of_the_package() -> None:
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()
