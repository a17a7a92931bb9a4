"""Background work of taking part: lists open at their moment, and what was sealed goes on its day."""

from threading import Event

from dialogues.core.common import clock
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.jobs import Sweep
from dialogues.people.nominations.commands import submitting
from dialogues.people.nominations.queries import exchange


def open_due_lists(stop: Event | None = None) -> int:
    """Open the lists of every meeting whose moment has come, also after a time without service; how many were opened.

    They open from the time at which that happens, so that nobody was to know them before.
    """
    opened = 0
    now = clock.now()
    for meeting_id in exchange.meetings_to_open(now):
        if stop is not None and stop.is_set():
            break
        opened += submitting.open_due(system(Purpose.UPKEEP), meeting_id, now=now)
    return opened


SWEEPS: dict[str, Sweep] = {
    "sealed lists": open_due_lists,
}
