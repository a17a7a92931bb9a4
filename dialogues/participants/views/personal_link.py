"""The personal link: opening it changes nothing, the answer uses it up, and a new one is always to be had."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.accounts import queries as accounts
from dialogues.accounts.cookie import end_present, let_in, this_way
from dialogues.accounts.rules import LinkPurpose
from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other
from dialogues.common.refusal import Unseen
from dialogues.participants import queries
from dialogues.participants.commands import answering
from dialogues.participants.commands.answering import NewSignIn
from dialogues.participants.forms import AnswerForm, PlainForm
from dialogues.participants.queries import Invited
from dialogues.participants.queries.limited import meeting_of_registration
from dialogues.participants.rules import Answer, may_answer
from dialogues.participants.views.house import blueprint
from dialogues.policy import LINK_OPEN

#: Under which name the signed cookie keeps which link this browser opened.
_OPENED = "registration_link"


@blueprint.get("/r/<token>")
@allows(LINK_OPEN)
def open_link(token: str) -> Response:
    """Exchange the secret for a note in the cookie, and go on to an address without it; nothing is used up."""
    link = accounts.link(token, LinkPurpose.REGISTRATION, clock.now())
    session.pop(_OPENED, None)
    if link is not None:
        session[_OPENED] = str(link.id)
    return see_other(url_for("participants.registration"))


@blueprint.route("/registration", methods=["GET", "POST"])
@allows(LINK_OPEN)
@form_page("participants/registration.html")
def registration() -> Iterator[Any]:
    """The invitation's own words, with accept and decline first; or that this link is done with.

    A limited sign-in goes on to its registration from here, which is its start page.
    """
    link_id = _opened()
    invited = _answerable(link_id)
    meeting_id = meeting_of_registration(viewer(), clock.now()) if invited is None else None
    if meeting_id is not None:
        yield see_other(url_for("participants.own_registration", meeting_id=meeting_id))
        return
    form = AnswerForm()
    yield {"form": form, "invited": invited, "new_link": PlainForm()}
    if link_id is None or invited is None:
        yield see_other(url_for("participants.registration"))
        return
    answer = Answer(form.answer.data)
    answered = answering.answer_by_link(link_id, answer, sign_in=_new_sign_in(), now=clock.now())
    if answer is Answer.DECLINE:
        flash(_("Your answer is written down: you do not come. Thank you for telling us."), "success")
        yield see_other(url_for("participants.registration"))
        return
    if answered.handle is not None:
        end_present()
        let_in(answered.handle)
        # A limited sign-in ends before the person is done: the same link then offers a new one.
        session[_OPENED] = str(link_id)
    flash(_("Thank you: you have accepted. Please add your details."), "success")
    yield see_other(url_for("participants.own_registration", meeting_id=answered.meeting_id))


@blueprint.post("/registration/new-link")
@allows(LINK_OPEN)
def ask_for_new_link() -> Response:
    """Have a new link sent to the address that is written down; the answer is the same for anything."""
    if PlainForm().validate():
        answering.ask_for_new_link(_opened(), now=clock.now())
    flash(
        _("If this link was yours and registration is open, a new one is on its way to the address your office has."),
        "info",
    )
    return see_other(url_for("participants.registration"))


def _opened() -> UUID | None:
    """Which link this browser opened; the cookie is signed, so that nobody writes one for themself."""
    opened = session.get(_OPENED)
    return UUID(opened) if opened else None


def _answerable(link_id: UUID | None) -> Invited | None:
    """The invitation behind a link that can be answered now."""
    now = clock.now()
    link = accounts.link_by_id(link_id, LinkPurpose.REGISTRATION, now) if link_id else None
    if link is None or not link.live:
        return None
    try:
        invited = queries.invitation(link.subject)
    except Unseen:
        return None
    return invited if may_answer(invited.words.status, invited.gathering, now) else None


def _new_sign_in() -> NewSignIn:
    way = this_way()
    present = None if viewer().is_limited else viewer().account_id
    return NewSignIn(now=way.moment.real, browser=way.caller.browser, present_account=present)
