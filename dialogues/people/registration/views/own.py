"""Overview of a registration; change of address and withdrawal for oneself, accepting for others."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.accounts import queries as accounts_queries
from dialogues.core.accounts.commands import address as accounts_address
from dialogues.core.accounts.rules import CHANGE_ADDRESS
from dialogues.core.accounts.views.cookie import sign_in_context
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other, words
from dialogues.core.common.presentation import in_zone
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.commands import answering as invitations
from dialogues.people.participants.forms import PlainForm
from dialogues.people.participants.queries.frame import RegistrationContext
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.participants.rules.steps import Step, missing_steps
from dialogues.people.registration import commands, queries
from dialogues.people.registration.forms import AddressForm, ConfirmForm
from dialogues.people.registration.views.blueprint import blueprint
from dialogues.people.registration.views.steps import RegistrationPage
from dialogues.policy import PARTICIPANTS_SEE, REGISTRATION_FOR, REGISTRATION_OWN

#: One stage of the timeline: label, date, and "done", "now" or "next".
_Stage = tuple[str, str, str]


@blueprint.get("/meetings/<uuid:meeting_id>/registration")
@allows(REGISTRATION_OWN)
def own_registration(meeting_id: UUID) -> str:
    """Shows the state of the registration and what comes next."""
    shown = RegistrationPage(meeting_id, None)
    context = _overview_context(shown)
    return render_template(
        "people/registration/own_registration.html",
        **context,
        stages=_stages(shown.own, shown.frame, is_complete=not context["missing"]),
        asks_again=shown.own.answered_days != shown.frame.days_version and shown.frame.window.takes_place,
        moved=shown.own.present_from is not None and Step.DAYS in context["missing"],
    )


@blueprint.get("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/registration")
@allows(REGISTRATION_FOR)
def registration_for(meeting_id: UUID, participation_id: UUID) -> str:
    """Shows the registration of a person without an address, and the steps that are missing."""
    shown = RegistrationPage(meeting_id, participation_id)
    return render_template(
        "people/registration/registration_for.html",
        **_overview_context(shown),
        can_accept=shown.own.status is not ParticipationStatus.CONFIRMED,
        waits=shown.own.status is ParticipationStatus.WAITING,
    )


def _overview_context(shown: RegistrationPage) -> dict[str, Any]:
    return {
        **shown.context(),
        "steps": shown.steps,
        "missing": missing_steps(shown.progress),
        "away": queries.absences(shown.own.id),
        "change": queries.latest_change(viewer(), shown.participation_id) if shown.own.approved_at else None,
        "change_url": shown.url("registration.own_change", "registration.change_for"),
    }


@blueprint.post("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/registration/confirm")
@allows(REGISTRATION_FOR)
def confirm_for(meeting_id: UUID, participation_id: UUID) -> Response:
    form = ConfirmForm()
    version = (form.version.data or 0) if form.validate() else 0
    try:
        commands.confirm_for(viewer(), participation_id, version=version, now=clock.now())
        flash(_("The invitation is accepted on their behalf."), "success")
    except Refusal as refusal:
        flash(words(refusal), "danger")
    return see_other(RegistrationPage(meeting_id, participation_id).overview)


@blueprint.post("/meetings/<uuid:meeting_id>/registration/days/confirm")
@allows(REGISTRATION_OWN)
def confirm_days(meeting_id: UUID) -> Response:
    form = ConfirmForm()
    try:
        if not form.validate():
            raise Refusal(N_("Open this page again, then answer."))
        commands.confirm_days(viewer(), days_version=form.version.data, now=clock.now())
        flash(_("Your answer is saved: you can come."), "success")
    except Refusal as refusal:
        flash(words(refusal), "danger")
    return see_other(RegistrationPage(meeting_id, None).overview)


def _stages(own: Any, frame: RegistrationContext, *, is_complete: bool) -> list[_Stage]:
    """Timeline of the registration. The first stage that is not done is "now"."""
    today = in_zone(clock.now(), frame.zone).date()
    stages = [
        (_("Invited"), _short(own.invited_at, frame), True),
        (_("Accepted"), _short(own.answered_at, frame), True),
        (_("Details"), "", is_complete),
        (_("Office's approval"), _short(own.approved_at, frame), own.approved_at is not None),
        (_("Lists open"), _short(frame.lists_opened_at, frame), frame.lists_opened_at is not None),
        (_("Meeting"), _span(frame), today > frame.days.last),
    ]
    reads_lists = own.capacity is Capacity.PARTICIPANT and not viewer().is_limited
    if not reads_lists and not viewer().may(PARTICIPANTS_SEE):
        del stages[4]
    now = next((number for number, stage in enumerate(stages) if not stage[2]), None)
    return [
        (label, when, "done" if done else "now" if number == now else "next")
        for number, (label, when, done) in enumerate(stages)
    ]


def _short(instant: Any, frame: RegistrationContext) -> str:
    return str(format_date(in_zone(instant, frame.zone).date(), "d MMM yyyy")) if instant else ""


def _span(frame: RegistrationContext) -> str:
    first, last = (str(format_date(day, "d MMM")) for day in (frame.days.first, frame.days.last))
    return f"{first}–{last}"


@blueprint.route("/meetings/<uuid:meeting_id>/registration/address", methods=["GET", "POST"])
@allows(REGISTRATION_OWN)
@form_page("people/registration/address.html")
def own_address(meeting_id: UUID) -> Iterator[Any]:
    """Sends a confirmation link to a new address. The address changes once the link is opened in this browser.

    Accounts with a second factor have to confirm it first.
    """
    if not accounts_queries.may_change_address(viewer(), clock.real_now()):
        # Otherwise someone with a borrowed browser or mailbox could take over the account.
        back = url_for("registration.own_address", meeting_id=meeting_id)
        yield see_other(url_for("accounts.step_up", purpose=CHANGE_ADDRESS, next=back))
        return
    form = AddressForm()
    yield {"form": form, "own": queries.registration(viewer())}
    accounts_address.ask_for_address(viewer(), form.email.data, sign_in_context())
    flash(
        _("A letter is on its way to that address. Open its link in this browser; until then nothing changes."), "info"
    )
    yield see_other(url_for("registration.own_registration", meeting_id=meeting_id))


@blueprint.route("/meetings/<uuid:meeting_id>/registration/withdraw", methods=["GET", "POST"])
@allows(REGISTRATION_OWN)
@form_page("people/registration/withdraw.html")
def withdraw(meeting_id: UUID) -> Iterator[Any]:
    """Withdraws the viewer's confirmation, after a confirmation page."""
    yield {**RegistrationPage(meeting_id, None).context(), "form": PlainForm()}
    invitations.withdraw(viewer(), now=clock.now())
    flash(_("You have withdrawn. Until registration closes, your personal link leads back."), "success")
    yield see_other(url_for("invitations.registration") if viewer().is_limited else "/")
