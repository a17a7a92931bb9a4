"""The participants list, one person's page, bulk actions and export."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from dialogues.core.accounts.views.step_up_check import require_fresh_totp
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.numbers import number
from dialogues.core.common.pages import download, form_page, see_other, words
from dialogues.core.common.presentation import word
from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import NotFound, Refusal
from dialogues.lib.tables.writing import WORKBOOK_TYPE, Table, as_workbook, csv_file
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
from dialogues.people.roster import commands
from dialogues.people.roster.forms import ExportForm, ManyForm
from dialogues.people.roster.queries import listing, office
from dialogues.people.roster.queries.listing import ListFilter, ParticipantsList
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
    lines: Iterable[Any], questions: Mapping[UUID, str], answers: Mapping[UUID, Mapping[UUID, GivenAnswer]]
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


def _answer(answer: GivenAnswer | None) -> str:
    if answer is None:
        return ""
    return _("a file") if answer.is_file else answer.text or ""


def _cells(line: Any) -> Sequence[str]:
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


@blueprint.route("/meetings/<uuid:meeting_id>/participants/export", methods=["GET", "POST"])
@allows(PARTICIPANTS_EXPORT)
@require_fresh_totp(PARTICIPANTS_EXPORT, "meeting_id")
@form_page("people/roster/export.html")
def export(meeting_id: UUID) -> Iterator[Any]:  # noqa: ARG001  part of the address, read by request authorization
    """Downloads the filtered list."""
    form, list_filter = ExportForm(), parse_filter(request.args)
    yield {"form": form, "people": listing.participants(viewer(), list_filter).found, "kept": query_params(list_filter)}
    lines = commands.export_list(
        viewer(), list_filter, with_answers=bool(form.answers.data), real_now=clock.real_now(), now=clock.now()
    )
    table = table_of(lines, *(questionnaire.answers_of(viewer()) if form.answers.data else ({}, {})))
    if form.kind.data == "csv":
        yield download(csv_file(table), "list.csv", "text/csv; charset=utf-8")
    else:
        yield download(as_workbook(table), "list.xlsx", WORKBOOK_TYPE)


@blueprint.route("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/take-back", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("people/roster/take_back.html")
def take_back(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    """Removes a participant, after a confirmation page."""
    yield {"form": PlainForm(), "line": listing.person(viewer(), participation_id)}
    invitations.take_back(viewer(), participation_id, now=clock.now())
    flash(_("The registration is taken back, and the link no longer works."), "success")
    yield to_person(meeting_id, participation_id)


_LONGEST_SEARCH = 100
#: Query value for ordering by person, regardless of party.
_BY_PERSON = "person"
#: Label, address, whether it is selected, number of people.
Pill = tuple[str, str, bool, int | None]


@blueprint.get("/meetings/<uuid:meeting_id>/participants")
@allows(PARTICIPANTS_SEE, NOMINATIONS_SEE)
def participants(meeting_id: UUID) -> str:
    """Shows the participants the viewer may see."""
    list_filter = parse_filter(request.args)
    found = listing.participants(viewer(), list_filter)
    pills, filters = partial(_column_pills, found, list_filter, meeting_id), query_params(list_filter)
    parties = {tally.party_id: tally.party_name for tally in found.tallies}
    total = sum(tally.people for tally in found.tallies)
    return render_template(
        "people/roster/participants.html",
        found=found,
        list_filter=list_filter,
        party_pills=pills("party_id", (_("All parties"), total), parties),
        status_pills=pills(
            "status", (_("Any status"), None), _labels(ParticipationStatus), minimum=0 if list_filter.status else 2
        ),
        capacity_pills=pills("capacity", (_("Any capacity"), None), _labels(Capacity)),
        ready_pills=pills("ready", (_("All registrations"), None), _labels(Readiness), minimum=1)
        if viewer().may(REGISTRATION_APPROVE)
        else [],
        order_pills=_order_pills(list_filter, meeting_id),
        kept=query_params(replace(list_filter, search="")),
        filters=filters,
        page_url=lambda page: url_for("roster.participants", meeting_id=meeting_id, **filters, page=page),
        changes=nominations.announced(viewer()),
        is_waiting=Condition.EXCHANGED not in viewer().conditions and Scope.ALL not in viewer().scopes(NOMINATIONS_SEE),
        lists_opened_at=nominations.moment_of(meeting_id).opened_at,
    )


def parse_filter(params: MultiDict[str, str]) -> ListFilter:
    """Parses the filter from query parameters. Invalid values are ignored."""
    return ListFilter(
        search=one_line(params.get("q", ""))[:_LONGEST_SEARCH],
        party_id=params.get("party", type=UUID),
        status=params.get("status", type=ParticipationStatus),
        capacity=params.get("capacity", type=Capacity),
        ready=params.get("ready", type=Readiness),
        by=params.get("order", type=PartyOrder),
        by_person=params.get("order") == _BY_PERSON,
        page=params.get("page", 1, type=number),
    )


def query_params(list_filter: ListFilter) -> dict[str, Any]:
    """Query parameters of the list for this filter, without the page."""
    params = {
        "q": list_filter.search,
        "party": list_filter.party_id,
        "status": list_filter.status,
        "capacity": list_filter.capacity,
        "ready": list_filter.ready,
        "order": _BY_PERSON if list_filter.by_person else list_filter.by,
    }
    return {name: value.value if isinstance(value, Enum) else value for name, value in params.items() if value}


def _list_url(list_filter: ListFilter, meeting_id: UUID, **changes: Any) -> str:
    """Address of the list for this filter, with `changes` of its fields."""
    return url_for("roster.participants", meeting_id=meeting_id, **query_params(replace(list_filter, **changes)))


def _column_pills(
    found: ParticipantsList,
    list_filter: ListFilter,
    meeting_id: UUID,
    column: str,
    everyone: tuple[str, int | None],
    labels: Mapping[Any, str],
    *,
    minimum: int = 2,
) -> list[Pill]:
    """A pill for everyone, then one per value of the column that a visible person has, in the order of `labels`.

    :param minimum: without this many values there are no pills.
    """
    counts: Counter[Any] = Counter()
    for tally in found.tallies:
        counts[getattr(tally, column)] += tally.people
    shown = [value for value in labels if counts[value]]
    if len(shown) < minimum:
        return []
    selected, url = getattr(list_filter, column), partial(_list_url, list_filter, meeting_id)
    label, people = everyone
    return [
        (label, url(**{column: None}), selected is None, people),
        *((labels[value], url(**{column: value}), selected == value, counts[value]) for value in shown),
    ]


def _labels(enum: type[Labelled]) -> dict[Labelled, str]:
    return {member: word(member) for member in enum}


@blueprint.get("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>")
@allows(PARTICIPANTS_SEE, NOMINATIONS_SEE)
def person(meeting_id: UUID, participation_id: UUID) -> str:
    line = listing.person(viewer(), participation_id)
    window = participants_frame.frame(meeting_id).window
    return render_template(
        "people/roster/person.html",
        line=line,
        answers=answers_on(viewer(), participation_id),
        reads_others=partial(reads_others, viewer()),
        can_remind=line.status is not None and may_answer(line.status, window, clock.now()),
        is_gone=line.status in GONE,
        is_open=window.is_open(clock.now()),
    )


_KINDS = {kind.value.replace("_", "-"): kind for kind in BulkKind}


@blueprint.post("/meetings/<uuid:meeting_id>/participants/chosen")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE, MESSAGES_WRITE)
def choose(meeting_id: UUID) -> Any:
    """Shows who a bulk action applies to. Changes nothing."""
    list_filter = parse_filter(request.form)
    if "all" in request.form:
        ids = [line.id for line in listing.all_found(viewer(), list_filter)]
    else:
        ids = ids_in(request.form.getlist("row"))
    if not ids:
        flash(_("Choose at least one person: tick the boxes in front of the names."), "warning")
        return see_other(url_for("roster.participants", meeting_id=meeting_id, **query_params(list_filter)))
    if request.form.get("do") == "message":
        return message_to_rows(ids)
    return _confirm(meeting_id, _kind(request.form.get("do", "")), ids)


def _confirm(meeting_id: UUID, kind: BulkKind, ids: list[UUID]) -> str:
    selection = office.selection_for(viewer(), kind, ids, clock.now())
    window = participants_frame.frame(meeting_id).window
    return render_template(
        "people/roster/many.html",
        form=ManyForm(formdata=None, data={"people": ids}),
        kind=kind,
        selection=selection,
        is_open=window.is_open(clock.now()),
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
    return render_template("people/roster/done_lately.html", actions=office.recent_bulk_actions(viewer()))


@blueprint.get("/meetings/<uuid:meeting_id>/participants/done/<uuid:action_id>")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE)
def done(meeting_id: UUID, action_id: UUID) -> str:  # noqa: ARG001  part of the address, read by request authorization
    """Shows one bulk action, with the button to undo it."""
    return render_template("people/roster/done.html", done=office.bulk_action(viewer(), action_id))


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


def _kind(value: str) -> BulkKind:
    kind = _KINDS.get(value)
    if kind is None or not viewer().may(office.RIGHTS[kind]):
        raise NotFound
    return kind


def _order_pills(list_filter: ListFilter, meeting_id: UUID) -> list[Pill]:
    orders = [
        (_("the order in force"), None, False),
        *((word(by), by, False) for by in PartyOrder),
        (_("by the person"), None, True),
    ]
    selected = (list_filter.by, list_filter.by_person)
    return [
        (label, _list_url(list_filter, meeting_id, by=by, by_person=by_person), (by, by_person) == selected, None)
        for label, by, by_person in orders
    ]
