"""The blueprint of accounts, with its response for too many attempts."""

from math import ceil

from flask import Blueprint

from dialogues.core.common.errors import retry_later
from dialogues.lib.auth.throttle import Throttled

blueprint = Blueprint("accounts", __name__)

_Answer = tuple[str, int, dict[str, str]]


@blueprint.errorhandler(Throttled)
def too_many_tries(throttled: Throttled) -> _Answer:
    return retry_later(429, ceil(throttled.wait.total_seconds()))
