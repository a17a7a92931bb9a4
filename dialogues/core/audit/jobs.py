"""Background work of the audit log: deletes expired details and their keys."""

from collections.abc import Callable
from threading import Event

from dialogues.core.audit import commands
from dialogues.core.common import clock
from dialogues.core.common.viewer import Purpose, system


def expire_details(_stop: Event) -> int:
    return commands.expire_details(system(Purpose.UPKEEP), now=clock.now())


SWEEPS: dict[str, Callable[[Event], int]] = {
    "details of the chain": expire_details,
}
