"""Background job: destroys sealed fields and answers whose retention has ended."""

from threading import Event

from dialogues.core.common import clock
from dialogues.core.outbox.jobs import Sweep
from dialogues.people.documents import commands


def destroy_due(stop: Event) -> int:
    """Destroys what is due, one transaction per meeting, and empties the write-ahead log. Returns the number destroyed.

    Stops between two meetings when `stop` is set.
    """
    gone = 0
    for meeting_id in commands.meetings_with_due_fields(clock.now()):
        if stop.is_set():
            break
        gone += commands.destroy_due(meeting_id, clock.now())
    gone += commands.destroy_answers(clock.now())
    commands.wipe_log(clock.now())
    return gone


SWEEPS: dict[str, Sweep] = {
    "sealed fields": destroy_due,
}
