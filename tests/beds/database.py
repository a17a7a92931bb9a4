"""Databases for tests: made and filled once, copied for every test, on SQLite or on PostgreSQL."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, make_url, text
from werkzeug.routing import Rule

from dialogues.common.application import Application
from dialogues.extensions import db
from dialogues.factory import put_together
from dialogues.settings import Settings
from tests.beds.client import ReadingClient

ENGINE = os.environ.get("TEST_DATABASE", "sqlite")
#: In the middle of the sample's running meeting, as in the demo.
MIDDLE_OF_TRD_1 = datetime.fromisoformat("2027-05-26T08:00+08:00")


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder and a database that belong together, as an operator would have them."""

    instance: Path
    database_url: str = ""

    def settings(self, **changes: Any) -> Settings:
        """Its settings: those of the demo, unless changed."""
        ours = Settings(
            instance=self.instance,
            database_url=self.database_url,
            base_url="http://localhost",
            secret_key="a secret of the tests, long enough",
            demo=True,
            now=MIDDLE_OF_TRD_1,
        )
        return ours.but(**changes)


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all the applications of a test run: each test has an application of its own."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key] = bucket.bytecode_to_string()


_compiled = CompiledTemplates()


class CompiledRule(Rule):
    """A route whose way to build an address is compiled once for all the applications of a test run."""

    _builders: ClassVar[dict[tuple[str, bool], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        kind = (self.rule, append_unknown)
        if self.defaults or kind not in self._builders:
            self._builders[kind] = super()._compile_builder(append_unknown)
        return self._builders[kind]


Application.url_rule_class = CompiledRule


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """An application on these settings, whose connections are closed afterwards."""
    app = put_together(settings)
    app.test_client_class = ReadingClient
    app.jinja_env.bytecode_cache = _compiled
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


@contextmanager
def new_installation(instance: Path, like: Installation | None = None) -> Iterator[Installation]:
    """A new installation, empty or a copy; its database on PostgreSQL goes when it is no longer needed."""
    if like is None:
        instance.mkdir(parents=True)
    else:
        shutil.copytree(like.instance, instance)
    if ENGINE == "sqlite":
        yield Installation(instance)
        return
    name = f"dialogues_{uuid4().hex}"
    template = make_url(like.database_url).database if like else "template0"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        url = make_url(os.environ["TEST_DATABASE_URL"]).set(database=name)
        yield Installation(instance, url.render_as_string(hide_password=False))
    finally:
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    engine = create_engine(os.environ["TEST_DATABASE_URL"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def shell(app: Flask, *arguments: str) -> str:
    """What `flask …` prints for these arguments.

    :raises AssertionError: it ended with an error; the message holds what it printed.
    """
    result = app.test_cli_runner().invoke(args=list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.stdout)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with tables and nothing in them; tests take copies."""
    with new_installation(tmp_path_factory.mktemp("migrated") / "instance") as installation:
        with opened(installation.settings()) as app:
            shell(app, "db", "upgrade")
        yield installation


@dataclass(frozen=True, slots=True)
class Sample:
    """An installation with the sample dialogues, and what the loader said of it: ids, links, addresses."""

    installation: Installation
    facts: dict[str, Any]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, migrated: Installation) -> Iterator[Sample]:
    """The sample dialogues, loaded once; tests take copies."""
    with new_installation(tmp_path_factory.mktemp("loaded") / "instance", migrated) as installation:
        with opened(installation.settings()) as app:
            facts = json.loads(shell(app, "sample", "load", "--json"))
        yield Sample(installation, facts)


@pytest.fixture(scope="session")
def sample(loaded: Sample) -> dict[str, Any]:
    """What `flask sample load --json` printed; its ids and unused links hold in every copy."""
    return loaded.facts


@pytest.fixture
def installation(tmp_path: Path, loaded: Sample) -> Iterator[Installation]:
    """This test's own copy of the sample dialogues."""
    with new_installation(tmp_path / "instance", loaded.installation) as copy:
        yield copy


@pytest.fixture
def empty_installation(tmp_path: Path, migrated: Installation) -> Iterator[Installation]:
    """This test's own installation with nothing in it."""
    with new_installation(tmp_path / "empty-instance", migrated) as copy:
        yield copy


@pytest.fixture
def bare_installation(tmp_path: Path) -> Iterator[Installation]:
    """This test's own database before any migration."""
    with new_installation(tmp_path / "bare-instance") as bare:
        yield bare
