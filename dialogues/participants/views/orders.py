"""In which order a reader looks at the list: the one in force, another one, or persons whatever their party."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from dialogues.common.presentation import word
from dialogues.meetings.rules import PartyOrder
from dialogues.participants.queries import Wanted

#: How an address asks for persons by themselves.
_PERSONS = "person"


def asked_order(called: str) -> dict[str, Any]:
    """What an address asks for; what it does not know is the order in force."""
    by = next((known for known in PartyOrder if known.value == called), None)
    return {"by": by, "by_person": called == _PERSONS}


def called(wanted: Wanted) -> str:
    """How an address asks for this order; nothing for the one in force."""
    return _PERSONS if wanted.by_person else wanted.by.value if wanted.by else ""


def order_pills(wanted: Wanted, url_of: Callable[[str], str]) -> list[tuple[str, str, bool, None]]:
    """One pill for each order that can be looked at."""
    now = called(wanted)
    words = {"": _("the order in force"), **{by.value: word(by) for by in PartyOrder}, _PERSONS: _("by the person")}
    return [(said, url_of(asked), asked == now, None) for asked, said in words.items()]
