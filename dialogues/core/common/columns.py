"""Column types that refuse ambiguous values."""

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, DateTime, Dialect, String, Table, Uuid, literal_column
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

#: Marks the tables of people, notes and records, and of what belongs to them: `read_guard` checks who reads them.
GUARDED = "guarded"
GUARDED_TABLE = {"info": {GUARDED: True}}


def table_of(model: type[Any]) -> Table:
    return cast(Table, model.__table__)


#: A random id (UUID 4), never derived from data.
Id = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=uuid4)]


class Instant(TypeDecorator[datetime]):
    """A point in time: aware values in and out, UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        utc: datetime = value.astimezone(UTC).replace(tzinfo=None)
        return utc

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class WallTime(TypeDecorator[datetime]):
    """A local date and time without a time zone; the zone belongs to the meeting."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError("A wall time has no time zone of its own.")
        return value  # type: ignore[no-any-return]  # SQLAlchemy passes the value untyped.


def enum_column(kind: type[Enum], **options: Any) -> SqlEnum:
    return SqlEnum(
        kind, native_enum=False, length=40, values_callable=lambda words: [w.value for w in words], **options
    )


def constant(value: Enum) -> ColumnElement[str]:
    """An enum value as a literal, because SQLite re-prepares a statement when a parameter meets a partial index."""
    return literal_column(f"'{value.value}'", String)
