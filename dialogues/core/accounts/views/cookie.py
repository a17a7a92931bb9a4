"""The viewer of a request: the cookie holds a sign-in's handle, which needs a live row in the database."""

import logging
from dataclasses import fields
from datetime import datetime

from flask import request, session
from flask_login import UserMixin, current_user, login_user
from sqlalchemy.exc import SQLAlchemyError

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.commands import signing_in
from dialogues.core.accounts.commands.signing_in import SignInContext
from dialogues.core.accounts.queries import ActiveSignIn
from dialogues.core.accounts.rules import Moment, Terms
from dialogues.core.common import clock
from dialogues.core.common.outages import WritersBusy
from dialogues.core.common.state import state
from dialogues.core.common.transaction import READERS_WAIT, upkeep
from dialogues.core.common.viewer import ANYONE, Purpose, Viewer, system
from dialogues.extensions import login
from dialogues.lib.auth.browsers import browser_family
from dialogues.lib.auth.hashing import Hasher
from dialogues.lib.auth.throttle import Caller

log = logging.getLogger("dialogues.accounts")


class LoginUser(UserMixin):  # type: ignore[misc]  # Flask-Login is untyped.
    """A live sign-in as the user object of Flask-Login, for one request."""

    def __init__(self, handle: str, active: ActiveSignIn) -> None:
        self.handle = handle
        self.active = active

    def get_id(self) -> str:
        return self.handle


@login.user_loader  # type: ignore[untyped-decorator]  # Flask-Login is untyped.
def load_user(handle: str) -> LoginUser | None:
    now = clock.real_now()
    found = queries.load_sign_in(handle, terms(), now)
    if found is None:
        return None
    if found.stamp_due:
        _stamp(found, now)
    return LoginUser(handle, found)


def load_viewer() -> Viewer:
    """The viewer of this request's cookie; ANYONE while the second factor is missing."""
    active = current_sign_in()
    return ANYONE if active is None or active.needs_second_factor else active.viewer


def current_sign_in() -> ActiveSignIn | None:
    return current_user.active if current_user.is_authenticated else None


def terms() -> Terms:
    settings = state().settings
    return Terms(**{field.name: getattr(settings, field.name) for field in fields(Terms)})


def this_moment() -> Moment:
    return Moment(real=clock.real_now(), service=clock.now())


def sign_in_context() -> SignInContext:
    browser = browser_family(request.headers.get("User-Agent", ""))
    caller = Caller(state().settings.secret_key.encode(), request.remote_addr or "", browser)
    return SignInContext(caller, terms(), this_moment())


def hasher() -> Hasher:
    found: Hasher = state().hasher
    return found


def start_sign_in(handle: str) -> ActiveSignIn | None:
    """Replace the browser's cookie with the handle of its new sign-in."""
    session.clear()
    found = queries.load_sign_in(handle, terms(), clock.real_now())
    if found is not None:
        login_user(LoginUser(handle, found))
    return found


def end_present() -> None:
    active = current_sign_in()
    if active is not None:
        signing_in.sign_out(active, clock.real_now())
    session.clear()


def _stamp(active: ActiveSignIn, now: datetime) -> None:
    """Store the last-seen time. If that fails, or others write, the page is shown without it."""
    try:
        with upkeep(system(Purpose.SIGN_IN), wait=READERS_WAIT):
            operations.store_last_seen(active.viewer.sign_in_id, now)
    except (SQLAlchemyError, WritersBusy) as error:
        log.warning("last-seen time not stored: %s", type(error).__name__)
