"""Pages to invite people (coordinators), and to answer a personal link (invited persons)."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.accounts.views.cookie import end_present, sign_in_context, start_sign_in
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import download, form_page, see_other, words
from dialogues.lib.tables.writing import csv_file
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.precedence.queries import parties_in_order
from dialogues.people.invitations import queries, rules
from dialogues.people.invitations.commands import answering, inviting
from dialogues.people.invitations.forms import AnswerForm, CorrectForm, ImportForm, InviteForm, RejectedLinesForm
from dialogues.people.invitations.queries import Invitation
from dialogues.people.participants.forms import PlainForm
from dialogues.people.participants.queries import frame as participants
from dialogues.people.participants.queries.limited import meeting_of_registration
from dialogues.people.participants.queries.target import overbooking_warnings
from dialogues.people.participants.rules.standing import Answer, may_answer
from dialogues.people.participants.views import refusal_flashed
from dialogues.policy import LINK_OPEN, PARTICIPANTS_INVITE

blueprint = Blueprint("invitations", __name__)


@blueprint.route("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/correct", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("people/invitations/correct.html")
def correct(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    invited = queries.invitation_to_correct(viewer(), participation_id)
    form = CorrectForm(invited, parties_in_order(viewer()))
    yield {"form": form, "invited": invited}
    email_queued = inviting.correct(
        viewer(),
        participation_id,
        email=form.email.data,
        party_id=UUID(form.party_id.data),
        capacity=Capacity(form.capacity.data),
        version=form.version.data,
        now=clock.now(),
    )
    flash(
        _("Corrected: a letter with a new link is on its way to the new address.") if email_queued else _("Corrected."),
        "success",
    )
    yield see_other(url_for("roster.person", meeting_id=meeting_id, participation_id=participation_id))


@blueprint.route("/meetings/<uuid:meeting_id>/participants/invite", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("people/invitations/invite.html")
def invite(meeting_id: UUID) -> Iterator[Any]:
    form = InviteForm(parties_in_order(viewer()))
    yield {"form": form, "is_open": _is_open(meeting_id)}
    inviting.invite_person(viewer(), form.invitee(), now=clock.now())
    flash(_("%(name)s is invited; the letter with the personal link is on its way.", name=form.name.data), "success")
    for warning in overbooking_warnings(viewer(), form.invitee().party_id):
        flash(words(warning), "warning")
    yield see_other(url_for("roster.participants", meeting_id=meeting_id))


@blueprint.route("/meetings/<uuid:meeting_id>/participants/import", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("people/invitations/import.html")
def import_people(meeting_id: UUID) -> Iterator[Any]:
    """Invites everyone whose line in the file is valid, and shows the other lines with errors."""
    form = ImportForm()
    yield {"form": form, "parties": parties_in_order(viewer()), "is_open": _is_open(meeting_id)}
    with closing(form.file.data) as sent:
        file = rules.read(sent.read(rules.MOST_BYTES + 1))
    imported = inviting.import_people(viewer(), file.lines, now=clock.now())
    if not imported.faults and not imported.known and not file.unused and file.encoding.startswith("utf"):
        flash(ngettext("%(num)d person is invited.", "%(num)d people are invited.", imported.invited), "success")
        yield see_other(url_for("roster.participants", meeting_id=meeting_id))
        return
    faults = [(line.number, words(refusal), line.cells) for line, refusal in imported.faults]
    lines = [file.header, *([reason, *cells] for _number, reason, cells in faults)]
    mend = RejectedLinesForm(data={"lines": json.dumps(lines)})
    yield render_template("people/invitations/imported.html", file=file, imported=imported, faults=faults, mend=mend)


def _is_open(meeting_id: UUID) -> bool:
    return participants.frame(meeting_id).gathering.is_open(clock.now())


@blueprint.post("/meetings/<uuid:meeting_id>/participants/import/mend")
@allows(PARTICIPANTS_INVITE)
def mend(meeting_id: UUID) -> Response:  # noqa: ARG001  the access check reads it
    """Sends the rejected lines as a CSV file, to be corrected and imported again."""
    form = RejectedLinesForm()
    if not form.validate():
        abort(400)
    header, *lines = _table(form.lines.data)
    rows = [[*header, _("what to mend")]]
    rows += [[*(cells + [""] * len(header))[: max(len(header), len(cells))], reason] for reason, *cells in lines]
    return download(csv_file(rows), "to-mend.csv", "text/csv; charset=utf-8")


def _table(sent: str) -> list[list[str]]:
    """Returns the rows that the page sent, the header first; anything else than rows of text is a bad request."""
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
    with refusal_flashed():
        inviting.send_link_again(viewer(), participation_id, now=clock.now())
        flash(_("A new link is on its way. The link before it works for ten more minutes."), "success")
    return to_person(meeting_id, participation_id)


@blueprint.post("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/again")
@allows(PARTICIPANTS_INVITE)
def invite_again(meeting_id: UUID, participation_id: UUID) -> Response:
    with refusal_flashed():
        inviting.invite_again(viewer(), participation_id, now=clock.now())
        flash(_("The invitation is on its way again."), "success")
    return to_person(meeting_id, participation_id)


def to_person(meeting_id: UUID, participation_id: UUID) -> Response:
    return see_other(url_for("roster.person", meeting_id=meeting_id, participation_id=participation_id))


#: Key in the signed cookie for the id of the link that this browser opened.
_OPENED = "registration_link"


@blueprint.get("/r/<token>")
@allows(LINK_OPEN)
def open_link(token: str) -> Response:
    """Stores the id of the link in the cookie and redirects to an address without the secret.

    Opening a link does not use it up.
    """
    link = accounts.link(token, LinkPurpose.REGISTRATION, clock.now())
    session.pop(_OPENED, None)
    if link is not None:
        session[_OPENED] = str(link.id)
    return see_other(url_for("invitations.registration"))


@blueprint.route("/registration", methods=["GET", "POST"])
@allows(LINK_OPEN)
@form_page("people/invitations/registration.html")
def registration() -> Iterator[Any]:
    """Shows the invitation with accept and decline, or that the link no longer works.

    Redirects a limited sign-in to its registration, because this is its start page.
    """
    link_id = _opened_link()
    invited = _answerable(link_id)
    meeting_id = meeting_of_registration(viewer(), clock.now()) if invited is None else None
    if meeting_id is not None:
        yield see_other(url_for("registration.own_registration", meeting_id=meeting_id))
        return
    form = AnswerForm()
    yield {"form": form, "invited": invited, "new_link": PlainForm()}
    if link_id is None or invited is None:
        yield see_other(url_for("invitations.registration"))
        return
    answer = Answer(form.answer.data)
    context = sign_in_context()
    meeting_id, handle = answering.answer_by_link(
        link_id,
        answer,
        now=clock.now(),
        real_now=context.moment.real,
        browser=context.caller.browser,
        present_account=None if viewer().is_limited else viewer().account_id,
    )
    if answer is Answer.DECLINE:
        flash(_("Your answer is written down: you do not come. Thank you for telling us."), "success")
        yield see_other(url_for("invitations.registration"))
        return
    if handle is not None:
        end_present()
        start_sign_in(handle)
        # Kept because a limited sign-in may end before the person is done; this page then offers a new link.
        session[_OPENED] = str(link_id)
    flash(_("Thank you: you have accepted. Please add your details."), "success")
    yield see_other(url_for("registration.own_registration", meeting_id=meeting_id))


@blueprint.post("/registration/new-link")
@allows(LINK_OPEN)
def ask_for_new_link() -> Response:
    """Sends a new link to the address of the participation. The response is always the same, to reveal nothing."""
    if PlainForm().validate():
        answering.ask_for_new_link(_opened_link(), now=clock.now())
    flash(
        _("If this link was yours and registration is open, a new one is on its way to the address your office has."),
        "info",
    )
    return see_other(url_for("invitations.registration"))


def _opened_link() -> UUID | None:
    """Returns the id of the link that this browser opened; the cookie is signed, so it cannot be forged."""
    opened = session.get(_OPENED)
    return UUID(opened) if opened else None


def _answerable(link_id: UUID | None) -> Invitation | None:
    now = clock.now()
    link = accounts.link_by_id(link_id, LinkPurpose.REGISTRATION, now) if link_id else None
    invited = queries.invitation(link.subject) if link is not None and link.live else None
    return invited if invited is not None and may_answer(invited.status, invited.gathering, now) else None
