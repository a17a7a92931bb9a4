"""Migrations create the tables the models expect and can be reverted, on both engines."""

import json

import pytest
from flask import Flask
from sqlalchemy import inspect

from dialogues.extensions import db
from tests.beds.database import Installation, opened, shell

pytestmark = pytest.mark.engine


def tables(app: Flask) -> dict[str, list[str]]:
    """The tables of the database with columns, keys, constraints and indexes."""
    with app.app_context(), db.engine.connect() as connection:
        found = inspect(connection)
        facts = (
            found.get_columns,
            found.get_pk_constraint,
            found.get_foreign_keys,
            found.get_unique_constraints,
            found.get_check_constraints,
            found.get_indexes,
        )
        return {name: [json.dumps(ask(name), default=str) for ask in facts] for name in found.get_table_names()}


def test_a_downgrade_and_upgrade_restores_the_same_tables(bare_installation: Installation) -> None:
    with opened(bare_installation.settings()) as app:
        shell(app, "db", "upgrade")
        first = tables(app)
        assert {"account", "meeting", "person"} <= set(first)

        shell(app, "db", "downgrade", "base")
        assert set(tables(app)) == {"alembic_version"}

        shell(app, "db", "upgrade")
        assert tables(app) == first


def test_the_migrations_create_the_tables_of_the_models(bare_installation: Installation) -> None:
    with opened(bare_installation.settings()) as app:
        shell(app, "db", "upgrade")

        shell(app, "db", "check")
