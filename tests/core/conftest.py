"""An installation without the demonstration mode, so that every second factor is required."""

from collections.abc import Iterator

import pytest

from dialogues.core.common.stores import key_store
from tests.beds.database import Installation, opened
from tests.core.accounts.desk import Desk


@pytest.fixture
def desk(empty_installation: Installation) -> Iterator[Desk]:
    """An installation in normal operation, without accounts."""
    with opened(empty_installation.settings(demo=False, now=None)) as app, app.app_context():
        if not app.extensions["dialogues"].settings.master_key.exists():
            key_store().create_master()
        yield Desk(app)


@pytest.fixture
def demo(empty_installation: Installation) -> Iterator[Desk]:
    """An installation in demonstration mode, where staff need no second factor."""
    with opened(empty_installation.settings()) as app, app.app_context():
        yield Desk(app)
