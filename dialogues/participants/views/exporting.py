"""The working export of the list, behind a fresh proof of who asks."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import request

from dialogues.accounts.step_up import require_fresh_totp
from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import download, form_page
from dialogues.participants import queries
from dialogues.participants.commands import exporting
from dialogues.participants.export import as_csv, as_workbook, table_of
from dialogues.participants.forms.office import ExportForm
from dialogues.participants.queries import answers
from dialogues.participants.views.house import blueprint
from dialogues.participants.views.listing import asked_of, wanted_of
from dialogues.policy import PARTICIPANTS_EXPORT

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("/meetings/<uuid:meeting_id>/participants/export", methods=["GET", "POST"])
@allows(PARTICIPANTS_EXPORT)
@require_fresh_totp(PARTICIPANTS_EXPORT, "meeting_id")
@form_page("participants/export.html")
def export(meeting_id: UUID) -> Iterator[Any]:  # noqa: ARG001  the gate reads it
    """Take along what the list shows, as it is narrowed."""
    form, wanted = ExportForm(), wanted_of(request.args)
    yield {"form": form, "people": queries.participants(viewer(), wanted).found, "kept": asked_of(wanted)}
    lines = exporting.export_list(
        viewer(), wanted, with_answers=bool(form.answers.data), real_now=clock.real_now(), now=clock.now()
    )
    table = table_of(lines, *(answers.answers_of(viewer()) if form.answers.data else ({}, {})))
    if form.kind.data == "csv":
        yield download(as_csv(table), "list.csv", "text/csv; charset=utf-8")
    else:
        yield download(as_workbook(table), "list.xlsx", _WORKBOOK)
