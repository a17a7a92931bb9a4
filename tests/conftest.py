"""Plugins of all tests, and the block of connections to other machines."""

import os
import zoneinfo
from contextlib import ExitStack

import pytest
from hypothesis import settings

from tests.beds.network import close_the_network
from tests.beds.postgres import postgres_server

#: Lowest first, because pytest must import each plugin before another module does.
pytest_plugins = [
    "tests.beds.database",
    "tests.beds.web",
    "tests.beds.personas",
    "tests.beds.mail",
    "tests.beds.browser",
]


# No example has a time limit, because a busy machine would fail it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_run = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Block other machines; start one PostgreSQL for all workers if it is requested and no URL is given.

    Second parsers look up time zones by name and must use the same tz database as the application.
    """
    close_the_network()
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()
    is_worker = hasattr(config, "workerinput")
    if os.environ.get("TEST_DATABASE") == "postgres" and "TEST_DATABASE_URL" not in os.environ and not is_worker:
        os.environ["TEST_DATABASE_URL"] = _run.enter_context(postgres_server())


def pytest_unconfigure() -> None:
    """Stop the PostgreSQL server."""
    _run.close()
