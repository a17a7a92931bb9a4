"""Pages of the office: invite one person or a file of them, send a link again, take an invitation back."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.csv_file import csv_file
from dialogues.common.pages import download, form_page, see_other, words
from dialogues.common.refusal import Refusal
from dialogues.participants import invitation_file, queries
from dialogues.participants.commands import inviting
from dialogues.participants.commands.inviting import Imported
from dialogues.participants.forms import ImportForm, InviteForm, MendForm, PlainForm
from dialogues.participants.invitation_file import InvitationFile
from dialogues.participants.queries.target import over_targets
from dialogues.participants.views.house import blueprint
from dialogues.policy import PARTICIPANTS_INVITE


@blueprint.route("/meetings/<uuid:meeting_id>/participants/invite", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("participants/invite.html")
def invite(meeting_id: UUID) -> Iterator[Any]:
    """Invite one person."""
    form = InviteForm(queries.parties(viewer()))
    yield {"form": form, **_frame(meeting_id)}
    inviting.invite_person(viewer(), form.invitee(), now=clock.now())
    flash(_("%(name)s is invited; the letter with the personal link is on its way.", name=form.name.data), "success")
    for warning in over_targets(viewer(), form.invitee().party_id):
        flash(words(warning), "warning")
    yield see_other(url_for("participants.participants", meeting_id=meeting_id))


@blueprint.route("/meetings/<uuid:meeting_id>/participants/import", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("participants/import.html")
def import_people(meeting_id: UUID) -> Iterator[Any]:
    """Invite everyone in a file whose line is right, and show the lines that are not."""
    form = ImportForm()
    yield {"form": form, "parties": queries.parties(viewer()), **_frame(meeting_id)}
    with closing(form.file.data) as sent:
        file = invitation_file.read(sent.read(invitation_file.MOST_BYTES + 1))
    imported = inviting.import_people(viewer(), file.lines, now=clock.now())
    if not imported.faults and not imported.known and not file.unused and file.encoding.startswith("utf"):
        flash(
            ngettext("%(num)d person is invited.", "%(num)d people are invited.", imported.invited),
            "success",
        )
        yield see_other(url_for("participants.participants", meeting_id=meeting_id))
        return
    yield render_template("participants/imported.html", **_outcome(file, imported))


def _frame(meeting_id: UUID) -> dict[str, Any]:
    frame = queries.frame(meeting_id)
    return {"frame": frame, "is_open": frame.gathering.is_open(clock.now())}


def _outcome(file: InvitationFile, imported: Imported) -> dict[str, Any]:
    faults = [(line.number, words(refusal), line.cells) for line, refusal in imported.faults]
    return {
        "file": file,
        "imported": imported,
        "faults": faults,
        "mend": MendForm(
            data={"lines": json.dumps([file.header, *([reason, *cells] for _n, reason, cells in faults)])}
        ),
    }


@blueprint.post("/meetings/<uuid:meeting_id>/participants/import/mend")
@allows(PARTICIPANTS_INVITE)
def mend(meeting_id: UUID) -> Response:  # noqa: ARG001  the gate reads it
    """The lines that were not used, as a file to mend and to send again."""
    form = MendForm()
    if not form.validate():
        abort(400)
    header, *lines = _table(form.lines.data)
    rows = [[*header, _("what to mend")]]
    rows += [[*(cells + [""] * len(header))[: max(len(header), len(cells))], reason] for reason, *cells in lines]
    return download(csv_file(rows), "to-mend.csv", "text/csv; charset=utf-8")


def _table(sent: str) -> list[list[str]]:
    """The rows that the page carried, the header first; anything else than rows of text is none of ours."""
    try:
        rows = json.loads(sent)
    except ValueError:
        abort(400)
    is_table = isinstance(rows, list) and rows and all(isinstance(row, list) and row for row in rows)
    if not is_table or not all(isinstance(cell, str) for row in rows for cell in row):
        abort(400)
    return list(rows)


@blueprint.post("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/link")
@allows(PARTICIPANTS_INVITE)
def send_link(meeting_id: UUID, participation_id: UUID) -> Response:
    """Send someone a new link."""
    try:
        inviting.send_link_again(viewer(), participation_id, now=clock.now())
        flash(_("A letter with a new link is on its way; the link before it no longer works."), "success")
    except Refusal as refusal:
        flash(words(refusal), "danger")
    return _back(meeting_id, participation_id)


@blueprint.post("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/again")
@allows(PARTICIPANTS_INVITE)
def invite_again(meeting_id: UUID, participation_id: UUID) -> Response:
    """Invite someone again who was not coming."""
    try:
        inviting.invite_again(viewer(), participation_id, now=clock.now())
        flash(_("The invitation is on its way again."), "success")
    except Refusal as refusal:
        flash(words(refusal), "danger")
    return _back(meeting_id, participation_id)


@blueprint.route("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/take-back", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("participants/take_back.html")
def take_back(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    """Take someone off the list, after asking once more."""
    yield {"form": PlainForm(), "line": queries.person(viewer(), participation_id).line}
    inviting.take_back(viewer(), participation_id, now=clock.now())
    flash(_("The registration is taken back, and the link no longer works."), "success")
    yield _back(meeting_id, participation_id)


def _back(meeting_id: UUID, participation_id: UUID) -> Response:
    return see_other(url_for("participants.person", meeting_id=meeting_id, participation_id=participation_id))
