"""The participants list, and the page of one person on it."""

from collections import Counter
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.presentation import word
from dialogues.common.text import one_line
from dialogues.participants import queries
from dialogues.participants.forms import language_name
from dialogues.participants.queries import ParticipantsList, Wanted
from dialogues.participants.rules import GONE, ParticipationStatus, may_answer
from dialogues.participants.views.house import blueprint
from dialogues.participants.views.orders import asked_order, called, order_pills
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_SEE

_LONGEST_SEARCH = 100


@blueprint.get("/meetings/<uuid:meeting_id>/participants")
@allows(PARTICIPANTS_SEE, NOMINATIONS_SEE)
def participants(meeting_id: UUID) -> str:
    """The list, as far as it is this reader's to see."""
    wanted = _wanted()
    found = queries.participants(viewer(), wanted)
    return render_template(
        "participants/participants.html",
        found=found,
        wanted=wanted,
        party_pills=_party_pills(found, wanted, meeting_id),
        status_pills=_status_pills(found, wanted, meeting_id),
        order_pills=order_pills(wanted, lambda order: _list_url(wanted, meeting_id, order=order)),
        kept=_asked(wanted, q=""),
        page_url=lambda page: _list_url(wanted, meeting_id, page=page),
        language_name=language_name,
    )


def _wanted() -> Wanted:
    """What the address asks for; what makes no sense there asks for nothing."""
    party, status, page = (request.args.get(name, "") for name in ("party", "status", "page"))
    return Wanted(
        search=one_line(request.args.get("q", ""))[:_LONGEST_SEARCH],
        party_id=_uuid(party),
        status=next((known for known in ParticipationStatus if known.value == status), None),
        **asked_order(request.args.get("order", "")),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _list_url(wanted: Wanted, meeting_id: UUID, **changes: Any) -> str:
    return url_for("participants.participants", meeting_id=meeting_id, **_asked(wanted, **changes))


def _asked(wanted: Wanted, **changes: Any) -> dict[str, Any]:
    """What an address of the list carries, with some of it changed."""
    asked = {
        "q": wanted.search,
        "party": wanted.party_id,
        "status": wanted.status and wanted.status.value,
        "order": called(wanted),
        **changes,
    }
    return {name: value for name, value in asked.items() if value}


def _party_pills(found: ParticipantsList, wanted: Wanted, meeting_id: UUID) -> list[tuple[str, str, bool, int]]:
    """One pill for each party with someone on the list; none where there is nothing to choose."""
    counts: Counter[UUID] = Counter()
    names = {}
    for tally in found.tallies:
        counts[tally.party_id] += tally.people
        names[tally.party_id] = tally.party_name
    if len(names) < 2:
        return []
    everyone = (_("All parties"), _list_url(wanted, meeting_id, party=None), wanted.party_id is None, counts.total())
    return [everyone] + [
        (name, _list_url(wanted, meeting_id, party=party_id), wanted.party_id == party_id, counts[party_id])
        for party_id, name in names.items()
    ]


def _status_pills(found: ParticipantsList, wanted: Wanted, meeting_id: UUID) -> list[tuple[str, str, bool, int | None]]:
    """One pill for each status among the registrations that this reader may see."""
    counts: Counter[ParticipationStatus] = Counter()
    for tally in found.tallies:
        if tally.status is not None:
            counts[tally.status] += tally.people
    if len(counts) < 2 and wanted.status is None:
        return []
    anyhow = (_("Any status"), _list_url(wanted, meeting_id, status=None), wanted.status is None, None)
    return [anyhow] + [
        (word(status), _list_url(wanted, meeting_id, status=status.value), wanted.status is status, counts[status])
        for status in ParticipationStatus
        if counts[status]
    ]


@blueprint.get("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>")
@allows(PARTICIPANTS_SEE, NOMINATIONS_SEE)
def person(meeting_id: UUID, participation_id: UUID) -> str:
    """One person on the list."""
    found = queries.person(viewer(), participation_id)
    gathering = queries.frame(meeting_id).gathering
    status = found.line.status
    return render_template(
        "participants/person.html",
        line=found.line,
        office=found.office,
        can_remind=status is not None and may_answer(status, gathering, clock.now()),
        is_gone=status in GONE,
        is_open=gathering.is_open(clock.now()),
        language_name=language_name,
    )
