"""Background work of notes: raw notes go on the day that was fixed when they were begun."""

from threading import Event

from dialogues.core.common import clock
from dialogues.core.outbox.jobs import Sweep
from dialogues.records.notes import commands


def destroy_due(_stop: Event) -> int:
    """Destroy the raw notes whose day has come; returns how many."""
    return commands.destroy_due_raw_notes(clock.now())


SWEEPS: dict[str, Sweep] = {
    "raw notes": destroy_due,
}
