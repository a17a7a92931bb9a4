"""The registration step "travel and needs": the viewer's own sealed fields."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, url_for
from flask_babel import gettext as _

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.people.documents import commands as documents
from dialogues.people.documents.forms import OwnSealedForm, clear_field
from dialogues.people.documents.queries import own_papers
from dialogues.people.documents.rules import NEEDS, PAPERS, PURPOSES
from dialogues.people.participants.queries import frame as participants
from dialogues.people.participants.rules.kinds import SealedKind, VisaStatus
from dialogues.people.participants.rules.steps import Step
from dialogues.people.registration import queries
from dialogues.people.registration.views import steps
from dialogues.people.registration.views.blueprint import blueprint
from dialogues.policy import PASSPORT_ENTER


@blueprint.route("/meetings/<uuid:meeting_id>/registration/needs", methods=["GET", "POST"])
@allows(PASSPORT_ENTER)
@form_page("people/registration/own_sealed.html")
def own_sealed(meeting_id: UUID) -> Iterator[Any]:
    """The viewer's own sealed fields. Interpreters get the page too, without the other steps."""
    own, frame = own_papers(viewer(), clock.now()), participants.frame(meeting_id)
    form = OwnSealedForm(own)
    overview = url_for("registration.own_registration", meeting_id=meeting_id)
    shown = _step(meeting_id, frame) if own.participation_id else None
    yield {
        "form": form,
        "own": own,
        "frame": frame,
        "shown": shown,
        "overview": overview,
        "papers": PAPERS,
        "needs": NEEDS,
        "why": PURPOSES,
        "clear_field": clear_field,
    }
    documents.save_own(
        viewer(),
        {kind: form.parts(kind) for kind in SealedKind},
        visa_status=VisaStatus(form.visa_status.data),
        needs_shared=form.needs_shared.data,
        version=form.version.data,
        now=clock.now(),
        cleared=form.cleared(),
    )
    flash(_("Saved and sealed."), "success")
    yield steps.next_page(shown, overview) if shown else see_other(url_for(".own_sealed", meeting_id=meeting_id))


def _step(meeting_id: UUID, frame: Any) -> steps.StepPage:
    own = queries.own_registration(viewer())
    return steps.StepPage(Step.NEEDS, own, frame, lambda step: steps.own_step_url(step, meeting_id))
