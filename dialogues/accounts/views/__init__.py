"""Pages about accounts: ways in and out, one's own account, the staff."""

from dialogues.accounts.views import own_account, plain, signing_in, staff
from dialogues.accounts.views.house import blueprint

__all__ = ["blueprint", "own_account", "plain", "signing_in", "staff"]
