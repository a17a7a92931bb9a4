"""The viewer's own registration: overview, steps, change of address, withdrawal."""

from collections.abc import Iterator
from functools import wraps
from typing import Any
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from dialogues.core.accounts import queries as accounts_queries
from dialogues.core.accounts.commands import address as accounts_address
from dialogues.core.accounts.rules import CHANGE_ADDRESS
from dialogues.core.accounts.views.cookie import sign_in_context
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.core.common.presentation import in_zone
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.commands import answering as invitations
from dialogues.people.participants.forms import PlainForm
from dialogues.people.participants.queries import frame as participants
from dialogues.people.participants.queries.frame import RegistrationContext
from dialogues.people.participants.rules.steps import Step, is_done, missing_steps, steps_of
from dialogues.people.registration import queries
from dialogues.people.registration.forms import AddressForm
from dialogues.people.registration.queries import own_change
from dialogues.people.registration.views import steps
from dialogues.people.registration.views.blueprint import blueprint
from dialogues.policy import PARTICIPANTS_SEE, REGISTRATION_OWN

#: One stage of the timeline: label, date, and "done", "now" or "next".
_Stage = tuple[str, str, str]


@blueprint.get("/meetings/<uuid:meeting_id>/registration")
@allows(REGISTRATION_OWN)
def own_registration(meeting_id: UUID) -> str:
    """Shows the state of the registration and what comes next."""
    own, frame = queries.own_registration(viewer()), participants.frame(meeting_id)
    progress = steps.progress(own, frame)
    missing = missing_steps(progress)
    return render_template(
        "people/registration/own_registration.html",
        own=own,
        frame=frame,
        stages=_stages(own, frame, is_complete=not missing),
        steps=[(step, steps.own_step_url(step, meeting_id), is_done(step, progress)) for step in steps_of(progress)],
        missing=missing,
        moved=own.present_from is not None and Step.DAYS in missing,
        is_open=frame.gathering.is_open(clock.now()),
        away=queries.absences(own.id),
        change=own_change(viewer()) if own.approved_at is not None else None,
        change_url=url_for("registration.own_change", meeting_id=meeting_id),
    )


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


def _page_of(step: Step) -> Any:
    """Builds the view of one step."""

    @allows(REGISTRATION_OWN)
    @form_page("people/registration/step.html")
    def page(meeting_id: UUID) -> Iterator[Any]:
        own, frame = queries.own_registration(viewer()), participants.frame(meeting_id)
        shown = steps.StepPage(step, own, frame, lambda one: steps.own_step_url(one, meeting_id))
        overview = url_for("registration.own_registration", meeting_id=meeting_id)
        yield from steps.page_context(shown, overview, on_behalf_of="")
        steps.save(viewer(), shown)
        yield steps.next_page(shown, overview)

    return page


for _step in steps.FORMS:
    blueprint.add_url_rule(
        f"/meetings/<uuid:meeting_id>/registration/{_step.value}",
        endpoint=f"own_{_step.value}",
        view_func=_page_of(_step),
        methods=["GET", "POST"],
    )


def _require_second_factor(view: Any) -> Any:
    """Requires the second factor of accounts that have one.

    Otherwise someone with a borrowed browser or mailbox could take over the account.
    """

    @wraps(view)
    def guarded(meeting_id: UUID) -> Any:
        if accounts_queries.may_change_address(viewer(), clock.real_now()):
            return view(meeting_id=meeting_id)
        back = url_for("registration.own_address", meeting_id=meeting_id)
        return see_other(url_for("accounts.step_up", purpose=CHANGE_ADDRESS, next=back))

    return guarded


@blueprint.route("/meetings/<uuid:meeting_id>/registration/address", methods=["GET", "POST"])
@allows(REGISTRATION_OWN)
@_require_second_factor
@form_page("people/registration/address.html")
def own_address(meeting_id: UUID) -> Iterator[Any]:
    """Sends a confirmation link to a new address. The address changes once the link is opened in this browser."""
    own = queries.own_registration(viewer())
    form = AddressForm()
    yield {"form": form, "own": own}
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
    frame = participants.frame(meeting_id)
    own = queries.own_registration(viewer())
    yield {"form": PlainForm(), "own": own, "frame": frame, "is_open": frame.gathering.is_open(clock.now())}
    invitations.withdraw(viewer(), now=clock.now())
    flash(_("You have withdrawn. Until registration closes, your personal link leads back."), "success")
    yield see_other(url_for("invitations.registration") if viewer().is_limited else "/")
