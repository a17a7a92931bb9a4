"""Asks for a fresh proof of who acts, before an action that would be worth a stolen browser.

A view of such an action says so below `@allows`, and names the URL argument that tells the object, if there is one::

    @blueprint.route("/dialogues/<uuid:dialogue_id>/roles/grant", methods=["GET", "POST"])
    @allows(ROLES_GRANT)
    @require_fresh_totp(ROLES_GRANT, "dialogue_id")
    @form_page("meetings/grant_role.html")
    def grant_role(dialogue_id: UUID) -> Iterator[Any]: ...

Someone whose sign-in did not prove it within the last five minutes, for this action on this object, is sent to a page
that asks for password and code (in the demonstration: for a plain confirmation), and then back. A route that answers
only POST goes back to the page it was sent from. A command can check the same inside its transaction with
`accounts.queries.stepped_up(viewer, step_up_purpose(action.name, object_id), now)`. An action that is guarded so for
the first time needs its words in `PURPOSES`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from dialogues.core.accounts import queries
from dialogues.core.accounts.rules import CHANGE_ADDRESS, RENEW_FACTOR, step_up_purpose
from dialogues.core.common import clock
from dialogues.core.common.access import viewer
from dialogues.core.common.pages import own_path, see_other
from dialogues.lib.refusal import NotFound
from dialogues.policy import PARTICIPANTS_EXPORT, ROLES_GRANT, STAFF_INVITE, Action

#: What the page says it is about; there is no step-up for anything else.
PURPOSES = {
    ROLES_GRANT.name: _l("Grant or end a role"),
    PARTICIPANTS_EXPORT.name: _l("Take the participants list along as a file"),
    STAFF_INVITE.name: _l("Change who is of the staff"),
    RENEW_FACTOR.partition(":")[0]: _l("Set up another authenticator app"),
    CHANGE_ADDRESS.partition(":")[0]: _l("Have letters sent to another address"),
}


View = TypeVar("View", bound=Callable[..., Any])


def require_fresh_totp(action: Action, *names: str) -> Callable[[View], View]:
    """Run the view only after a step-up for this action on the object that the URL names by one of these arguments."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            about = next((arguments[name] for name in names if name in arguments), None)
            if not is_fresh(action, about):
                return see_other(address(action, about))
            return view(**arguments)

        return cast(View, guarded)

    return guard


def is_fresh(action: Action, about: UUID | None = None) -> bool:
    """Whether this sign-in stepped up for this action on this object, a short while ago."""
    return queries.stepped_up(viewer(), step_up_purpose(action.name, about), clock.real_now())


def address(action: Action, about: UUID | None = None) -> str:
    """Where to step up; from there it goes back to this page, or to the one that a button was pressed on."""
    return url_for("accounts.step_up", purpose=step_up_purpose(action.name, about), next=_back())


def words_for(purpose: str) -> LazyString:
    """What a step-up for this purpose is about.

    :raises Unseen: nothing asks for such a step-up.
    """
    words = PURPOSES.get(purpose.partition(":")[0])
    if words is None:
        raise NotFound
    return words


def _back() -> str:
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    source = urlsplit(request.referrer or "")
    return own_path(f"{source.path}?{source.query}".rstrip("?"), "/")
