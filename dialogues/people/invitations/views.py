"""Pages to invite people (coordinators), and to answer a personal link (invited persons)."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.accounts.views.cookie import end_present, sign_in_context, start_sign_in
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import download, form_page, see_other, show_refusal, words
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.tables.reading import MOST_BYTES, code_pages, sample_cells
from dialogues.lib.tables.writing import WORKBOOK_TYPE, like_original
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder
from dialogues.meetings.dialogues.rules.names import written_name
from dialogues.meetings.precedence.queries import parties_in_order
from dialogues.people.invitations import queries, rules
from dialogues.people.invitations.commands import answering, inviting
from dialogues.people.invitations.forms import (
    AnswerForm,
    CorrectForm,
    ImportForm,
    InviteForm,
    PreviewForm,
    RowsToFixForm,
)
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
    """Reads the file and shows whom it would invite; changes nothing."""
    form = ImportForm()
    yield {"form": form, "parties": parties_in_order(viewer()), "is_open": _is_open(meeting_id)}
    with closing(form.file.data) as sent:
        content = sent.read(MOST_BYTES + 1)
    file = rules.read(content)
    shown = PreviewForm(
        code_pages(content), formdata=None, data={"file": content, "encoding": file.table.format.encoding}
    )
    yield _preview_page(shown, file)


def _is_open(meeting_id: UUID) -> bool:
    return participants.frame(meeting_id).window.is_open(clock.now())


@blueprint.post("/meetings/<uuid:meeting_id>/participants/import/preview")
@allows(PARTICIPANTS_INVITE)
def preview(meeting_id: UUID) -> Any:
    """Shows the import in the chosen encoding and order of names or, after "Invite", does what the last preview showed.

    The page carries the file, so that nothing is stored before the import.
    """
    content = PreviewForm().file.data or abort(400)
    with refusal_flashed():
        form = PreviewForm(code_pages(content))
        form.validate()
        file = _file(form, content)
        if "invite" in request.form and not form.errors:
            try:
                return _import(form, file)
            except Refusal as refusal:
                show_refusal(form, refusal)
        return make_response(_preview_page(form, file), 422 if form.errors else 200)
    return see_other(url_for("invitations.import_people", meeting_id=meeting_id))


def _file(form: PreviewForm, content: bytes) -> rules.InvitationFile:
    """The file in the chosen encoding; if that fits no columns, the form says so and the likeliest encoding is used.

    :raises Refusal: the file cannot be read.
    """
    if not form.encoding.data or form.encoding.errors:
        return rules.read(content)
    try:
        return rules.read(content, form.encoding.data)
    except Refusal as refusal:
        show_refusal(form, Refusal(refusal.message, field="encoding", **refusal.facts))
    file = rules.read(content)
    form.encoding.data = file.table.format.encoding
    return file


def _import(form: PreviewForm, file: rules.InvitationFile) -> Any:
    if file.in_doubt and form.name_order is None:
        raise Refusal(N_("Choose which name comes first."), field="order")
    order = form.name_order or NameOrder.GIVEN_FIRST
    plan = inviting.import_people(viewer(), file.lines, order, previewed=form.previewed.data, now=clock.now())
    flash(ngettext("%(num)d person is invited.", "%(num)d people are invited.", len(plan.ready)), "success")
    if not plan.faults:
        return see_other(url_for("roster.participants", meeting_id=viewer().here))
    return render_template("people/invitations/imported.html", **_to_fix(file, plan))


def _preview_page(form: PreviewForm, file: rules.InvitationFile) -> str:
    plan = queries.import_plan(viewer(), file.lines, form.name_order or NameOrder.GIVEN_FIRST, clock.now())
    form.previewed.data = plan.digest
    samples = [sample_cells(form.file.data or b"", encoding) for encoding, *_rest in form.encoding.choices]
    return render_template(
        "people/invitations/preview.html",
        form=form,
        file=file,
        plan=plan,
        samples=samples,
        examples=[written_name(*file.in_doubt, order) for order in NameOrder] if file.in_doubt else [],
        parties={party.id: party for party in parties_in_order(viewer())},
        **_to_fix(file, plan),
    )


def _to_fix(file: rules.InvitationFile, plan: rules.ImportPlan) -> dict[str, Any]:
    """The rows to fix for a page, and the form to download them."""
    faults = [(line, words(refusal)) for line, refusal in plan.faults]
    table = rules.rows_to_fix(file.table.header, faults, _("what to fix"))
    return {"faults": faults, "to_fix": RowsToFixForm.of(file.table.format, table)}


@blueprint.post("/meetings/<uuid:meeting_id>/participants/import/mend")
@allows(PARTICIPANTS_INVITE)
def mend(meeting_id: UUID) -> Response:  # noqa: ARG001  the access check reads it
    """Sends the rows to fix as a file like the one that they come from."""
    form = RowsToFixForm()
    if not form.validate():
        abort(400)
    file_format, table = form.parsed()
    content = like_original(file_format, table)
    if file_format.is_workbook:
        return download(content, "to-fix.xlsx", WORKBOOK_TYPE)
    return download(content, "to-fix.csv", f"text/csv; charset={file_format.encoding}")


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
    return invited if invited is not None and may_answer(invited.status, invited.window, now) else None
