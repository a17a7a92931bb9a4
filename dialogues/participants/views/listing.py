"""The participants list, and the page of one person on it."""

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.presentation import word
from dialogues.common.text import one_line
from dialogues.meetings.rules import Capacity
from dialogues.participants import queries
from dialogues.participants.forms import language_name
from dialogues.participants.queries import ParticipantsList, Wanted
from dialogues.participants.queries.answers import answers_on, reads_others
from dialogues.participants.rules import GONE, ParticipationStatus, may_answer
from dialogues.participants.rules.office import Readiness
from dialogues.participants.views.house import blueprint
from dialogues.participants.views.orders import asked_order, called, order_pills
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_SEE, REGISTRATION_APPROVE, Condition, Scope

_LONGEST_SEARCH = 100
Word = TypeVar("Word", bound=Enum)
#: Words, address, whether it is chosen, how many it finds.
Pill = tuple[str, str, bool, int | None]


@blueprint.get("/meetings/<uuid:meeting_id>/participants")
@allows(PARTICIPANTS_SEE, NOMINATIONS_SEE)
def participants(meeting_id: UUID) -> str:
    """The list, as far as it is this reader's to see."""
    wanted = wanted_of(request.args)
    found = queries.participants(viewer(), wanted)
    return render_template(
        "participants/participants.html",
        found=found,
        wanted=wanted,
        party_pills=_party_pills(found, wanted, meeting_id),
        status_pills=_status_pills(found, wanted, meeting_id),
        capacity_pills=_capacity_pills(found, wanted, meeting_id),
        ready_pills=_ready_pills(found, wanted, meeting_id),
        order_pills=order_pills(wanted, lambda order: list_url(wanted, meeting_id, order=order)),
        kept=asked_of(wanted, q=""),
        filters=asked_of(wanted),
        page_url=lambda page: list_url(wanted, meeting_id, page=page),
        language_name=language_name,
        changes=queries.announced(viewer()),
        is_waiting=Condition.EXCHANGED not in viewer().met and Scope.ALL not in viewer().scopes(NOMINATIONS_SEE),
        lists_opened_at=queries.moment_of(meeting_id).opened_at,
    )


def wanted_of(asked: Mapping[str, str]) -> Wanted:
    """What the address asks for; what makes no sense there asks for nothing."""
    party, status, page = (asked.get(name, "") for name in ("party", "status", "page"))
    return Wanted(
        search=one_line(asked.get("q", ""))[:_LONGEST_SEARCH],
        party_id=_uuid(party),
        status=_known(ParticipationStatus, status),
        capacity=_known(Capacity, asked.get("capacity", "")),
        ready=_known(Readiness, asked.get("ready", "")),
        **asked_order(asked.get("order", "")),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _known(words: type[Word], called: str) -> Word | None:
    return next((known for known in words if known.value == called), None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def list_url(wanted: Wanted, meeting_id: UUID, **changes: Any) -> str:
    return url_for("participants.participants", meeting_id=meeting_id, **asked_of(wanted, **changes))


def asked_of(wanted: Wanted, **changes: Any) -> dict[str, Any]:
    """What an address of the list carries, with some of it changed."""
    asked = {
        "q": wanted.search,
        "party": wanted.party_id,
        "status": wanted.status and wanted.status.value,
        "capacity": wanted.capacity and wanted.capacity.value,
        "ready": wanted.ready and wanted.ready.value,
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
    everyone = (_("All parties"), list_url(wanted, meeting_id, party=None), wanted.party_id is None, counts.total())
    return [everyone] + [
        (name, list_url(wanted, meeting_id, party=party_id), wanted.party_id == party_id, counts[party_id])
        for party_id, name in names.items()
    ]


def _status_pills(found: ParticipantsList, wanted: Wanted, meeting_id: UUID) -> list[Pill]:
    """One pill for each status among the registrations that this reader may see."""
    counts: Counter[ParticipationStatus] = Counter()
    for tally in found.tallies:
        if tally.status is not None:
            counts[tally.status] += tally.people
    if len(counts) < 2 and wanted.status is None:
        return []
    anyhow = (_("Any status"), list_url(wanted, meeting_id, status=None), wanted.status is None, None)
    return [anyhow] + [
        (word(status), list_url(wanted, meeting_id, status=status.value), wanted.status is status, counts[status])
        for status in ParticipationStatus
        if counts[status]
    ]


def _capacity_pills(found: ParticipantsList, wanted: Wanted, meeting_id: UUID) -> list[Pill]:
    """One pill for each capacity on the list; none where there is nothing to choose."""
    counts: Counter[Capacity] = Counter()
    for tally in found.tallies:
        counts[tally.capacity] += tally.people
    if len(counts) < 2:
        return []
    any_capacity = (_("Any capacity"), list_url(wanted, meeting_id, capacity=None), wanted.capacity is None, None)
    return [any_capacity] + [
        (word(one), list_url(wanted, meeting_id, capacity=one.value), wanted.capacity is one, counts[one])
        for one in Capacity
        if counts[one]
    ]


def _ready_pills(found: ParticipantsList, wanted: Wanted, meeting_id: UUID) -> list[Pill]:
    """How far the office is with those who have accepted, for whoever approves registrations."""
    counts: Counter[Readiness] = Counter()
    for tally in found.tallies:
        if tally.ready is not None:
            counts[tally.ready] += tally.people
    if not counts or not viewer().may(REGISTRATION_APPROVE):
        return []
    either = (_("All registrations"), list_url(wanted, meeting_id, ready=None), wanted.ready is None, None)
    return [either] + [
        (word(one), list_url(wanted, meeting_id, ready=one.value), wanted.ready is one, counts[one])
        for one in Readiness
        if counts[one]
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
        answers=answers_on(viewer(), participation_id),
        reads_others=partial(reads_others, viewer()),
        can_remind=status is not None and may_answer(status, gathering, clock.now()),
        is_gone=status in GONE,
        is_open=gathering.is_open(clock.now()),
        language_name=language_name,
    )
