"""Background work of taking part: lists open at their moment, and what was sealed goes on its day."""

from threading import Event

from dialogues.common import clock
from dialogues.common.viewer import Purpose, system
from dialogues.outbox.queue import Sweep
from dialogues.participants import queries
from dialogues.participants.commands import destroying, lodging


def open_due_lists(stop: Event | None = None) -> int:
    """Open the lists of every meeting whose moment has come, also after a time without service; how many were opened.

    They open from the time at which that happens, so that nobody was to know them before.
    """
    opened = 0
    now = clock.now()
    for meeting_id in queries.meetings_to_open(now):
        if stop is not None and stop.is_set():
            break
        opened += lodging.open_due(system(Purpose.UPKEEP), meeting_id, now=now)
    return opened


def destroy_due(stop: Event) -> int:
    """Destroy what is due, one meeting after the other, and empty the database's log of it; how many fields went."""
    gone = 0
    for meeting_id in destroying.meetings_due(clock.now()):
        if stop.is_set():
            break
        gone += destroying.destroy_due(meeting_id, clock.now())
    gone += destroying.destroy_answers(clock.now())
    destroying.wipe(clock.now())
    return gone


SWEEPS: dict[str, Sweep] = {"sealed lists": open_due_lists, "sealed fields": destroy_due}
