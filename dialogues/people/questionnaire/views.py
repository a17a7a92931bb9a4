"""Pages to edit custom questions and to read their answers."""

import mimetypes
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.browser import KIND
from dialogues.core.common.numbers import number
from dialogues.core.common.pages import form_page, see_other
from dialogues.lib.paging import page_numbers
from dialogues.people.participants.forms import PlainForm
from dialogues.people.questionnaire import commands, queries
from dialogues.people.questionnaire.forms import QuestionForm
from dialogues.policy import ANSWERS_PARTY_SEE, ANSWERS_SEE, ANSWERS_TRAVEL_SEE, QUESTIONS_EDIT

blueprint = Blueprint("questionnaire", __name__)


@blueprint.get("/meetings/<uuid:meeting_id>/answers/<uuid:answer_id>/file")
@allows(ANSWERS_SEE, ANSWERS_PARTY_SEE, ANSWERS_TRAVEL_SEE)
def answer_file(meeting_id: UUID, answer_id: UUID) -> Response:  # noqa: ARG001  the access check reads it
    """Sends the file of an answer under a neutral file name."""
    found = queries.answer_file(viewer(), answer_id)
    answer = Response(found.pieces, content_type=found.media_type)
    answer.content_length = found.size
    ending = mimetypes.guess_extension(found.media_type) or ""
    answer.headers["Content-Disposition"] = f'attachment; filename="answer{ending}"'
    answer.headers[KIND] = "download"
    return answer


_ONE = "/meetings/<uuid:meeting_id>/questions/<uuid:question_id>"
_PAGE = 100


@blueprint.get("/meetings/<uuid:meeting_id>/questions")
@allows(QUESTIONS_EDIT)
def questions(meeting_id: UUID) -> str:  # noqa: ARG001  the access check reads it
    rows = queries.questions(viewer())
    live = [row for row in rows if row.Question.is_live]
    return render_template(
        "people/questionnaire/questions.html", live=live, past=[row for row in rows if row not in live]
    )


@blueprint.route("/meetings/<uuid:meeting_id>/questions/new", methods=["GET", "POST"])
@allows(QUESTIONS_EDIT)
@form_page("people/questionnaire/question_form.html")
def new_question(meeting_id: UUID) -> Iterator[Any]:
    form = QuestionForm()
    if not form.is_submitted():
        form.purge_on.data = queries.default_purge_day(viewer())
    yield {"form": form, "saved": None, "answers": 0}
    commands.add_question(viewer(), form.facts(), now=clock.now())
    flash(_("Everyone who registers is asked this from now on."), "success")
    yield _list(meeting_id)


@blueprint.route(f"{_ONE}/edit", methods=["GET", "POST"])
@allows(QUESTIONS_EDIT)
@form_page("people/questionnaire/question_form.html")
def edit_question(meeting_id: UUID, question_id: UUID) -> Iterator[Any]:
    saved, answers = queries.question(viewer(), question_id)
    form = QuestionForm(obj=saved)
    yield {"form": form, "saved": saved, "answers": answers}
    commands.edit_question(viewer(), question_id, form.facts(), version=form.version.data, now=clock.now())
    flash(_("The question is saved."), "success")
    yield _list(meeting_id)


@blueprint.post(f"{_ONE}/move")
@allows(QUESTIONS_EDIT)
def move_question(meeting_id: UUID, question_id: UUID) -> WerkzeugResponse:
    shown_position = request.form.get("stood", 0, type=number)
    by = -1 if request.form.get("way") == "up" else 1
    commands.move_question(viewer(), question_id, by=by, shown_position=shown_position, now=clock.now())
    return _list(meeting_id)


@blueprint.route(f"{_ONE}/retire", methods=["GET", "POST"])
@allows(QUESTIONS_EDIT)
@form_page("people/questionnaire/retire_question.html")
def retire_question(meeting_id: UUID, question_id: UUID) -> Iterator[Any]:
    saved, answers = queries.question(viewer(), question_id)
    yield {"form": PlainForm(), "saved": saved, "answers": answers}
    commands.retire_question(viewer(), question_id, now=clock.now())
    flash(_("Nobody is asked this any more."), "success")
    yield _list(meeting_id)


@blueprint.get(f"{_ONE}/answers")
@allows(ANSWERS_SEE, ANSWERS_PARTY_SEE, ANSWERS_TRAVEL_SEE)
def answers(meeting_id: UUID, question_id: UUID) -> str:
    """Answers to one question that the viewer may read, 100 per page."""
    question, lines = queries.answers_to(viewer(), question_id)
    texts = [given.text for _row, given in lines]
    tally = [(choice, texts.count(choice)) for choice in question.choices]
    page, last = page_numbers(request.args.get("page", 1, type=number), len(lines), _PAGE)
    return render_template(
        "people/questionnaire/answers.html",
        asked=question,
        tally=tally,
        lines=lines[(page - 1) * _PAGE : page * _PAGE],
        page=page,
        last=last,
        page_url=lambda number: url_for(
            "questionnaire.answers", meeting_id=meeting_id, question_id=question_id, page=number
        ),
    )


def _list(meeting_id: UUID) -> WerkzeugResponse:
    return see_other(url_for("questionnaire.questions", meeting_id=meeting_id))
