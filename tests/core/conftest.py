"""An installation with its desk: not the demonstration, so that every factor is asked for."""

from collections.abc import Iterator

import pytest

from dialogues.core.common.stores import key_store
from tests.beds.database import Installation, opened
from tests.core.accounts.desk import Desk


@pytest.fixture
def desk(empty_installation: Installation) -> Iterator[Desk]:
    """An installation at work, with nobody in it."""
    with opened(empty_installation.settings(demo=False, now=None)) as app, app.app_context():
        if not app.extensions["dialogues"].settings.master_key.exists():
            key_store().create_master()
        yield Desk(app)


@pytest.fixture
def demo(empty_installation: Installation) -> Iterator[Desk]:
    """A demonstration, in which staff need no second factor."""
    with opened(empty_installation.settings()) as app, app.app_context():
        yield Desk(app)
