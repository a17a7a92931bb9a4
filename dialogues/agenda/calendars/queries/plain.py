"""A select compiled once and run on the raw database connection, for the feed look-up."""

from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import Dialect, Engine

_Processor = Callable[[Any], Any]


class PlainSelect:
    """A select that is compiled once per dialect and runs without session, transaction or compiler.

    Parameters and results are converted by the types of their columns.
    """

    def __init__(self, select: Any) -> None:
        self._select = select
        self._row = namedtuple("PlainRow", [column.key for column in select.selected_columns])  # type: ignore[misc]  # its fields are known at run time
        self._compiled = lru_cache(maxsize=4)(self._compile)

    def rows(self, engine: Engine, **values: Any) -> list[Any]:
        sql, bind, results = self._compiled(engine.dialect)
        with closing(engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(sql, bind(values))
            raw_rows = cursor.fetchall()
        return [self._row(*(to(value) for to, value in zip(results, row, strict=True))) for row in raw_rows]

    def _compile(self, dialect: Dialect) -> tuple[str, _Processor, list[_Processor]]:
        compiled = self._select.compile(dialect=dialect)
        to_database = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) or _unchanged
            for name, bind in compiled.binds.items()
        }
        constants = {
            name: to_database[name](bind.effective_value) for name, bind in compiled.binds.items() if not bind.required
        }
        order = compiled.positiontup

        def bind(values: dict[str, Any]) -> Any:
            ready = constants | {name: to_database[name](value) for name, value in values.items()}
            return ready if order is None else tuple(ready[name] for name in order)

        types = (column.type.dialect_impl(dialect) for column in self._select.selected_columns)
        return str(compiled), bind, [kind.result_processor(dialect, None) or _unchanged for kind in types]


def _unchanged(value: Any) -> Any:
    return value
