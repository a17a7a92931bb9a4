"""The page of the sealed exchange: when the lists open; who has lodged does not stand on it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other, words
from dialogues.common.presentation import in_zone
from dialogues.common.refusal import Refusal
from dialogues.participants import queries
from dialogues.participants.commands import lodging
from dialogues.participants.forms.nominating import MomentForm
from dialogues.participants.views.house import blueprint
from dialogues.policy import EXCHANGE_FIX


@blueprint.route("/meetings/<uuid:meeting_id>/exchange", methods=["GET", "POST"])
@allows(EXCHANGE_FIX)
@form_page("participants/exchange.html")
def exchange(meeting_id: UUID) -> Iterator[Any]:
    """The time at which the lists open, what is proposed for it, and a form to propose another."""
    moment, frame = queries.moment_of(meeting_id), queries.frame(meeting_id)
    shown = in_zone(moment.sealed_until, frame.zone) if moment.sealed_until else None
    mark = queries.moment_mark(meeting_id)
    form = MomentForm(data={"version": mark, "moment": shown})
    proposal = queries.proposal(viewer(), meeting_id)
    is_own = proposal is not None and proposal.by.person_id == viewer().person_id
    yield {"form": form, "moment": moment, "frame": frame, "proposal": proposal, "is_own": is_own, "mark": mark}
    lodging.propose_exchange(viewer(), form.moment.data, version=form.version.data, now=clock.now())
    flash(_("Your proposal is saved. It takes effect when a second person confirms it."), "success")
    yield _to_exchange(meeting_id)


@blueprint.post("/meetings/<uuid:meeting_id>/exchange/confirm")
@allows(EXCHANGE_FIX)
def confirm_exchange(meeting_id: UUID) -> Response:
    """Confirm the time that someone else proposed."""
    try:
        lodging.confirm_exchange(viewer(), version=_shown_mark(), now=clock.now())
    except Refusal as refusal:
        flash(words(refusal), "danger")
        return _to_exchange(meeting_id)
    if queries.moment_of(meeting_id).opened_at is not None:
        flash(_("The lists are open to each other now."), "success")
    else:
        flash(_("The time is confirmed. Everyone concerned gets an email."), "success")
    return _to_exchange(meeting_id)


def _shown_mark() -> int:
    """The number of the page that was sent; one that no page has where there is none."""
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 10 else -1


def _to_exchange(meeting_id: UUID) -> Response:
    return see_other(url_for("participants.exchange", meeting_id=meeting_id))
