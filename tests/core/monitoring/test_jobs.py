"""The worker checks an SQLite file for damage, and /health tells the result."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dialogues.core.common import database
from dialogues.extensions import db
from tests.beds.database import Installation, opened, shell


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An installation on SQLite, on either engine of the run."""
    with opened(Installation(tmp_path / "instance").settings()) as app:
        shell(app, "db", "upgrade")
        with app.app_context():
            yield app


def file_of(app: Flask) -> Path:
    return Path(app.extensions["dialogues"].settings.database_file)


def damage_one_page(app: Flask) -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with file_of(app).open("r+b") as pages:
        pages.seek(10 * 4096)
        pages.write(b"\xa5" * 4096)


def an_hour_passes(app: Flask) -> None:
    checked = time.time() - 3700
    os.utime(file_of(app).with_name("database.check"), (checked, checked))


def health(app: Flask) -> TestResponse:
    return app.test_client().get("/health")


def test_health_notices_a_damaged_page_at_the_next_check(app: Flask) -> None:
    database.check_regularly()
    damage_one_page(app)
    database.check_regularly()
    assert health(app).json["database"] == "ok"
    an_hour_passes(app)
    database.check_regularly()
    answer = health(app)
    assert (answer.status_code, answer.json["database"]) == (503, "damaged")


def test_a_restored_database_is_noticed_at_once(app: Flask) -> None:
    file_of(app).with_name("database.check").write_text("damaged")
    assert health(app).status_code == 503
    database.check_regularly()
    assert health(app).status_code == 200


def test_a_missing_database_is_silent(app: Flask) -> None:
    db.session.remove()
    db.engine.dispose()
    file_of(app).unlink()
    answer = health(app)
    assert (answer.status_code, answer.json["database"]) == (503, "silent")
