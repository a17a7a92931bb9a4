"""Pages on which the office's questions are answered, for oneself or for others; and the files that came with it."""

import mimetypes
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.browser import KIND
from dialogues.common.pages import form_page
from dialogues.common.state import state
from dialogues.participants import queries
from dialogues.participants.commands import replying
from dialogues.participants.forms.questions import answers_form, drop_field
from dialogues.participants.queries import answers
from dialogues.participants.queries.answers import Sheet
from dialogues.participants.rules import Step
from dialogues.participants.views import steps
from dialogues.participants.views.house import blueprint
from dialogues.policy import ANSWERS_PARTY_SEE, ANSWERS_SEE, ANSWERS_TRAVEL_SEE, REGISTRATION_FOR, REGISTRATION_OWN


@blueprint.route("/meetings/<uuid:meeting_id>/registration/questions", methods=["GET", "POST"])
@allows(REGISTRATION_OWN)
@form_page("participants/own_answers.html")
def own_answers(meeting_id: UUID) -> Iterator[Any]:
    """One's own answers, each with who reads it and until when it is kept."""
    sheet = answers.own_sheet(viewer())
    own, frame = queries.own_registration(viewer()), queries.frame(meeting_id)
    shown = steps.Shown(Step.QUESTIONS, own, frame, lambda one: steps.own_page(one, meeting_id))
    overview = url_for("participants.own_registration", meeting_id=meeting_id)
    yield from _fill_in(sheet, shown, overview, whom="")


@blueprint.route(
    "/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/registration/questions", methods=["GET", "POST"]
)
@allows(REGISTRATION_FOR)
@form_page("participants/own_answers.html")
def answers_for(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    """The answers of someone without an address; what the reader is no reader of is written, never shown."""
    sheet = answers.sheet_for(viewer(), participation_id)
    own, frame = queries.registration_for(viewer(), participation_id), queries.frame(meeting_id)
    shown = steps.Shown(Step.QUESTIONS, own, frame, lambda one: steps.page_for(one, meeting_id, participation_id))
    overview = url_for("participants.registration_for", meeting_id=meeting_id, participation_id=participation_id)
    yield from _fill_in(sheet, shown, overview, whom=sheet.name, for_whom=participation_id)


def _fill_in(
    sheet: Sheet, shown: steps.Shown, overview: str, *, whom: str, for_whom: UUID | None = None
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
            "whom": whom,
            "drop_field": drop_field,
            "megabytes": max(1, limit // 2**20),
            "is_open": sheet.gathering.is_open(clock.now()),
        }
        replies = form.replies(sheet)
        replying.answer_questions(
            viewer(), replies, version=form.version.data, limit=limit, now=clock.now(), for_whom=for_whom
        )
    flash(_("Saved."), "success")
    yield steps.go_on(shown, overview)


def _limit() -> int:
    """How large one file may be: half of what is read of a request at all, so that it can be refused on its page."""
    settings = state().settings
    return settings.upload_limit // 2


@blueprint.get("/meetings/<uuid:meeting_id>/answers/<uuid:answer_id>/file")
@allows(ANSWERS_SEE, ANSWERS_PARTY_SEE, ANSWERS_TRAVEL_SEE)
def answer_file(meeting_id: UUID, answer_id: UUID) -> Response:  # noqa: ARG001  the viewer stands in the meeting
    """The file that someone answered with, under a neutral name."""
    found = answers.answer_file(viewer(), answer_id)
    answer = Response(found.pieces, content_type=found.media_type)
    answer.content_length = found.size
    ending = mimetypes.guess_extension(found.media_type) or ""
    answer.headers["Content-Disposition"] = f'attachment; filename="answer{ending}"'
    answer.headers[KIND] = "download"
    return answer
