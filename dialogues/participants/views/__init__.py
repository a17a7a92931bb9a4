"""Pages about who takes part: the list, invitations by the office, the way of the invited."""

from dialogues.participants.views import inviting, listing, own, personal_link
from dialogues.participants.views.house import blueprint

__all__ = ["blueprint", "inviting", "listing", "own", "personal_link"]
