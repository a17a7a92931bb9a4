"""Pages about who takes part: the list, invitations by the office, the way of the invited."""

from dialogues.participants.views import for_others, inviting, listing, own, personal_link, sealed
from dialogues.participants.views.house import blueprint

__all__ = ["blueprint", "for_others", "inviting", "listing", "own", "personal_link", "sealed"]
