"""Background work of taking part: what was sealed goes on its day."""

from threading import Event

from dialogues.common import clock
from dialogues.outbox.queue import Sweep
from dialogues.participants.commands import destroying


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


SWEEPS: dict[str, Sweep] = {"sealed fields": destroy_due}
