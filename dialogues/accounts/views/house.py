"""The blueprint of these pages, and how they say that one has to wait."""

from math import ceil
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from dialogues.accounts.hashing import Busy
from dialogues.accounts.throttle import Throttled
from dialogues.common.access import viewer
from dialogues.policy import OWN_ACCOUNT, STAFF_INVITE

blueprint = Blueprint("accounts", __name__)

_Answer = tuple[str, int, dict[str, str]]


@blueprint.errorhandler(Throttled)
def too_many_tries(throttled: Throttled) -> _Answer:
    """Say when to try again; the same for accounts that do not exist."""
    return _wait(429, ceil(throttled.wait.total_seconds()))


@blueprint.errorhandler(Busy)
def too_many_passwords(_busy: Busy) -> _Answer:
    """Say that the machine has enough to do."""
    return _wait(503, 5)


def _wait(code: int, seconds: int) -> _Answer:
    page = render_template("error.html", code=code, heading="", advice="", retry_after=seconds)
    return page, code, {"Retry-After": str(seconds)}


@blueprint.app_context_processor
def account_links() -> dict[str, Any]:
    """What stands in the account menu."""
    places = (("accounts.own_account", _("Your account"), OWN_ACCOUNT), ("accounts.staff", _("Staff"), STAFF_INVITE))
    return {
        "account_nav": [
            (label, url_for(endpoint), request.endpoint == endpoint)
            for endpoint, label, action in places
            if viewer().may(action)
        ]
    }
