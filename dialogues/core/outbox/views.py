"""The emails of a meeting: recipient, subject and delivery; never their text."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.numbers import number
from dialogues.core.common.pages import see_other, words
from dialogues.core.outbox import commands, queries
from dialogues.core.outbox.rules import UNSENT, EmailState
from dialogues.lib.refusal import Refusal
from dialogues.policy import EMAILS_RESEND, EMAILS_SEE

blueprint = Blueprint("outbox", __name__)

#: Filters of the list: the word in the URL, the label, the states.
_FILTERS = (
    ("", _l("All"), frozenset(EmailState)),
    ("unsent", _l("Owed"), UNSENT),
    ("sent", _l("Sent"), frozenset({EmailState.SENT})),
    ("set-aside", _l("Set aside"), frozenset({EmailState.FAILED})),
)


@blueprint.route("/meetings/<uuid:meeting_id>/letters")
@allows(EMAILS_SEE)
def emails(meeting_id: UUID) -> str:
    choices = {word: states for word, _label, states in _FILTERS}
    chosen = request.args.get("state", "")
    chosen = chosen if chosen in choices else ""
    found = queries.emails(viewer(), choices[chosen], request.args.get("page", 1, type=number))

    def page_url(number: int) -> str:
        return url_for(".emails", meeting_id=meeting_id, state=chosen or None, page=number)

    pills = [
        (label, url_for(".emails", meeting_id=meeting_id, state=word or None), word == chosen, number)
        for word, label, states in _FILTERS
        for number in [sum(found.counts.get(state, 0) for state in states)]
    ]
    return render_template("core/outbox/emails.html", emails=found, chosen=chosen, pills=pills, page_url=page_url)


@blueprint.route("/meetings/<uuid:meeting_id>/letters/<uuid:email_id>/resend", methods=["POST"])
@allows(EMAILS_RESEND)
def resend(meeting_id: UUID, email_id: UUID) -> Response:
    try:
        commands.resend(viewer(), email_id, clock.now())
        flash(_("The letter will be sent again."), "success")
    except Refusal as refusal:
        flash(words(refusal), "warning")
    return see_other(url_for(".emails", meeting_id=meeting_id, state="set-aside"))
