"""Shared by the step pages for oneself and for others."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.pages import see_other
from dialogues.core.common.viewer import Viewer
from dialogues.people.participants.queries.frame import RegistrationContext
from dialogues.people.participants.rules.steps import ASKED_FOR_AFTER_APPROVAL, Progress, Step, is_done, steps_of
from dialogues.people.registration import commands, queries
from dialogues.people.registration.forms import (
    AffiliationForm,
    DaysForm,
    IdentityForm,
    LanguagesForm,
    RulesForm,
    StepForm,
    VisibilityForm,
)

FORMS: dict[Step, type[StepForm]] = {
    Step.IDENTITY: IdentityForm,
    Step.AFFILIATION: AffiliationForm,
    Step.LANGUAGES: LanguagesForm,
    Step.DAYS: DaysForm,
    Step.VISIBILITY: VisibilityForm,
    Step.RULES: RulesForm,
}
#: Steps whose endpoint is not named after the step.
_OWN_PAGES = {Step.NEEDS: "registration.own_sealed", Step.QUESTIONS: "registration.own_answers"}
_PAGES_FOR = {Step.NEEDS: "documents.papers", Step.QUESTIONS: "registration.answers_for"}


def progress(own: Any, frame: RegistrationContext) -> Progress:
    return Progress(
        saved=own.steps,
        days=frame.days,
        present_from=own.present_from,
        present_to=own.present_to,
        has_rules=bool(frame.rules),
        rules_accepted=own.rules_accepted_at is not None,
        has_questions=frame.has_questions,
    )


def own_step_url(step: Step, meeting_id: UUID) -> str:
    """Address of the viewer's own step."""
    return url_for(_OWN_PAGES.get(step, f"registration.own_{step.value}"), meeting_id=meeting_id)


def step_url_for(step: Step, meeting_id: UUID, participation_id: UUID) -> str:
    """Address of a step for another person."""
    endpoint = _PAGES_FOR.get(step, f"registration.{step.value}_for")
    return url_for(endpoint, meeting_id=meeting_id, participation_id=participation_id)


@dataclass(frozen=True)
class StepPage:
    """One step of one registration as its page shows it."""

    step: Step
    own: Any
    frame: RegistrationContext
    url_of: Callable[[Step], str]

    @cached_property
    def form(self) -> StepForm:
        away = queries.absences(self.own.id) if self.step is Step.DAYS else ()
        return FORMS[self.step](self.own, self.frame, away)

    @cached_property
    def steps(self) -> list[tuple[Step, str, bool]]:
        """Steps as (step, address, is done)."""
        current = progress(self.own, self.frame)
        return [(step, self.url_of(step), is_done(step, current)) for step in steps_of(current)]

    @property
    def needs_request(self) -> bool:
        """Whether saving makes a change request, because the registration is approved."""
        return self.own.approved_at is not None and self.step in ASKED_FOR_AFTER_APPROVAL

    def adjacent(self, distance: int) -> str:
        """Address of the step `distance` places away; empty beyond the first and the last."""
        order = [step for step, _url, _done in self.steps]
        index = order.index(self.step) + distance if self.step in order else -1
        return self.steps[index][1] if 0 <= index < len(order) else ""


def page_context(shown: StepPage, overview: str, *, on_behalf_of: str) -> Iterator[Any]:
    """Yields the page context. A preview yields the page with the typed values instead and saves nothing.

    :param on_behalf_of: name of the person the page is filled in for, empty for oneself.
    """
    form = shown.form
    context = {
        "form": form,
        "shown": shown,
        "own": shown.own,
        "frame": shown.frame,
        "on_behalf_of": on_behalf_of,
        "overview": overview,
        "is_open": shown.frame.gathering.is_open(clock.now()),
    }
    if isinstance(form, VisibilityForm):
        context["previewed"] = form.previewed()
        if form.is_submitted() and form.preview.data:
            form.validate()
            yield make_response(render_template("people/registration/step.html", **context))
            return
    yield context


def save(viewer: Viewer, shown: StepPage, *, participation_id: UUID | None = None) -> None:
    """Saves the step, or requests the change if the step is approved.

    :raises Refusal: the input cannot be saved.
    """
    form, now = shown.form, clock.now()
    if shown.needs_request:
        values = asdict(form.step_data())
        waits = commands.request_change(
            viewer, values, version=form.version.data, now=now, participation_id=participation_id
        )
        flash(_("The office is asked for this change.") if waits else _("Nothing is asked to be changed."), "success")
        return
    commands.fill_in(viewer, form.step_data(), version=form.version.data, now=now, participation_id=participation_id)
    flash(_("Saved."), "success")


def next_page(shown: StepPage, overview: str) -> Response:
    """Redirects to the next or previous step, or to the overview, which also shows change requests."""
    distance = 0 if shown.needs_request else {"back": -1, "on": 1}.get(request.form.get("go", "on"), 0)
    return see_other((shown.adjacent(distance) if distance else "") or overview)
