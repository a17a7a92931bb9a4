"""Pages of the viewer's own raw notes and of summaries with their versions."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.fields import Form
from dialogues.core.common.numbers import number
from dialogues.core.common.pages import form_page, see_other
from dialogues.lib.markup import rich_text
from dialogues.lib.paging import page_numbers
from dialogues.policy import RAW_NOTES_WRITE, SUMMARY_EDIT, SUMMARY_FILED_READ, SUMMARY_FINISH, SUMMARY_SEE
from dialogues.records.notes import commands, queries
from dialogues.records.notes.forms import RawNotesForm, SeenVersionForm, SummaryForm
from dialogues.records.notes.queries import SessionNotes
from dialogues.records.notes.rules import RESPONSIBILITY, DocumentKind, compare_lines

blueprint = Blueprint("notes", __name__, url_prefix="/meetings/<uuid:meeting_id>/notes")


def _page(meeting_id: UUID, session: SessionNotes, **more: Any) -> dict[str, Any]:
    """Returns the template variables that all summary pages share."""
    responsibility = _(RESPONSIBILITY[DocumentKind.SUMMARY])
    return {"meeting_id": meeting_id, "session": session, "responsibility": responsibility, **more}


def _saved(session: SessionNotes, message: str, endpoint: str = "notes.summary") -> Response:
    flash(message, "success")
    return see_other(url_for(endpoint, meeting_id=session.meeting_id, session_id=session.session_id))


@blueprint.get("")
@allows(SUMMARY_SEE, SUMMARY_FILED_READ)
def notes(meeting_id: UUID) -> str:
    """The sessions of the meeting with the state of their summaries, limited to those that the viewer may see."""
    return render_template(
        "records/notes/notes.html",
        meeting_id=meeting_id,
        sessions=queries.sessions(viewer()),
        responsibility=_(RESPONSIBILITY[DocumentKind.SUMMARY]),
    )


@blueprint.route("/<uuid:session_id>/raw", methods=["GET", "POST"])
@allows(RAW_NOTES_WRITE)
@form_page("records/notes/raw.html")
def raw(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    session = queries.session(viewer(), session_id, RAW_NOTES_WRITE)
    saved = queries.raw_notes(viewer(), session_id)
    form = RawNotesForm(data={"text": saved.text if saved else "", "version": saved.version if saved else 0})
    yield {
        "form": form,
        "meeting_id": meeting_id,
        "session": session,
        "saved": saved,
        "destroy_by": saved.destroy_by if saved else queries.destruction_day_of(session, clock.now()),
        "differences": lambda: compare_lines(saved.text if saved else "", form.text.data or ""),
    }
    commands.save_raw_notes(viewer(), session_id, form.text.data or "", version=form.version.data, now=clock.now())
    yield _saved(session, _("Your raw notes are kept. Only you can read them."), "notes.raw")


@blueprint.get("/<uuid:session_id>/summary")
@allows(SUMMARY_SEE, SUMMARY_FILED_READ)
def summary(meeting_id: UUID, session_id: UUID) -> str:
    session = queries.session(viewer(), session_id, SUMMARY_SEE, SUMMARY_FILED_READ)
    version = queries.version(viewer(), session)
    return render_template(
        "records/notes/summary.html", **_page(meeting_id, session, version=version, text=rich_text(version.text))
    )


@blueprint.route("/<uuid:session_id>/summary/edit", methods=["GET", "POST"])
@allows(SUMMARY_EDIT)
@form_page("records/notes/edit_summary.html")
def edit_summary(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    """Edit, preview and save a session's summary. After a conflict the page compares both texts."""
    session = queries.session(viewer(), session_id, SUMMARY_EDIT)
    saved = queries.version(viewer(), session)
    form = SummaryForm(data={"text": saved.text, "version": saved.number})
    page = _page(
        meeting_id,
        session,
        form=form,
        saved=saved,
        preview=None,
        differences=lambda: compare_lines(saved.text, form.text.data or ""),
    )
    if not session.is_draft and request.method == "GET":
        yield see_other(url_for(".summary", meeting_id=meeting_id, session_id=session_id))
    yield page
    if form.preview.data:
        yield render_template("records/notes/edit_summary.html", **page | {"preview": rich_text(form.text.data or "")})
    commands.save_summary(viewer(), session_id, form.text.data or "", based_on=form.version.data, now=clock.now())
    yield _saved(session, _("The summary is saved."))


@blueprint.get("/<uuid:session_id>/summary/versions")
@allows(SUMMARY_SEE)
def versions(meeting_id: UUID, session_id: UUID) -> str:
    session = queries.session(viewer(), session_id, SUMMARY_SEE)
    page, last = page_numbers(request.args.get("page", 1, type=number), session.version, queries.VERSIONS_ON_A_PAGE)
    return render_template(
        "records/notes/versions.html",
        **_page(meeting_id, session, page=page, last=last, found=queries.versions(viewer(), session, page)),
    )


@blueprint.get("/<uuid:session_id>/summary/versions/compare")
@allows(SUMMARY_SEE)
def compare(meeting_id: UUID, session_id: UUID) -> str:
    """Two versions of a summary side by side; by default the last two."""
    session = queries.session(viewer(), session_id, SUMMARY_SEE)
    right = queries.version(viewer(), session, request.args.get("right", session.version, type=number))
    left = queries.version(viewer(), session, request.args.get("left", max(right.number - 1, 1), type=number))
    rows = compare_lines(left.text, right.text)
    return render_template(
        "records/notes/compare.html", **_page(meeting_id, session, left=left, right=right, rows=rows)
    )


@blueprint.route("/<uuid:session_id>/summary/versions/<int:number>/restore", methods=["GET", "POST"])
@allows(SUMMARY_EDIT)
@form_page("records/notes/restore.html")
def restore(meeting_id: UUID, session_id: UUID, number: int) -> Iterator[Any]:
    """Shows an old version of a summary, then makes it the newest."""
    session = queries.session(viewer(), session_id, SUMMARY_EDIT)
    old = queries.version(viewer(), session, number)
    form = SeenVersionForm(data={"version": session.version})
    yield _page(meeting_id, session, form=form, old=old, text=rich_text(old.text))
    commands.restore_version(viewer(), session_id, number, version=form.version.data, now=clock.now())
    yield _saved(session, _("Version %(number)s is the newest text again.", number=number))


@blueprint.route("/<uuid:session_id>/summary/finish", methods=["GET", "POST"])
@allows(SUMMARY_FINISH)
@form_page("records/notes/finish.html")
def finish(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    session = queries.session(viewer(), session_id, SUMMARY_FINISH)
    version = queries.version(viewer(), session)
    form = SeenVersionForm(data={"version": version.number})
    yield _page(meeting_id, session, form=form, version=version, text=rich_text(version.text))
    commands.finish_summary(viewer(), session_id, version=form.version.data, now=clock.now())
    yield _saved(session, _("The summary is finished. The archivist can file it now."))


@blueprint.route("/<uuid:session_id>/summary/reopen", methods=["GET", "POST"])
@allows(SUMMARY_FINISH)
@form_page("records/notes/reopen.html")
def reopen(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    session = queries.session(viewer(), session_id, SUMMARY_FINISH)
    yield _page(meeting_id, session, form=Form())
    commands.reopen_summary(viewer(), session_id, now=clock.now())
    yield _saved(session, _("The summary is a draft again."))
