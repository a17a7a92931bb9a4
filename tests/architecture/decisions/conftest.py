"""The cast inside the application of LVR-1."""

from collections.abc import Iterator

import pytest
from flask import Flask

from dialogues.extensions import db
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast
from tests.people.conftest import Outside


@pytest.fixture
def inside(app: Flask, cast: Cast) -> Iterator[Cast]:
    """The sample two months before the lists of LVR-1 open."""
    with app.app_context():
        app.test_client_class = Outside
        set_clock(app, BEFORE_LVR_1)
        yield cast
        db.session.remove()
