"""The speaking list, on a page that can be printed."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from dialogues.common.access import allows, viewer
from dialogues.meetings.rules import PartyKind
from dialogues.participants.queries.speaking import SpeakingList, speaking_list
from dialogues.participants.views.house import blueprint
from dialogues.policy import PLATES_SEE


@blueprint.get("/meetings/<uuid:meeting_id>/order/speaking")
@allows(PLATES_SEE)
def speaking(meeting_id: UUID) -> str:
    """Who speaks after whom."""
    by_person = request.args.get("by") == "person"
    found = speaking_list(viewer(), start=_party(request.args.get("start", "")), by_person=by_person)

    def address(**changes: Any) -> str:
        asked = {"by": "person" if by_person else None, "start": found.start.id if found.start else None, **changes}
        return url_for("participants.speaking", meeting_id=meeting_id, **asked)

    return render_template(
        "participants/speaking.html",
        found=found,
        by_person=by_person,
        meeting_id=meeting_id,
        line_pills=[
            (_("Parties"), address(by=None), not by_person, None),
            (_("Persons"), address(by="person"), by_person, None),
        ],
        start_pills=_start_pills(found, address),
    )


def _start_pills(found: SpeakingList, address: Any) -> list[tuple[str, str, bool, None]]:
    """Every party at the table can be the first to speak; unless another is chosen, it is where the order starts."""
    at_table = [party for party in found.order.parties if party.kind is not PartyKind.OBSERVER]
    usual = _("As drawn by lot") if found.order.lot else _("As the order starts")
    return [(usual, address(start=None), found.start is None, None)] + [
        (party.english, address(start=party.id), found.start is not None and found.start.id == party.id, None)
        for party in at_table
    ]


def _party(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
