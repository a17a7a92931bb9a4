"""Runs the migrations on the application's own engine; creates the SQLite file, which nothing else does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import click
from alembic import context
from sqlalchemy import Enum
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

from dialogues.core.common import database
from dialogues.core.common.state import state
from dialogues.extensions import Base, db
from dialogues.lib.textsearch.search_index import is_index_table


def find_or_create_file() -> None:
    """Creates the SQLite file for `flask db upgrade`; checks for other commands that there is a database.

    Only `flask db upgrade` creates it, so that an empty database never replaces a lost one.

    :raises DatabaseFault: there is no database, or its folder cannot be written.
    """
    settings = state().settings
    file = settings.database_file
    if settings.is_sqlite and click.get_current_context().info_name == "upgrade" and not file.exists():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
        except OSError as error:
            raise database.DatabaseFault(f"The database {file} cannot be created ({error.strerror}).") from None
    else:
        database.refuse_missing(settings)


@contextmanager
def faults_as_click_errors() -> Iterator[None]:
    try:
        yield
    except database.DatabaseFault as fault:
        raise click.ClickException(str(fault)) from None


def plain_types(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Writes plain database types into migrations, so that old migrations do not depend on our modules."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def same_type(_context: Any, _inspected: Any, _metadata: Any, _found: Any, metadata_type: Any) -> bool | None:
    """Tells autogenerate that enums are equal, because they are stored as plain text."""
    return False if isinstance(metadata_type, Enum) else None


def run() -> None:
    with faults_as_click_errors():
        find_or_create_file()
        try:
            connection = db.engine.connect()
        except DBAPIError as error:
            raise database.fault(error) from None
    with connection:
        with faults_as_click_errors():
            database.refuse_damaged(connection)
            database.refuse_newer(connection)
        # Ends the open transaction, because Alembic commits only transactions that it began itself.
        connection.rollback()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=plain_types,
            compare_type=same_type,
            include_name=lambda name, kind, _parents: not (kind == "table" and is_index_table(name)),
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
