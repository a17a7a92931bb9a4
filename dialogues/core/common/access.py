"""Request authorization: every route declares an action, and the policy is asked before the view runs."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, g, redirect, request, session, url_for
from werkzeug import exceptions
from werkzeug.wrappers import Response

from dialogues.core.common import secret_addresses
from dialogues.core.common.state import state
from dialogues.core.common.viewer import ANYONE, Viewer
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.policy import ACCOUNT_KINDS, AccountKind, Action

View = TypeVar("View", bound=Callable[..., Any])

#: The only pages that need no sign-in.
PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "bootstrap.static",
        "accounts.sign_in",
        "accounts.second_factor",
        "accounts.set_up_second_factor",
        "accounts.ask_for_link",
        "accounts.ask_for_reset",
        "accounts.link_asked_for",
        "accounts.mail_sign_in_link",
        "accounts.open_link",
        "accounts.use_link",
        "accounts.choose_password",
        "accounts.confirm_address",
        "accounts.sign_out",
        "accounts.leave",
        "accounts.left",
        "monitoring.robots",
        "monitoring.health",
        "monitoring.csp_report",
        "invitations.open_link",
        "invitations.registration",
        "invitations.ask_for_new_link",
        "calendars.feed",
        "home.design",
    }
)

#: The only pages, in addition to the public ones, that a limited sign-in may open.
LIMITED_ENDPOINTS = frozenset(
    {
        "registration.own_registration",
        "registration.own_identity",
        "registration.own_affiliation",
        "registration.own_languages",
        "registration.own_days",
        "registration.own_visibility",
        "registration.own_rules",
        "registration.own_sealed",
        "registration.own_answers",
        "registration.own_change",
        "registration.take_change_back",
        "registration.confirm_days",
        "registration.withdraw",
    }
)


class UndeclaredRoute(RuntimeError):
    """A route declares no action, so the application does not start."""


def allows(action: Action, *others: Action) -> Callable[[View], View]:
    """Declare the action that a view performs. With several actions, any one of them is enough."""

    def mark(view: View) -> View:
        cast(Any, view).__action__ = action
        cast(Any, view).__actions__ = (action, *others)
        return view

    return mark


def viewer() -> Viewer:
    return cast(Viewer, g.get("viewer", ANYONE))


def guard(app: Flask) -> None:
    """Ask the policy before every request. Missing and forbidden both answer the same 404."""

    @app.before_request
    def authorize_request() -> Response | None:
        g.viewer = ANYONE
        view = app.view_functions.get(request.endpoint or "")
        action = getattr(view, "__action__", None)
        if action is not None and AccountKind.ANYONE in ACCOUNT_KINDS.get(action, frozenset()):
            if not getattr(view, "__without_viewer__", False):
                g.viewer = state().who()
            return None
        g.viewer = state().who()
        if request.url_rule is None and secret_addresses.holds_secret(request.path):
            raise NotFound
        if not g.viewer.signed_in:
            return _to_sign_in()
        if g.viewer.is_limited and request.endpoint not in LIMITED_ENDPOINTS:
            raise NotFound
        if action is None:
            return None
        _enter_place()
        if not any(g.viewer.may(one) for one in getattr(view, "__actions__", ())):
            raise NotFound
        return None

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> Any:
        # Not raised again here, because Flask would then report a fault of this handler.
        return app.handle_http_exception(exceptions.NotFound())


def without_viewer(view: View) -> View:
    """Mark a public view that needs no viewer, because it must answer with one query (the calendar feed)."""
    cast(Any, view).__without_viewer__ = True
    return view


def _enter_place() -> None:
    arguments = request.view_args or {}
    dialogue_id, meeting_id = arguments.get("dialogue_id"), arguments.get("meeting_id")
    if dialogue_id is None and meeting_id is None:
        return
    g.viewer = or_not_found(state().place(g.viewer, dialogue_id, meeting_id))


def _to_sign_in() -> Response:
    return redirect(url_for("accounts.sign_in", next=_after_sign_in()), code=303)


def _after_sign_in() -> str | None:
    """The page to open after sign-in. Leaves out an address without a route, because it may contain anything."""
    if request.url_rule is None or request.method not in {"GET", "HEAD"} or request.path == "/":
        return None
    token = (request.view_args or {}).get(secret_addresses.ARGUMENT)
    if token is None:
        return request.full_path.rstrip("?")
    session[_KEPT_SECRET] = [request.path.rpartition("/")[0], token[:_LONGEST_SECRET]]
    return None


#: Key in the signed cookie: the address (without its secret) and the secret that were opened before sign-in.
_KEPT_SECRET = "kept_secret"  # noqa: S105  a key, not a password
_LONGEST_SECRET = 100


def kept_secret() -> list[str] | None:
    """The address without its secret, and the secret, that this browser opened before sign-in."""
    return cast(list[str] | None, session.get(_KEPT_SECRET))


def keep_secret(kept: list[str] | None) -> None:
    """Store the value of `kept_secret` again, because a new sign-in clears the cookie; None deletes it."""
    if kept is None:
        session.pop(_KEPT_SECRET, None)
    else:
        session[_KEPT_SECRET] = kept


def refuse_undeclared_routes(app: Flask) -> None:
    """:raises UndeclaredRoute: a route declares no action, or a public route is not listed."""
    undeclared, unlisted = [], []
    for endpoint, view in app.view_functions.items():
        action = getattr(view, "__action__", None)
        if action is None:
            undeclared.append(endpoint)
        elif AccountKind.ANYONE in ACCOUNT_KINDS.get(action, frozenset()) and endpoint not in PUBLIC_ENDPOINTS:
            unlisted.append(endpoint)
    if undeclared or unlisted:
        raise UndeclaredRoute(f"no action: {sorted(undeclared)}; public but not listed: {sorted(unlisted)}")
