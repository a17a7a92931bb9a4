"""Registration of a person without an address, filled in by their focal point or the coordinator."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other, words
from dialogues.lib.refusal import Refusal
from dialogues.people.participants.queries import frame as participants
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.participants.rules.steps import Step, is_done, missing_steps, steps_of
from dialogues.people.registration import commands, queries
from dialogues.people.registration.forms import ConfirmForm
from dialogues.people.registration.queries import change_for
from dialogues.people.registration.views import steps
from dialogues.people.registration.views.blueprint import blueprint
from dialogues.policy import REGISTRATION_FOR


@blueprint.get("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/registration")
@allows(REGISTRATION_FOR)
def registration_for(meeting_id: UUID, participation_id: UUID) -> str:
    """Shows the state of the registration and the steps that are missing."""
    own, frame = queries.registration_for(viewer(), participation_id), participants.frame(meeting_id)
    progress = steps.progress(own, frame)
    return render_template(
        "people/registration/registration_for.html",
        own=own,
        frame=frame,
        steps=[
            (step, steps.step_url_for(step, meeting_id, participation_id), is_done(step, progress))
            for step in steps_of(progress)
        ],
        missing=missing_steps(progress),
        can_accept=own.status is not ParticipationStatus.CONFIRMED,
        waits=own.status is ParticipationStatus.WAITING,
        is_open=frame.gathering.is_open(clock.now()),
        away=queries.absences(own.id),
        change=change_for(viewer(), participation_id) if own.approved_at is not None else None,
        change_url=url_for("registration.change_for", meeting_id=meeting_id, participation_id=participation_id),
    )


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
    return see_other(_overview(meeting_id, participation_id))


def _overview(meeting_id: UUID, participation_id: UUID) -> str:
    return url_for("registration.registration_for", meeting_id=meeting_id, participation_id=participation_id)


def _page_of(step: Step) -> Any:
    """Builds the view of one step."""

    @allows(REGISTRATION_FOR)
    @form_page("people/registration/step.html")
    def page(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
        own, frame = queries.registration_for(viewer(), participation_id), participants.frame(meeting_id)
        shown = steps.StepPage(step, own, frame, lambda one: steps.step_url_for(one, meeting_id, participation_id))
        overview = _overview(meeting_id, participation_id)
        yield from steps.page_context(shown, overview, on_behalf_of=own.name)
        steps.save(viewer(), shown, participation_id=participation_id)
        yield steps.next_page(shown, overview)

    return page


for _step in steps.FORMS:
    blueprint.add_url_rule(
        f"/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/registration/{_step.value}",
        endpoint=f"{_step.value}_for",
        view_func=_page_of(_step),
        methods=["GET", "POST"],
    )
