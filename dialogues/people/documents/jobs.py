"""Background work of taking part: lists open at their moment, and what was sealed goes on its day."""

from threading import Event

from dialogues.core.common import clock
from dialogues.core.outbox.jobs import Sweep
from dialogues.people.documents import commands


def destroy_due(stop: Event) -> int:
    """Destroy what is due, one meeting after the other, and empty the database's log of it; how many fields went."""
    gone = 0
    for meeting_id in commands.meetings_due(clock.now()):
        if stop.is_set():
            break
        gone += commands.destroy_due(meeting_id, clock.now())
    gone += commands.destroy_answers(clock.now())
    commands.wipe(clock.now())
    return gone


SWEEPS: dict[str, Sweep] = {
    "sealed fields": destroy_due,
}
