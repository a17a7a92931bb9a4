"""Databases for tests: created and filled once, copied for every test, on SQLite or PostgreSQL."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from dialogues.core.common import clock
from dialogues.core.common.read_guard import guard_reads
from dialogues.core.common.state import State, state
from dialogues.core.common.stores import install as install_stores
from dialogues.extensions import db
from dialogues.factory import build_app
from dialogues.settings import Settings
from tests.beds.client import ReadingClient

ENGINE = os.environ.get("TEST_DATABASE", "sqlite")
#: During the meeting TRD-1 of the sample, as in the demo.
MIDDLE_OF_TRD_1 = datetime.fromisoformat("2027-05-26T08:00+08:00")


@dataclass(frozen=True, slots=True)
class Installation:
    """An instance folder and its database."""

    instance: Path
    database_url: str = ""

    def settings(self, **changes: Any) -> Settings:
        """The settings of the demo with these changes."""
        ours = Settings(
            instance=self.instance,
            database_url=self.database_url,
            base_url="http://localhost",
            secret_key="a secret of the tests, long enough",
            demo=True,
            now=MIDDLE_OF_TRD_1,
        )
        return replace(ours, **changes)


#: Applications kept between tests: about the number of different settings in a run.
_KEPT = 6


class Built(NamedTuple):
    """An application with its state and configuration at the time it was built."""

    app: Flask
    state: State
    config: dict[str, Any]


class Applications:
    """Cache of applications by settings.

    Building one takes longer than most tests, because of its routes and of the templates and statements it compiles.
    """

    def __init__(self) -> None:
        self._free: dict[Settings, Built] = {}

    @contextmanager
    def one(self, settings: Settings) -> Iterator[Flask]:
        """An application in its initial state; builds a new one if the cached one is in use."""
        built = self._free.pop(settings, None) or _build(settings)
        app = built.app
        app.config.clear()
        app.config.update(built.config)
        app.extensions["dialogues"] = replace(
            built.state,
            clock_shift=clock.shift_of(settings),
            composers=dict(built.state.composers),
            sweeps=dict(built.state.sweeps),
        )
        install_stores(app, settings)
        yield app
        if not _is_listened_to(app):
            self._free[settings] = built
            while len(self._free) > _KEPT:
                del self._free[next(iter(self._free))]


def _build(settings: Settings) -> Built:
    app = build_app(settings)
    guard_reads(app)
    return Built(app, state(app), dict(app.config))


def _is_listened_to(app: Flask) -> bool:
    """Whether a test still listens to the statements of the database."""
    with app.app_context():
        return bool(db.engine.dispatch.before_cursor_execute)


_applications = Applications()


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """An application on these settings; its database connections are closed afterwards."""
    with _applications.one(settings) as app:
        app.test_client_class = ReadingClient
        try:
            yield app
        finally:
            with app.app_context():
                db.session.remove()
                for engine in db.engines.values():
                    engine.dispose()


@contextmanager
def new_installation(instance: Path, like: Installation | None = None, name: str = "") -> Iterator[Installation]:
    """A new installation, empty or a copy; its PostgreSQL database is dropped afterwards.

    :param name: of the PostgreSQL database.
    """
    if like is None:
        instance.mkdir(parents=True)
    else:
        shutil.copytree(like.instance, instance)
    if ENGINE == "sqlite":
        yield Installation(instance)
        return
    name = name or f"dialogues_{uuid4().hex}"
    template = make_url(like.database_url).database if like else "template0"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        url = make_url(os.environ["TEST_DATABASE_URL"]).set(database=name)
        yield Installation(instance, url.render_as_string(hide_password=False))
    finally:
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def in_its_place(factory: pytest.TempPathFactory, kind: str, like: Installation | None) -> Iterator[Installation]:
    """An installation at the same path for every test of this process, so that its application can be reused."""
    instance = factory.getbasetemp() / f"{kind}-instance"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "only")
    with new_installation(instance, like, f"dialogues_{kind}_{os.getpid()}_{worker}") as installation:
        yield installation
    shutil.rmtree(instance)


def _on_server(statement: str) -> None:
    engine = create_engine(os.environ["TEST_DATABASE_URL"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def held_write_lock(app: Flask) -> Iterator[None]:
    """Another process writes and does not end."""
    with app.app_context():
        connection = db.engine.connect()
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]  # it is open
        else:
            connection.execute(text("SELECT pg_advisory_lock(7231005)"))
        try:
            yield
        finally:
            connection.invalidate()
            connection.close()


def shell(app: Flask, *arguments: str) -> str:
    """Run `flask …` with these arguments and return what it prints.

    :raises AssertionError: the command failed; the message holds its output.
    """
    result = app.test_cli_runner().invoke(args=list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.stdout)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with empty tables; tests use copies."""
    with new_installation(tmp_path_factory.mktemp("migrated") / "instance") as installation:
        with opened(installation.settings()) as app:
            shell(app, "db", "upgrade")
        yield installation


@dataclass(frozen=True, slots=True)
class Sample:
    """An installation with the sample dialogues, and the loader's output: ids, links, addresses."""

    installation: Installation
    facts: dict[str, Any]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, migrated: Installation) -> Iterator[Sample]:
    """The sample dialogues, loaded once; tests use copies."""
    with new_installation(tmp_path_factory.mktemp("loaded") / "instance", migrated) as installation:
        with opened(installation.settings()) as app:
            facts = json.loads(shell(app, "sample", "load", "--json"))
        yield Sample(installation, facts)


@pytest.fixture(scope="session")
def sample(loaded: Sample) -> dict[str, Any]:
    """The output of `flask sample load --json`; its ids and unused links are valid in every copy."""
    return loaded.facts


@pytest.fixture
def installation(tmp_path_factory: pytest.TempPathFactory, loaded: Sample) -> Iterator[Installation]:
    """This test's own copy of the sample dialogues."""
    with in_its_place(tmp_path_factory, "sample", loaded.installation) as copy:
        yield copy


@pytest.fixture
def empty_installation(tmp_path_factory: pytest.TempPathFactory, migrated: Installation) -> Iterator[Installation]:
    """This test's own installation with empty tables."""
    with in_its_place(tmp_path_factory, "empty", migrated) as copy:
        yield copy


@pytest.fixture
def bare_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """This test's own database before any migration."""
    with in_its_place(tmp_path_factory, "bare", None) as bare:
        yield bare
