"""Background work of notes: deletes raw notes at the end of their retention."""

from threading import Event

from dialogues.core.common import clock
from dialogues.core.outbox.jobs import Sweep
from dialogues.records.notes import commands


def destroy_due(_stop: Event) -> int:
    return commands.destroy_due_raw_notes(clock.now())


SWEEPS: dict[str, Sweep] = {
    "raw notes": destroy_due,
}
