"""Blueprint of this feature, and registration of pages that exist for oneself and for others."""

from functools import wraps
from typing import Any

from flask import Blueprint

from dialogues.core.common.access import allows
from dialogues.policy import REGISTRATION_FOR, REGISTRATION_OWN

blueprint = Blueprint("registration", __name__)

_PATHS = {
    REGISTRATION_OWN: "/meetings/<uuid:meeting_id>/registration",
    REGISTRATION_FOR: "/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/registration",
}


def add_page(path: str, view: Any, *, own: str, others: str, methods: tuple[str, ...] = ("GET", "POST")) -> None:
    """Adds a page for the viewer's own registration and one for that of a person without an address.

    `own` and `others` are the endpoints. The view gets the participation only on the page for others.
    """
    for endpoint, action in ((own, REGISTRATION_OWN), (others, REGISTRATION_FOR)):
        # A function for each endpoint, because `allows` marks the function it is given.
        @allows(action)
        @wraps(view)
        def page(**arguments: Any) -> Any:
            return view(**arguments)

        blueprint.add_url_rule(f"{_PATHS[action]}{path}", endpoint, page, methods=methods)
