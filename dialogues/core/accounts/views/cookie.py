"""Who asks: the cookie holds the handle of a sign-in, and the handle needs a live row."""

import logging
from datetime import datetime

from flask import current_app, request, session
from flask_login import UserMixin, current_user, login_user
from sqlalchemy.exc import SQLAlchemyError

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.commands import signing_in
from dialogues.core.accounts.commands.signing_in import SignInContext
from dialogues.core.accounts.queries import ActiveSignIn
from dialogues.core.accounts.rules import Moment, Terms, browser_family
from dialogues.core.common import clock
from dialogues.core.common.state import state
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import ANYONE, Purpose, Viewer, system
from dialogues.extensions import login
from dialogues.lib.auth.hashing import Hasher
from dialogues.lib.auth.throttle import Caller

log = logging.getLogger("dialogues.accounts")


class Guest(UserMixin):  # type: ignore[misc]  # Flask-Login is untyped.
    """A live sign-in, as Flask-Login keeps it for the length of a request."""

    def __init__(self, handle: str, stay: ActiveSignIn) -> None:
        self.handle = handle
        self.stay = stay

    def get_id(self) -> str:
        return self.handle


@login.user_loader  # type: ignore[untyped-decorator]  # Flask-Login is untyped.
def guest(handle: str) -> Guest | None:
    """The live sign-in with that handle."""
    now = clock.real_now()
    found = queries.load_sign_in(handle, terms(), now)
    if found is None:
        return None
    if found.stamp_due:
        _stamp(found, now)
    return Guest(handle, found)


def who_asks() -> Viewer:
    """The viewer behind this request's cookie; someone who gave only a password is nobody yet."""
    stay = present_stay()
    return ANYONE if stay is None or stay.half else stay.viewer


def present_stay() -> ActiveSignIn | None:
    """The sign-in behind this request's cookie, half ones too."""
    return current_user.stay if current_user.is_authenticated else None


def terms() -> Terms:
    """How long sign-ins last here."""
    settings = state().settings
    return Terms(
        staff_idle=settings.staff_idle,
        staff_longest=settings.staff_longest,
        participant_idle=settings.participant_idle,
        participant_longest=settings.participant_longest,
        demo=settings.demo,
    )


def this_moment() -> Moment:
    """Now, on both clocks."""
    return Moment(real=clock.real_now(), service=clock.now())


def this_way() -> SignInContext:
    """From where this request comes, on which terms, and when."""
    secret = str(current_app.config["SECRET_KEY"])
    browser = browser_family(request.headers.get("User-Agent", ""))
    caller = Caller(key=secret.encode(), address=request.remote_addr or "", browser=browser)
    return SignInContext(caller, terms(), this_moment())


def hasher() -> Hasher:
    """Where passwords are hashed here."""
    settings = state().settings
    return Hasher(settings.instance)


def let_in(handle: str) -> ActiveSignIn | None:
    """Give the browser the handle of its new sign-in; nothing from before stays in its cookie."""
    session.clear()
    found = queries.load_sign_in(handle, terms(), clock.real_now())
    if found is not None:
        login_user(Guest(handle, found))
    return found


def end_present() -> None:
    """End the sign-in of this request, if there is one, and empty its cookie."""
    stay = present_stay()
    if stay is not None:
        signing_in.sign_out(stay, clock.real_now())
    let_out()


def let_out() -> None:
    """Take everything out of the browser's cookie."""
    session.clear()


def _stamp(stay: ActiveSignIn, now: datetime) -> None:
    """Note that the sign-in is in use; a page that is only read does not fail because of it."""
    if stay.viewer.sign_in_id is None:
        return
    try:
        with upkeep(system(Purpose.SIGN_IN)):
            operations.stamp_seen(stay.viewer.sign_in_id, now)
    except SQLAlchemyError as error:
        log.warning("last-seen was not written: %s", type(error).__name__)
