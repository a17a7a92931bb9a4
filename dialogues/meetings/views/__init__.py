"""Pages of dialogues, meetings and roles."""

from dialogues.meetings.views import dialogues, meetings, order, roles
from dialogues.meetings.views.blueprint import blueprint

__all__ = ["blueprint", "dialogues", "meetings", "order", "roles"]
