"""Background job of the agenda: follows new time zone data."""

from threading import Event

from dialogues.agenda.planning import commands
from dialogues.agenda.planning.queries.draft import meetings_on_older_zone_data
from dialogues.core.common import clock
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.jobs import Sweep


def follow_zone_data(stop: Event | None = None) -> int:
    """Publishes agendas again whose instants moved with the installed time zone data. Returns their number."""
    followed = 0
    now = clock.now()
    for meeting_id in meetings_on_older_zone_data(now):
        if stop is not None and stop.is_set():
            break
        followed += commands.follow_zone_data(system(Purpose.UPKEEP), meeting_id, now=now)
    return followed


SWEEPS: dict[str, Sweep] = {"time zone data": follow_zone_data}
