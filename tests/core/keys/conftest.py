"""The table of stored files, and a store of files, for each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from dialogues.core.common import stores, transaction
from dialogues.core.common.state import State
from dialogues.core.keys.cli import commands
from dialogues.core.keys.models import StoredFile
from dialogues.extensions import Base, db
from tests.beds.database import Installation


@pytest.fixture
def files(bare_installation: Installation) -> Iterator[Flask]:
    """An application with only the table of stored files, within its context."""
    settings = bare_installation.settings()
    app = Flask("dialogues")
    app.config.update(SQLALCHEMY_DATABASE_URI=settings.database, SQLALCHEMY_ENGINE_OPTIONS=_options(settings.is_sqlite))
    app.extensions["dialogues"] = State(settings)
    db.init_app(app)
    stores.install(app, settings)
    app.cli.add_command(commands)
    with app.app_context():
        transaction.configure_engine(db.engine)
        Base.metadata.create_all(db.engine, [StoredFile.__table__])
        yield app
        db.session.remove()
        db.engine.dispose()


def _options(is_sqlite: bool) -> dict[str, Any]:
    if not is_sqlite:
        return {}
    import pysqlite3.dbapi2

    return {"module": pysqlite3.dbapi2}
