"""The page of the sealed exchange: when the lists open; who has lodged does not stand on it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, url_for
from flask_babel import gettext as _

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other
from dialogues.common.presentation import in_zone
from dialogues.participants import queries
from dialogues.participants.commands import lodging
from dialogues.participants.forms.nominating import MomentForm
from dialogues.participants.views.house import blueprint
from dialogues.policy import EXCHANGE_FIX


@blueprint.route("/meetings/<uuid:meeting_id>/exchange", methods=["GET", "POST"])
@allows(EXCHANGE_FIX)
@form_page("participants/exchange.html")
def exchange(meeting_id: UUID) -> Iterator[Any]:
    """Fix, move or clear the moment at which the lists open."""
    moment, frame = queries.moment_of(meeting_id), queries.frame(meeting_id)
    shown = in_zone(moment.sealed_until, frame.zone) if moment.sealed_until else None
    form = MomentForm(data={"version": moment.mark, "moment": shown})
    yield {"form": form, "moment": moment, "frame": frame}
    lodging.fix_exchange(viewer(), form.moment.data, version=form.version.data, now=clock.now())
    if queries.moment_of(meeting_id).opened_at is not None:
        flash(_("The lists are open to each other now."), "success")
    elif form.moment.data is not None:
        flash(_("The moment is fixed. The lists that are lodged by then open to each other."), "success")
    else:
        flash(_("No moment is fixed. The lists open once every party has lodged."), "success")
    yield see_other(url_for("participants.exchange", meeting_id=meeting_id))
