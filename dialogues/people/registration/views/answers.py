"""Pages for answering the questionnaire, for oneself or for a person without an address."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from flask import flash, request, url_for
from flask_babel import gettext as _

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page
from dialogues.core.common.state import state
from dialogues.people.participants.queries import frame as participants
from dialogues.people.participants.rules.steps import Step
from dialogues.people.questionnaire import commands as questionnaire_commands
from dialogues.people.questionnaire import queries as questionnaire_queries
from dialogues.people.questionnaire.forms import answers_form, drop_field
from dialogues.people.questionnaire.queries import AnswerSheet
from dialogues.people.registration import queries
from dialogues.people.registration.views import steps
from dialogues.people.registration.views.blueprint import blueprint
from dialogues.policy import REGISTRATION_FOR, REGISTRATION_OWN


@blueprint.route("/meetings/<uuid:meeting_id>/registration/questions", methods=["GET", "POST"])
@allows(REGISTRATION_OWN)
@form_page("people/registration/own_answers.html")
def own_answers(meeting_id: UUID) -> Iterator[Any]:
    """The viewer's own answers. Each question shows who reads the answer and how long it is kept."""
    sheet = questionnaire_queries.own_sheet(viewer())
    own, frame = queries.own_registration(viewer()), participants.frame(meeting_id)
    shown = steps.StepPage(Step.QUESTIONS, own, frame, lambda one: steps.own_step_url(one, meeting_id))
    overview = url_for("registration.own_registration", meeting_id=meeting_id)
    yield from _fill_in(sheet, shown, overview, on_behalf_of="")


@blueprint.route(
    "/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/registration/questions", methods=["GET", "POST"]
)
@allows(REGISTRATION_FOR)
@form_page("people/registration/own_answers.html")
def answers_for(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    """Answers of a person without an address. Answers the viewer may not read can be replaced but are not shown."""
    sheet = questionnaire_queries.sheet_for(viewer(), participation_id)
    own, frame = queries.registration_for(viewer(), participation_id), participants.frame(meeting_id)
    shown = steps.StepPage(
        Step.QUESTIONS, own, frame, lambda one: steps.step_url_for(one, meeting_id, participation_id)
    )
    overview = url_for("registration.registration_for", meeting_id=meeting_id, participation_id=participation_id)
    yield from _fill_in(sheet, shown, overview, on_behalf_of=sheet.name, participation_id=participation_id)


def _fill_in(
    sheet: AnswerSheet, shown: steps.StepPage, overview: str, *, on_behalf_of: str, participation_id: UUID | None = None
) -> Iterator[Any]:
    form, limit = answers_form(sheet), _limit()
    with ExitStack() as sent:
        for file in request.files.values():
            sent.callback(file.close)
        yield {
            "form": form,
            "sheet": sheet,
            "shown": shown,
            "overview": overview,
            "on_behalf_of": on_behalf_of,
            "drop_field": drop_field,
            "megabytes": max(1, limit // 2**20),
            "is_open": sheet.gathering.is_open(clock.now()),
        }
        replies = form.replies(sheet)
        questionnaire_commands.answer_questions(
            viewer(), replies, version=form.version.data, limit=limit, now=clock.now(), for_whom=participation_id
        )
    flash(_("Saved."), "success")
    yield steps.next_page(shown, overview)


def _limit() -> int:
    """Size limit of one file, in bytes.

    Half of the request limit, because a larger file must still be read to be refused at its field.
    """
    settings = state().settings
    return settings.upload_limit // 2
