"""Changes of the agenda: planning the draft, and releasing it."""

from dialogues.agenda.commands.planning import change_session, plan_session, remove_session, reschedule_session
from dialogues.agenda.commands.releasing import preview_digest, release_agenda

__all__ = [
    "change_session",
    "plan_session",
    "preview_digest",
    "release_agenda",
    "remove_session",
    "reschedule_session",
]
