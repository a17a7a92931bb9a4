"""What every test stands on, and what is refused in all of them."""

import os
from contextlib import ExitStack

import pytest

from tests.beds.network import close_the_network
from tests.beds.postgres import postgres_server

#: Lower ones first: pytest wants to be the first to import each.
pytest_plugins = ["tests.beds.database", "tests.beds.web", "tests.beds.house", "tests.beds.mail", "tests.beds.browser"]


_run = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Close the network; start PostgreSQL where it is asked for and none is named: all workers share it."""
    close_the_network()
    is_worker = hasattr(config, "workerinput")
    if os.environ.get("TEST_DATABASE") == "postgres" and "TEST_DATABASE_URL" not in os.environ and not is_worker:
        os.environ["TEST_DATABASE_URL"] = _run.enter_context(postgres_server())


def pytest_unconfigure() -> None:
    """Stop what was started."""
    _run.close()
