"""The participants list, one person's page, bulk actions and export."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from dialogues.core.accounts.views.step_up_check import require_fresh_totp
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import download, form_page, see_other, words
from dialogues.core.common.presentation import word
from dialogues.lib.refusal import NotFound, Refusal
from dialogues.lib.tables import Table, as_csv, as_workbook
from dialogues.lib.text import one_line
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyOrder
from dialogues.people.invitations.commands import inviting as invitations
from dialogues.people.invitations.views import to_person
from dialogues.people.messages.views import message_to_rows
from dialogues.people.nominations.queries import exchange as nominations
from dialogues.people.participants.forms import PlainForm, ids_in
from dialogues.people.participants.queries import frame as participants_frame
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus, may_answer
from dialogues.people.questionnaire import queries as questionnaire
from dialogues.people.questionnaire.queries import GivenAnswer, answers_on, reads_others
from dialogues.people.registration.forms import language_name
from dialogues.people.roster import commands
from dialogues.people.roster.forms import ExportForm, ManyForm
from dialogues.people.roster.queries import listing, office
from dialogues.people.roster.queries.listing import ListFilter, ListLine, ParticipantsList
from dialogues.people.roster.rules import Readiness
from dialogues.policy import (
    MESSAGES_WRITE,
    NOMINATIONS_SEE,
    PARTICIPANTS_EXPORT,
    PARTICIPANTS_INVITE,
    PARTICIPANTS_SEE,
    REGISTRATION_APPROVE,
    Condition,
    Scope,
)

blueprint = Blueprint("roster", __name__)


def table_of(
    lines: Iterable[ListLine], questions: Mapping[UUID, str], answers: Mapping[UUID, Mapping[UUID, GivenAnswer]]
) -> Table:
    """Table for the export: the columns of the page, then one per question the viewer may read."""
    head = (
        _("Name"),
        _("Native script"),
        _("Party"),
        _("Party name"),
        _("Capacity"),
        _("Affiliation"),
        _("Status"),
        _("Registration"),
        _("From"),
        _("Until"),
        _("Languages"),
    )
    rows = [
        [*_cells(line), *(_answer(answers.get(line.id, {}).get(question)) for question in questions)] for line in lines
    ]
    return [[*head, *questions.values()], *rows]


def _answer(given: GivenAnswer | None) -> str:
    if given is None:
        return ""
    return _("a file") if given.is_file else given.text or ""


def _cells(line: ListLine) -> Sequence[str]:
    return (
        line.name,
        line.native,
        line.party_code,
        line.party_name,
        word(line.capacity),
        line.affiliation,
        word(line.status) if line.status else "",
        word(line.ready) if line.ready else "",
        line.present_from.isoformat() if line.present_from else "",
        line.present_to.isoformat() if line.present_to else "",
        ", ".join(line.languages or ()),
    )


_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("/meetings/<uuid:meeting_id>/participants/export", methods=["GET", "POST"])
@allows(PARTICIPANTS_EXPORT)
@require_fresh_totp(PARTICIPANTS_EXPORT, "meeting_id")
@form_page("people/roster/export.html")
def export(meeting_id: UUID) -> Iterator[Any]:  # noqa: ARG001  part of the address, read by request authorization
    """Downloads the filtered list."""
    form, wanted = ExportForm(), wanted_of(request.args)
    yield {"form": form, "people": listing.participants(viewer(), wanted).found, "kept": asked_of(wanted)}
    lines = commands.export_list(
        viewer(), wanted, with_answers=bool(form.answers.data), real_now=clock.real_now(), now=clock.now()
    )
    table = table_of(lines, *(questionnaire.answers_of(viewer()) if form.answers.data else ({}, {})))
    if form.kind.data == "csv":
        yield download(as_csv(table), "list.csv", "text/csv; charset=utf-8")
    else:
        yield download(as_workbook(table), "list.xlsx", _WORKBOOK)


@blueprint.route("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/take-back", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("people/roster/take_back.html")
def take_back(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    """Removes a participant, after a confirmation page."""
    yield {"form": PlainForm(), "line": listing.person(viewer(), participation_id).line}
    invitations.take_back(viewer(), participation_id, now=clock.now())
    flash(_("The registration is taken back, and the link no longer works."), "success")
    yield to_person(meeting_id, participation_id)


_LONGEST_SEARCH = 100
Word = TypeVar("Word", bound=Enum)
#: Label, address, whether it is selected, number of people.
Pill = tuple[str, str, bool, int | None]


@blueprint.get("/meetings/<uuid:meeting_id>/participants")
@allows(PARTICIPANTS_SEE, NOMINATIONS_SEE)
def participants(meeting_id: UUID) -> str:
    """Shows the participants the viewer may see."""
    wanted = wanted_of(request.args)
    found = listing.participants(viewer(), wanted)
    return render_template(
        "people/roster/participants.html",
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
        changes=nominations.announced(viewer()),
        is_waiting=Condition.EXCHANGED not in viewer().met and Scope.ALL not in viewer().scopes(NOMINATIONS_SEE),
        lists_opened_at=nominations.moment_of(meeting_id).opened_at,
    )


def wanted_of(asked: Mapping[str, str]) -> ListFilter:
    """Parses the filter from query parameters. Invalid values are ignored."""
    party, status, page = (asked.get(name, "") for name in ("party", "status", "page"))
    return ListFilter(
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


def list_url(wanted: ListFilter, meeting_id: UUID, **changes: Any) -> str:
    return url_for("roster.participants", meeting_id=meeting_id, **asked_of(wanted, **changes))


def asked_of(wanted: ListFilter, **changes: Any) -> dict[str, Any]:
    """Query parameters of the list for this filter, with `changes` applied."""
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


def _party_pills(found: ParticipantsList, wanted: ListFilter, meeting_id: UUID) -> list[tuple[str, str, bool, int]]:
    """One pill per party; none if there are fewer than two."""
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


def _status_pills(found: ParticipantsList, wanted: ListFilter, meeting_id: UUID) -> list[Pill]:
    """One pill per status of the registrations the viewer may read."""
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


def _capacity_pills(found: ParticipantsList, wanted: ListFilter, meeting_id: UUID) -> list[Pill]:
    """One pill per capacity; none if there are fewer than two."""
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


def _ready_pills(found: ParticipantsList, wanted: ListFilter, meeting_id: UUID) -> list[Pill]:
    """One pill per approval state, for viewers who approve registrations."""
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
    found = listing.person(viewer(), participation_id)
    gathering = participants_frame.frame(meeting_id).gathering
    status = found.line.status
    return render_template(
        "people/roster/person.html",
        line=found.line,
        office=found.office,
        answers=answers_on(viewer(), participation_id),
        reads_others=partial(reads_others, viewer()),
        can_remind=status is not None and may_answer(status, gathering, clock.now()),
        is_gone=status in GONE,
        is_open=gathering.is_open(clock.now()),
        language_name=language_name,
    )


_KINDS = {kind.value.replace("_", "-"): kind for kind in BulkKind}


@blueprint.post("/meetings/<uuid:meeting_id>/participants/chosen")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE, MESSAGES_WRITE)
def choose(meeting_id: UUID) -> Any:
    """Shows who a bulk action applies to. Changes nothing."""
    wanted = wanted_of(request.form)
    if "all" in request.form:
        ids = [line.id for line in listing.all_found(viewer(), wanted)]
    else:
        ids = ids_in(request.form.getlist("row"))
    if not ids:
        flash(_("Choose at least one person: tick the boxes in front of the names."), "warning")
        return see_other(url_for("roster.participants", meeting_id=meeting_id, **asked_of(wanted)))
    if request.form.get("do") == "message":
        return message_to_rows(ids)
    return _confirm(meeting_id, _kind(request.form.get("do", "")), ids)


def _confirm(meeting_id: UUID, kind: BulkKind, ids: list[UUID]) -> str:
    selection = office.sorted_out(viewer(), kind, ids, clock.now())
    gathering = participants_frame.frame(meeting_id).gathering
    return render_template(
        "people/roster/many.html",
        form=ManyForm(formdata=None, data={"people": ids}),
        kind=kind,
        selection=selection,
        is_open=gathering.is_open(clock.now()),
        act_url=url_for("roster.act_on_many", meeting_id=meeting_id, kind=kind.value.replace("_", "-")),
    )


@blueprint.post("/meetings/<uuid:meeting_id>/participants/chosen/<kind>")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE)
def act_on_many(meeting_id: UUID, kind: str) -> Response:
    """Applies a confirmed bulk action."""
    form = ManyForm()
    try:
        done = commands.apply_bulk_action(
            viewer(), _kind(kind), form.people.data or [], also=bool(form.also.data), now=clock.now()
        )
    except Refusal as refusal:
        flash(words(refusal), "danger")
        return see_other(url_for("roster.participants", meeting_id=meeting_id))
    return see_other(url_for("roster.done", meeting_id=meeting_id, action_id=done))


@blueprint.get("/meetings/<uuid:meeting_id>/participants/done")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE)
def done_lately(meeting_id: UUID) -> str:  # noqa: ARG001  part of the address, read by request authorization
    """Lists recent bulk actions."""
    return render_template("people/roster/done_lately.html", actions=office.done_lately(viewer()))


@blueprint.get("/meetings/<uuid:meeting_id>/participants/done/<uuid:action_id>")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE)
def done(meeting_id: UUID, action_id: UUID) -> str:  # noqa: ARG001  part of the address, read by request authorization
    """Shows one bulk action, with the button to undo it."""
    return render_template("people/roster/done.html", done=office.done(viewer(), action_id))


@blueprint.post("/meetings/<uuid:meeting_id>/participants/done/<uuid:action_id>/undo")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE)
def undo(meeting_id: UUID, action_id: UUID) -> Response:
    try:
        people = commands.undo(viewer(), action_id, now=clock.now())
        flash(ngettext("It is undone for %(num)s person.", "It is undone for %(num)s people.", people), "success")
    except Refusal as refusal:
        flash(words(refusal), "danger")
    return see_other(url_for("roster.done", meeting_id=meeting_id, action_id=action_id))


@blueprint.post("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/approval/take-back")
@allows(REGISTRATION_APPROVE)
def take_approval_back(meeting_id: UUID, participation_id: UUID) -> Response:
    try:
        commands.take_approval_back(viewer(), participation_id, now=clock.now())
        flash(_("The registration is no longer approved, and can be changed again."), "success")
    except Refusal as refusal:
        flash(words(refusal), "danger")
    return see_other(url_for("roster.person", meeting_id=meeting_id, participation_id=participation_id))


def _kind(called: str) -> BulkKind:
    kind = _KINDS.get(called)
    if kind is None or not viewer().may(office.RIGHT[kind]):
        raise NotFound
    return kind


#: Query value for ordering by person, regardless of party.
_PERSONS = "person"


def asked_order(called: str) -> dict[str, Any]:
    """Parses the query value of the order. Unknown values give the order in force."""
    by = next((known for known in PartyOrder if known.value == called), None)
    return {"by": by, "by_person": called == _PERSONS}


def called(wanted: ListFilter) -> str:
    """Query value of the order; empty for the order in force."""
    return _PERSONS if wanted.by_person else wanted.by.value if wanted.by else ""


def order_pills(wanted: ListFilter, url_of: Callable[[str], str]) -> list[tuple[str, str, bool, None]]:
    now = called(wanted)
    words = {"": _("the order in force"), **{by.value: word(by) for by in PartyOrder}, _PERSONS: _("by the person")}
    return [(said, url_of(asked), asked == now, None) for asked, said in words.items()]
