"""Pages of the registration steps, for oneself or for a person without an address."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.core.common.state import state
from dialogues.people.documents import commands as documents
from dialogues.people.documents.forms import OwnSealedForm, clear_field
from dialogues.people.documents.queries import own_papers
from dialogues.people.documents.rules import NEEDS, PAPERS, PURPOSES
from dialogues.people.participants.queries import frame as participants
from dialogues.people.participants.queries.frame import RegistrationContext
from dialogues.people.participants.rules.kinds import SealedKind, VisaStatus
from dialogues.people.participants.rules.steps import ASKED_FOR_AFTER_APPROVAL, Progress, Step, is_done, steps_of
from dialogues.people.questionnaire import commands as questionnaire_commands
from dialogues.people.questionnaire import queries as questionnaire_queries
from dialogues.people.questionnaire.forms import answers_form, drop_field
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
from dialogues.people.registration.views.blueprint import add_page, blueprint
from dialogues.policy import PASSPORT_ENTER

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


@dataclass(frozen=True)
class RegistrationPage:
    """A registration as one of its pages shows it: the viewer's own, or that of a person without an address."""

    meeting_id: UUID
    #: None for the viewer's own registration.
    participation_id: UUID | None
    #: None on pages that belong to no step.
    step: Step | None = None

    @cached_property
    def own(self) -> Any:
        """:raises NotFound: there is no such registration for this viewer."""
        return queries.registration(viewer(), self.participation_id)

    @cached_property
    def frame(self) -> RegistrationContext:
        return participants.frame(self.meeting_id)

    @cached_property
    def progress(self) -> Progress:
        return Progress(
            saved=self.own.steps,
            days=self.frame.days,
            present_from=self.own.present_from,
            present_to=self.own.present_to,
            has_rules=bool(self.frame.rules),
            rules_accepted=self.own.rules_accepted_at is not None,
            has_questions=self.frame.has_questions,
        )

    @cached_property
    def steps(self) -> list[tuple[Step, str, bool]]:
        """Steps as (step, address, is done)."""
        return [(step, self.step_url(step), is_done(step, self.progress)) for step in steps_of(self.progress)]

    @property
    def needs_request(self) -> bool:
        """Whether saving makes a change request, because the registration is approved."""
        return self.own.approved_at is not None and self.step in ASKED_FOR_AFTER_APPROVAL

    @property
    def overview(self) -> str:
        return self.url("registration.own_registration", "registration.registration_for")

    def url(self, own: str, others: str) -> str:
        """Address of one of two endpoints: for the viewer's own registration, or for others."""
        if self.participation_id is None:
            return url_for(own, meeting_id=self.meeting_id)
        return url_for(others, meeting_id=self.meeting_id, participation_id=self.participation_id)

    def step_url(self, step: Step) -> str:
        own, others = f"registration.own_{step.value}", f"registration.{step.value}_for"
        return self.url(_OWN_PAGES.get(step, own), _PAGES_FOR.get(step, others))

    def adjacent(self, distance: int) -> str:
        """Address of the step `distance` places away; empty beyond the first and the last."""
        order = [step for step, _url, _done in self.steps]
        index = order.index(self.step) + distance if self.step in order else -1
        return self.steps[index][1] if 0 <= index < len(order) else ""

    def context(self) -> dict[str, Any]:
        """Context of the templates. `on_behalf_of` is the name of another person, empty for oneself."""
        return {
            "shown": self,
            "own": self.own,
            "frame": self.frame,
            "on_behalf_of": self.own.name if self.participation_id else "",
            "overview": self.overview,
            "is_open": self.frame.window.is_open(clock.now()),
        }

    def next_page(self) -> Response:
        """Redirects to the next or previous step, or to the overview, which also shows change requests."""
        distance = 0 if self.needs_request else {"back": -1, "on": 1}.get(request.form.get("go", "on"), 0)
        return see_other((self.adjacent(distance) if distance else "") or self.overview)


def _page_of(step: Step) -> Any:
    """Builds the view of one step."""

    @form_page("people/registration/step.html")
    def page(meeting_id: UUID, participation_id: UUID | None = None) -> Iterator[Any]:
        shown = RegistrationPage(meeting_id, participation_id, step)
        form = FORMS[step](shown.own, shown.frame, queries.absences(shown.own.id) if step is Step.DAYS else ())
        context = {**shown.context(), "form": form}
        if isinstance(form, VisibilityForm):
            context["previewed"] = form.previewed()
            if form.is_submitted() and form.preview.data:
                # A preview shows the typed values and saves nothing.
                form.validate()
                yield make_response(render_template("people/registration/step.html", **context))
                return
        yield context
        _save(shown, form)
        yield shown.next_page()

    return page


def _save(shown: RegistrationPage, form: StepForm) -> None:
    """Saves the step, or requests the change if the step is approved.

    :raises Refusal: the input cannot be saved.
    """
    data = form.step_data()
    options: Any = {"version": form.version.data, "now": clock.now(), "participation_id": shown.participation_id}
    if shown.needs_request:
        waits = commands.request_change(viewer(), asdict(data), **options)
        flash(_("The office is asked for this change.") if waits else _("Nothing is asked to be changed."), "success")
    else:
        commands.fill_in(viewer(), data, **options)
        flash(_("Saved."), "success")


for _step in FORMS:
    add_page(f"/{_step.value}", _page_of(_step), own=f"own_{_step.value}", others=f"{_step.value}_for")


@form_page("people/registration/own_answers.html")
def _answers(meeting_id: UUID, participation_id: UUID | None = None) -> Iterator[Any]:
    """Answers to the questionnaire. Each question shows who reads the answer and how long it is kept.

    Answers of others that the viewer may not read can be replaced but are not shown.
    """
    sheet = questionnaire_queries.answer_sheet(viewer(), participation_id)
    shown = RegistrationPage(meeting_id, participation_id, Step.QUESTIONS)
    # Half of the request limit (bytes), because a larger file must still be read to be refused at its field.
    form, limit = answers_form(sheet), state().settings.upload_limit // 2
    with ExitStack() as sent:
        for file in request.files.values():
            sent.callback(file.close)
        yield {
            **shown.context(),
            "form": form,
            "sheet": sheet,
            "drop_field": drop_field,
            "megabytes": max(1, limit // 2**20),
        }
        replies = form.replies(sheet)
        questionnaire_commands.answer_questions(
            viewer(), replies, version=form.version.data, limit=limit, now=clock.now(), for_whom=participation_id
        )
    flash(_("Saved."), "success")
    yield shown.next_page()


add_page("/questions", _answers, own="own_answers", others="answers_for")


@blueprint.route("/meetings/<uuid:meeting_id>/registration/needs", methods=["GET", "POST"])
@allows(PASSPORT_ENTER)
@form_page("people/registration/own_sealed.html")
def own_sealed(meeting_id: UUID) -> Iterator[Any]:
    """The viewer's own sealed fields. Interpreters get the page too, without the other steps."""
    own = own_papers(viewer(), clock.now())
    form = OwnSealedForm(own)
    shown = RegistrationPage(meeting_id, None, Step.NEEDS)
    yield {
        "form": form,
        "own": own,
        "frame": shown.frame,
        "shown": shown if own.participation_id else None,
        "overview": shown.overview,
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
    yield shown.next_page() if own.participation_id else see_other(url_for(".own_sealed", meeting_id=meeting_id))
