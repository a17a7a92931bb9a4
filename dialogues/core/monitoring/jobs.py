"""Background work: checks the database for damage."""

from collections.abc import Callable
from threading import Event

from dialogues.core.common import database


def check_database(_stop: Event) -> None:
    database.check_regularly()


SWEEPS: dict[str, Callable[[Event], object]] = {
    "database check": check_database,
}
