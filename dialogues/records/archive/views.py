"""Pages of the archive, for a dialogue and for each of its meetings: lists, records, search, filing."""

import mimetypes
from collections.abc import Callable, Iterator
from math import ceil
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.browser import KIND
from dialogues.core.common.numbers import number
from dialogues.core.common.pages import download, form_page, see_other
from dialogues.core.common.presentation import word
from dialogues.core.common.state import state
from dialogues.lib.auth.throttle import Throttled
from dialogues.lib.markup import rich_text
from dialogues.lib.text import one_line
from dialogues.lib.wall_time import places_with_offsets
from dialogues.onsite.attendance.queries import sealed_at
from dialogues.policy import OFFICE_RECORD_READ, RECORD_FILE, RECORD_LINE_SEE, RECORD_READ, SUMMARY_FILED_READ
from dialogues.records.archive import commands
from dialogues.records.archive.forms import FileSummaryForm, UploadForm
from dialogues.records.archive.queries import records as records_queries
from dialogues.records.archive.queries import searching
from dialogues.records.archive.queries import shelves as shelves_queries
from dialogues.records.archive.queries.records import OF_DIALOGUE, OF_OFFICE, Belonging, Lines
from dialogues.records.archive.rules import RESPONSIBILITY, RULE_LINES, Listing, RecordKind

blueprint = Blueprint("archive", __name__)


def markdown_of(record: Any) -> str:
    """Returns the record as Markdown. It contains nothing about the reader, except their language."""
    facts = [
        (_("Reference code"), record.reference),
        (_("Kind"), word(record.kind)),
        (_("Date"), record.dated.isoformat()),
        (_("Session"), record.session_code),
        (_("File, SHA-256"), record.file_sha256),
        (_("SHA-256"), record.sha256),
    ]
    parts = [f"# {record.title}", "\n".join(f"- {label}: {value}" for label, value in facts if value), record.text]
    lines = [_(RESPONSIBILITY[record.kind])]
    if record.rule is not None:
        lines.append(f"{word(record.rule)}: {_(RULE_LINES[record.rule])}")
    return "\n\n".join(part for part in [*parts, "---", *lines] if part) + "\n"


_MAX_QUERY_LENGTH = 200
_ARCHIVE_ARGS = ("meeting_id", "dialogue_id")
_MEETING, _DIALOGUE = "/meetings/<uuid:meeting_id>/archive", "/dialogues/<uuid:dialogue_id>/archive"


_reads_records = allows(RECORD_READ, SUMMARY_FILED_READ, OFFICE_RECORD_READ, RECORD_LINE_SEE)


View = Callable[..., Any]


def _in_both_archives(path: str, **options: Any) -> Callable[[View], View]:
    """Adds the view to the archive of the meeting and to that of the dialogue."""

    def add(view: View) -> View:
        for archive in (_MEETING, _DIALOGUE):
            blueprint.add_url_rule(f"{archive}{path}", view_func=view, **options)
        return view

    return add


def _archive_args() -> dict[str, Any]:
    """Returns the id in the current address that selects the archive, as arguments for `url_for`."""
    return {name: UUID(str(value)) for name, value in (request.view_args or {}).items() if name in _ARCHIVE_ARGS}


@blueprint.get(_MEETING, endpoint="records")
@blueprint.get(_DIALOGUE, endpoint="dialogue_records")
@_reads_records
def records(**_place: UUID) -> str:
    """The records of the meeting and its dialogue, or of the whole dialogue, limited to what the viewer may know."""
    kind, belonging = _chosen_kind(), _chosen_belonging()
    found = records_queries.lines(
        viewer(), clock.now(), kind=kind, belonging=belonging, page=request.args.get("page", 1, type=number)
    )
    return render_template(
        "records/archive/records.html",
        here=_archive_args(),
        found=found,
        waiting=shelves_queries.waiting(viewer()),
        attendance_sealed_at=sealed_at(viewer()),
        kinds=_kind_pills(found, kind, belonging),
        belongings=_belonging_pills(found, kind, belonging),
        narrowed=kind is not None or belonging is not None,
        page_url=lambda number: _list_address(kind, belonging, number),
    )


def _chosen_kind() -> RecordKind | None:
    return next((kind for kind in RecordKind if kind.value == request.args.get("kind")), None)


def _chosen_belonging() -> Belonging:
    typed = request.args.get("of", "")
    if typed in {OF_DIALOGUE, OF_OFFICE}:
        return typed
    return request.args.get("of", None, type=UUID)


def _list_address(kind: RecordKind | None, belonging: Belonging, page: int | None = None) -> str:
    here = _archive_args()
    endpoint = ".records" if "meeting_id" in here else ".dialogue_records"
    return url_for(endpoint, **here, kind=kind.value if kind else None, of=belonging, page=page)


def _kind_pills(found: Lines, chosen: RecordKind | None, belonging: Belonging) -> list[tuple[str, str, bool, int]]:
    return [
        (
            word(kind) if kind else _("All kinds"),
            _list_address(kind, belonging),
            kind is chosen,
            found.count(kind, belonging),
        )
        for kind in (None, *RecordKind)
        if kind in {None, chosen} or found.count(kind, None)
    ]


def _belonging_pills(found: Lines, kind: RecordKind | None, chosen: Belonging) -> list[tuple[str, str, bool, int]]:
    choices: dict[Belonging, str] = {None: _("All"), OF_DIALOGUE: _("The dialogue as a whole")}
    for meeting_id, code in found.meetings.items():
        choices[meeting_id] = code
    choices[OF_OFFICE] = _("The liaison office")
    choices.setdefault(chosen, _("One session"))
    return [
        (words, _list_address(kind, belonging), belonging == chosen, found.count(kind, belonging))
        for belonging, words in choices.items()
        if belonging in {None, chosen} or found.count(None, belonging)
    ]


@_in_both_archives("/search")
@_reads_records
def search(**_place: UUID) -> str:
    """Full-text search of the records that the viewer may read now."""
    query = one_line(request.args.get("q", ""))[:_MAX_QUERY_LENGTH]
    if query:
        commands.count_search(viewer(), per_hour=state().settings.searches_an_hour, now=clock.real_now())
    found = searching.search(viewer(), query, clock.now(), request.args.get("page", 1, type=number))
    return render_template(
        "records/archive/search.html",
        here=_archive_args(),
        query=query,
        found=found,
        page_url=lambda number: url_for(".search", **_archive_args(), q=query, page=number),
    )


@blueprint.errorhandler(Throttled)
def searched_too_often(throttled: Throttled) -> tuple[str, int, dict[str, str]]:
    """Answers 429 with the time until the next search is allowed."""
    seconds = ceil(throttled.wait.total_seconds())
    page = render_template(
        "error.html",
        code=429,
        heading=_("Too many searches."),
        advice=_("The list of records stays open to you. Search again in a while."),
        retry_after=seconds,
    )
    return page, 429, {"Retry-After": str(seconds)}


@_in_both_archives("/<uuid:record_id>")
@_reads_records
def record(record_id: UUID, **_place: UUID) -> str:
    found = records_queries.record(viewer(), record_id, clock.now())
    return render_template(
        "records/archive/record.html",
        here=_archive_args(),
        record=found,
        text=rich_text(found.text),
        responsibility=_(RESPONSIBILITY[found.kind]),
    )


@_in_both_archives("/<uuid:record_id>/record.md")
@_reads_records
def markdown(record_id: UUID, **_place: UUID) -> Response:
    """A record as a Markdown file, without a trace of who downloaded it or when."""
    found = records_queries.record(viewer(), record_id, clock.now())
    return download(markdown_of(found).encode(), "record.md", "text/markdown; charset=utf-8")


@_in_both_archives("/<uuid:record_id>/file")
@_reads_records
def file(record_id: UUID, **_place: UUID) -> Response:
    """The file of a record under a neutral name."""
    found = records_queries.file_of(viewer(), record_id, clock.now())
    response = Response(found.pieces, content_type=found.media_type)
    response.content_length = found.size
    extension = mimetypes.guess_extension(found.media_type) or ""
    response.headers["Content-Disposition"] = f'attachment; filename="record{extension}"'
    response.headers[KIND] = "download"
    return response


@_in_both_archives("/upload", methods=["GET", "POST"])
@allows(RECORD_FILE)
@form_page("records/archive/upload.html")
def upload(**_place: UUID) -> Iterator[Any]:
    shelves = shelves_queries.shelves(viewer())
    form = UploadForm(
        data={
            "zone": shelves_queries.embargo_zone(viewer()),
            "kind": RecordKind.CORRESPONDENCE,
            "listing": Listing.TITLE_VISIBLE,
        }
    )
    form.offer(shelves)
    limit = state().settings.upload_limit
    yield {
        "form": form,
        "here": _archive_args(),
        "list_url": _list_address(None, None),
        "megabytes": limit // 2**20,
        "zones": places_with_offsets(clock.now().year),
    }
    commands.upload_record(
        viewer(), form.shelf.data, form.record(), form.upload(), is_old=form.is_old.data, limit=limit, now=clock.now()
    )
    flash(_("The record is filed. Nothing changes it from now on."), "success")
    yield see_other(_list_address(None, None))


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """Answers 413 with the allowed size."""
    return render_template(
        "error.html",
        code=413,
        heading=_("This file is too large."),
        advice=_(
            "Nothing was filed. Files of up to %(limit)s MB are taken in: make it smaller, or file it in parts.",
            limit=state().settings.upload_limit // 2**20,
        ),
    ), 413


@blueprint.route(f"{_MEETING}/file/<uuid:document_id>", methods=["GET", "POST"])
@allows(RECORD_FILE)
@form_page("records/archive/file_summary.html")
def file_summary(meeting_id: UUID, document_id: UUID) -> Iterator[Any]:
    """Files a finished summary; the archivist sees only its line, not its text."""
    line = shelves_queries.waiting_summary(viewer(), document_id)
    form = FileSummaryForm(data={"reference": f"{line.code}/S" if line.code else ""})
    yield {"form": form, "line": line, "meeting_id": meeting_id}
    commands.file_summary(viewer(), document_id, reference=form.reference.data, now=clock.now())
    flash(_("The summary is filed."), "success")
    yield see_other(url_for(".records", meeting_id=meeting_id))
