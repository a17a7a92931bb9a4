"""The personas at TRD-1, and the sweep that deletes what is due."""

from collections.abc import Callable
from threading import Event

import pytest
from flask import Flask

from dialogues.people.documents.jobs import destroy_due
from tests.cast import Cast


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The personas in the middle of TRD-1, after the exchange; it ends for all on 28 May."""
    return Cast(app)


@pytest.fixture
def trd(app: Flask, cast: Cast) -> str:
    """The address of TRD-1."""
    with app.app_context():
        return f"/meetings/{cast.meeting()}"


@pytest.fixture
def sweep(app: Flask) -> Callable[[], int]:
    """Run the purge of the worker and return the number of deleted fields."""

    def once() -> int:
        with app.app_context():
            return destroy_due(Event())

    return once
