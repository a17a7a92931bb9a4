"""Runs the migrations on the application's own engine, and creates the SQLite file, which nothing else does."""

from pathlib import Path
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Enum
from sqlalchemy.types import TypeDecorator

from dialogues.archive.search_index import is_index_table
from dialogues.extensions import Base, db


def create_file() -> None:
    settings = current_app.extensions["dialogues.settings"]
    if settings.is_sqlite and db.engine.url.database not in {None, "", ":memory:"}:
        path = Path(str(db.engine.url.database))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)


def plain_types(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Migrations name the database's types, not ours, so that they stand when our modules move."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def same_type(_context: Any, _inspected: Any, _metadata: Any, _found: Any, wanted: Any) -> bool | None:
    """Our words are kept as plain text."""
    return False if isinstance(wanted, Enum) else None


def run() -> None:
    create_file()
    with db.engine.connect() as connection:
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
