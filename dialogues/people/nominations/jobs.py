"""Background job of nominations."""

from threading import Event

from dialogues.core.common import clock
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.jobs import Sweep
from dialogues.people.nominations.commands import submitting
from dialogues.people.nominations.queries import exchange


def open_due_lists(stop: Event | None = None) -> int:
    """Opens the lists of all meetings whose exchange is due. Returns the number of meetings.

    After a downtime, overdue lists open late: the recorded time is the actual one, because nobody could read them
    before.
    """
    opened = 0
    now = clock.now()
    for meeting_id in exchange.meetings_to_open(now):
        if stop is not None and stop.is_set():
            break
        opened += submitting.open_due(system(Purpose.UPKEEP), meeting_id, now=now)
    return opened


SWEEPS: dict[str, Sweep] = {"sealed lists": open_due_lists}
