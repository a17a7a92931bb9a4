"""The blueprint of accounts, with its responses for too many attempts."""

from math import ceil

from flask import Blueprint

from dialogues.core.common.errors import retry_later
from dialogues.lib.auth.hashing import Busy
from dialogues.lib.auth.throttle import Throttled

blueprint = Blueprint("accounts", __name__)

_Answer = tuple[str, int, dict[str, str]]


@blueprint.errorhandler(Throttled)
def too_many_tries(throttled: Throttled) -> _Answer:
    return retry_later(429, ceil(throttled.wait.total_seconds()))


@blueprint.errorhandler(Busy)
def too_many_passwords(_busy: Busy) -> _Answer:
    return retry_later(503, 5)
