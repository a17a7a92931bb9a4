"""The cast before TRD-1, and its coordinator."""

from collections.abc import Iterator

import pytest

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from tests.architecture.capacity.acts import BEFORE_TRD_1, at
from tests.beds.database import Installation, opened
from tests.beds.web import set_clock
from tests.cast import Cast
from tests.people.conftest import Outside


@pytest.fixture
def cast(installation: Installation) -> Iterator[Cast]:
    """The personas, before TRD-1."""
    with opened(installation.settings()) as app, app.app_context():
        app.test_client_class = Outside
        set_clock(app, BEFORE_TRD_1)
        yield Cast(app)
        db.session.remove()


@pytest.fixture
def desk(cast: Cast) -> Viewer:
    """The coordinator at TRD-1."""
    return at(cast, "st-coord")
