"""Pages of party lists: nominate, edit, replace, withdraw and submit; seats and the exchange."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.core.common.presentation import in_zone
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.nominations.commands import nominating, submitting
from dialogues.people.nominations.forms import (
    AddressDoubtForm,
    CapacityForm,
    MomentForm,
    NomineeForm,
    ReplacementForm,
    VersionForm,
    seats_form,
)
from dialogues.people.nominations.queries import exchange as exchange_queries
from dialogues.people.nominations.queries import nominations as nominations_queries
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants import commands as participants_commands
from dialogues.people.participants.forms import PlainForm
from dialogues.people.participants.queries import frame as participants_frame
from dialogues.people.participants.views import refusal_flashed
from dialogues.policy import (
    EXCHANGE_FIX,
    NOMINATE,
    NOMINATIONS_SEE,
    PARTICIPANTS_INVITE,
    SEATS_EDIT,
    SUBMISSION_SEE,
    SUBMIT_LIST,
    Scope,
)

blueprint = Blueprint("nominations", __name__)


@blueprint.route("/meetings/<uuid:meeting_id>/exchange", methods=["GET", "POST"])
@allows(EXCHANGE_FIX)
@form_page("people/nominations/exchange.html")
def exchange(meeting_id: UUID) -> Iterator[Any]:
    """The time of the exchange, the pending proposal, and a form to propose another time."""
    moment, frame = exchange_queries.moment_of(meeting_id), participants_frame.frame(meeting_id)
    shown = in_zone(moment.sealed_until, frame.zone) if moment.sealed_until else None
    mark = exchange_queries.moment_mark(meeting_id)
    form = MomentForm(data={"version": mark, "moment": shown})
    proposal = exchange_queries.proposal(viewer(), meeting_id)
    is_own = proposal is not None and proposal.by.person_id == viewer().person_id
    yield {"form": form, "moment": moment, "frame": frame, "proposal": proposal, "is_own": is_own, "mark": mark}
    submitting.propose_exchange(viewer(), form.moment.data, version=form.version.data, now=clock.now())
    flash(_("Your proposal is saved. It takes effect when a second person confirms it."), "success")
    yield _to_exchange(meeting_id)


@blueprint.post("/meetings/<uuid:meeting_id>/exchange/confirm")
@allows(EXCHANGE_FIX)
def confirm_exchange(meeting_id: UUID) -> Response:
    with refusal_flashed():
        submitting.confirm_exchange(viewer(), version=VersionForm().version.data, now=clock.now())
        if exchange_queries.moment_of(meeting_id).opened_at is not None:
            flash(_("The lists are open to each other now."), "success")
        else:
            flash(_("The time is confirmed. Everyone concerned gets an email."), "success")
    return _to_exchange(meeting_id)


def _to_exchange(meeting_id: UUID) -> Response:
    return see_other(url_for("nominations.exchange", meeting_id=meeting_id))


@blueprint.get("/meetings/<uuid:meeting_id>/nominations")
@allows(SUBMISSION_SEE)
def nominations(meeting_id: UUID) -> str:
    """The lists that the viewer manages: of the own party, or all of them for coordinators."""
    return render_template(
        "people/nominations/nominations.html",
        lists=nominations_queries.party_lists(viewer()),
        moment=(moment := exchange_queries.moment_of(meeting_id)),
        may_be_withdrawn=moment.may_be_withdrawn(clock.now()),
        is_open=_is_open(meeting_id),
        sees_all=Scope.ALL in viewer().scopes(SUBMISSION_SEE),
    )


@blueprint.route("/meetings/<uuid:meeting_id>/nominations/seats", methods=["GET", "POST"])
@allows(SEATS_EDIT)
@form_page("people/nominations/seats.html")
def seats(meeting_id: UUID) -> Iterator[Any]:
    parties = nominations_queries.seats(viewer(), SEATS_EDIT)
    form = seats_form(parties, nominations_queries.seats_mark(viewer(), SEATS_EDIT))
    yield {"form": form, "parties": parties, "capacities": list(Capacity)}
    submitting.set_seats(viewer(), form.seats(parties), version=form.version.data, now=clock.now())
    flash(_("The seats are saved. People on the waiting list got the new ones."), "success")
    yield _to_lists(meeting_id)


@blueprint.route("/meetings/<uuid:meeting_id>/nominations/<uuid:party_id>/new", methods=["GET", "POST"])
@allows(NOMINATE)
@form_page("people/nominations/nominate.html")
def nominate(meeting_id: UUID, party_id: UUID) -> Iterator[Any]:
    party = nominations_queries.party_list(viewer(), NOMINATE, party_id)
    form = NomineeForm(party.kind)
    yield {"form": form, "party": party, "sees_all": _sees_all(), "takes_answers": _is_open(meeting_id)}
    new_id = nominating.nominate(viewer(), party_id, form.nominee(), once=form.once.data or "", now=clock.now())
    _flash_place(new_id)
    yield _to_lists(meeting_id)


def _flash_place(participation_id: UUID) -> None:
    line = nominations_queries.nominee(viewer(), participation_id)
    if line.is_unplaced:
        flash(_("%(name)s waits for the coordinator's approval as participant.", name=line.name), "info")
    elif line.queue_no is not None:
        flash(_("%(name)s is on the waiting list: all seats are taken.", name=line.name), "info")
    elif line.is_over:
        flash(_("%(name)s is on the list, on a seat more than the party is meant to have.", name=line.name), "warning")
    else:
        flash(_("%(name)s is on the list, on seat %(seat)s.", name=line.name, seat=line.seat), "success")


@blueprint.route("/meetings/<uuid:meeting_id>/nominations/<uuid:participation_id>/edit", methods=["GET", "POST"])
@allows(NOMINATE)
@form_page("people/nominations/edit_nominee.html")
def edit_nominee(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    known = nominations_queries.nominee(viewer(), participation_id)
    is_ours = known.may_be_changed and not nominations_queries.is_known_elsewhere(participation_id)
    form = (NomineeForm if is_ours else CapacityForm)(known.party_kind, known)
    yield {"form": form, "nominee": known, "is_ours": is_ours, "sees_all": _sees_all()}
    capacity = Capacity(form.capacity.data)
    entered = form.nominee() if is_ours else Nominee(name=known.name, email=known.email, capacity=capacity)
    nominating.change_nominee(viewer(), participation_id, entered, version=form.version.data, now=clock.now())
    if nominations_queries.nominee(viewer(), participation_id).requested:
        flash(_("It is saved. The change to participant waits for the coordinator's approval."), "info")
    else:
        flash(_("It is saved."), "success")
    yield _to_lists(meeting_id)


@blueprint.route("/meetings/<uuid:meeting_id>/nominations/<uuid:participation_id>/replace", methods=["GET", "POST"])
@allows(NOMINATE)
@form_page("people/nominations/replace_nominee.html")
def replace_nominee(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    known = nominations_queries.nominee(viewer(), participation_id)
    form = ReplacementForm(data={"version": known.version})
    yield {"form": form, "nominee": known}
    version, once = form.version.data, form.once.data or ""
    nominating.replace_nominee(viewer(), participation_id, form.nominee(), version=version, once=once, now=clock.now())
    flash(_("%(name)s has the seat now, and its sessions.", name=form.name.data), "success")
    yield _to_lists(meeting_id)


@blueprint.route("/meetings/<uuid:meeting_id>/nominations/<uuid:participation_id>/withdraw", methods=["GET", "POST"])
@allows(NOMINATE)
@form_page("people/nominations/withdraw_nominee.html")
def withdraw_nominee(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    known = nominations_queries.nominee(viewer(), participation_id)
    form = VersionForm(obj=known)
    yield {"form": form, "nominee": known}
    nominating.withdraw_nominee(viewer(), participation_id, version=form.version.data, now=clock.now())
    flash(_("%(name)s is on the list no more.", name=known.name), "success")
    yield _to_lists(meeting_id)


@blueprint.post("/meetings/<uuid:meeting_id>/nominations/<uuid:participation_id>/seat")
@allows(SEATS_EDIT)
def approve_seat(meeting_id: UUID, participation_id: UUID) -> Response:
    return _decide(meeting_id, participation_id, participants_commands.approve_seat, _("%(name)s has a seat now."))


@blueprint.post("/meetings/<uuid:meeting_id>/nominations/<uuid:participation_id>/participant")
@allows(SEATS_EDIT)
def approve_participant(meeting_id: UUID, participation_id: UUID) -> Response:
    return _decide(
        meeting_id, participation_id, participants_commands.approve_participant, _("%(name)s is a participant now.")
    )


@blueprint.post("/meetings/<uuid:meeting_id>/nominations/<uuid:participation_id>/no-participant")
@allows(SEATS_EDIT)
def refuse_participant(meeting_id: UUID, participation_id: UUID) -> Response:
    refused = _("%(name)s does not become a participant.")
    return _decide(meeting_id, participation_id, participants_commands.refuse_participant, refused)


def _decide(meeting_id: UUID, participation_id: UUID, decide: Callable[..., None], message: str) -> Response:
    form = VersionForm()
    if not form.validate():
        abort(400)
    with refusal_flashed():
        decide(viewer(), participation_id, version=form.version.data, now=clock.now())
        known = nominations_queries.nominee(viewer(), participation_id, NOMINATIONS_SEE)
        flash(message % {"name": known.name}, "success")
    return _to_lists(meeting_id)


@blueprint.route("/meetings/<uuid:meeting_id>/nominations/<uuid:party_id>/submit", methods=["GET", "POST"])
@allows(SUBMIT_LIST)
@form_page("people/nominations/submit_list.html")
def submit_list(meeting_id: UUID, party_id: UUID) -> Iterator[Any]:
    yield {
        "form": PlainForm(),
        "party": nominations_queries.party_list(viewer(), SUBMIT_LIST, party_id),
        "moment": (moment := exchange_queries.moment_of(meeting_id)),
        "may_be_withdrawn": moment.may_be_withdrawn(clock.now()),
    }
    submitting.submit_list(viewer(), party_id, now=clock.now())
    if exchange_queries.moment_of(meeting_id).opened_at is None:
        flash(_("The list is lodged. It stays sealed until the lists are opened to each other."), "success")
    else:
        flash(_("The list is lodged, and the lists are open to each other."), "success")
    yield _to_lists(meeting_id)


@blueprint.post("/meetings/<uuid:meeting_id>/nominations/<uuid:party_id>/take-back")
@allows(SUBMIT_LIST)
def take_submission_back(meeting_id: UUID, party_id: UUID) -> Response:
    with refusal_flashed():
        submitting.take_submission_back(viewer(), party_id, now=clock.now())
        flash(_("The list is taken back. Lodge it again when it is ready."), "success")
    return _to_lists(meeting_id)


@blueprint.route("/meetings/<uuid:meeting_id>/nominations/<uuid:participation_id>/address", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("people/nominations/address_doubt.html")
def settle_address(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    form = AddressDoubtForm()
    known = nominations_queries.nominee(viewer(), participation_id, PARTICIPANTS_INVITE)
    if not known.in_doubt:
        raise NotFound
    yield {"form": form, "nominee": known, "owner": nominations_queries.owner_of_address(viewer(), known.email)}
    if form.way.data == "same":
        submitting.merge_with_address_owner(viewer(), participation_id, now=clock.now())
        flash(_("The nominee is the person with this address now."), "success")
    else:
        submitting.ask_for_another_address(viewer(), participation_id, now=clock.now())
        flash(_("The party sees on its list that another address is asked for."), "success")
    yield _to_lists(meeting_id)


def _sees_all() -> bool:
    return Scope.ALL in viewer().scopes(NOMINATE)


def _is_open(meeting_id: UUID) -> bool:
    return participants_frame.frame(meeting_id).window.is_open(clock.now())


def _to_lists(meeting_id: UUID) -> Response:
    return see_other(url_for("nominations.nominations", meeting_id=meeting_id))
