"""Background work on the database itself: checks it for damage, and measures its tables."""

from collections.abc import Callable
from threading import Event

from dialogues.core.common import clock, database
from dialogues.core.common.state import state


def check_database(_stop: Event) -> None:
    database.check_regularly()


def measure_tables(_stop: Event) -> bool:
    """Lets the database measure its tables, at the start of a worker and then once a day. Returns whether it did."""
    app_state, today = state(), clock.real_now().date()
    if app_state.measured_on == today:
        return False
    database.measure_tables()
    app_state.measured_on = today
    return True


SWEEPS: dict[str, Callable[[Event], object]] = {
    "database check": check_database,
    "sizes of tables": measure_tables,
}
