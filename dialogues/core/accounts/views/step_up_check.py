"""Step-up: asks for password and code again before a sensitive action, in case the browser was stolen.

Put it below `@allows`, with the URL arguments that may hold the id of the object::

    @blueprint.route("/dialogues/<uuid:dialogue_id>/roles/grant", methods=["GET", "POST"])
    @allows(ROLES_GRANT)
    @require_fresh_totp(ROLES_GRANT, "dialogue_id")
    @form_page("meetings/grant_role.html")
    def grant_role(dialogue_id: UUID) -> Iterator[Any]: ...

A viewer who has not stepped up within five minutes, for this action on this object, is redirected to the step-up page
(in the demo: a plain confirmation), and then back; POST routes go back to the page that sent the form. A command can
check it in its transaction: `accounts.queries.stepped_up(viewer, step_up_purpose(action.name, object_id), now)`. Add
the text of each new purpose to `PURPOSES`.
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
from dialogues.lib.refusal import or_not_found
from dialogues.policy import PARTICIPANTS_EXPORT, ROLES_GRANT, STAFF_INVITE, Action

#: The text of the step-up page by purpose; no other purpose is accepted.
PURPOSES = {
    ROLES_GRANT.name: _l("Grant or end a role"),
    PARTICIPANTS_EXPORT.name: _l("Take the participants list along as a file"),
    STAFF_INVITE.name: _l("Change who is of the staff"),
    RENEW_FACTOR.partition(":")[0]: _l("Set up another authenticator app"),
    CHANGE_ADDRESS.partition(":")[0]: _l("Have letters sent to another address"),
}

View = TypeVar("View", bound=Callable[..., Any])


def require_fresh_totp(action: Action, *names: str) -> Callable[[View], View]:
    """Run the view only after a step-up for this action on the object named by the first of these URL arguments."""

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
    return queries.stepped_up(viewer(), step_up_purpose(action.name, about), clock.real_now())


def address(action: Action, about: UUID | None = None) -> str:
    """URL of the step-up page; it returns to this page, or to the page whose button was pressed."""
    return url_for("accounts.step_up", purpose=step_up_purpose(action.name, about), next=_back())


def words_for(purpose: str) -> LazyString:
    """:raises NotFound: there is no step-up for this purpose."""
    return or_not_found(PURPOSES.get(purpose.partition(":")[0]))


def _back() -> str:
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    source = urlsplit(request.referrer or "")
    return own_path(f"{source.path}?{source.query}".rstrip("?"), "/")
