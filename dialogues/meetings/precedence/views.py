"""Pages of the order of parties and of the draw."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.meetings.dialogues.queries import meetings as dialogues
from dialogues.meetings.dialogues.rules.kinds import PartyOrder
from dialogues.meetings.dialogues.rules.order import language_of
from dialogues.meetings.precedence import commands, queries
from dialogues.meetings.precedence.forms import LotForm, OrderForm
from dialogues.policy import MEETING_EDIT, MEETING_SEE

blueprint = Blueprint("precedence", __name__)


@blueprint.get("/meetings/<uuid:meeting_id>/order")
@allows(MEETING_SEE)
def order(meeting_id: UUID) -> str:
    in_force, *others = queries.all_orders(viewer())
    return render_template(
        "meetings/precedence/order.html", order=in_force, others=others, meeting_id=meeting_id, language_of=language_of
    )


@blueprint.route("/meetings/<uuid:meeting_id>/order/choose", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/precedence/order_form.html")
def choose_order(meeting_id: UUID) -> Iterator[Any]:
    in_force, *others = queries.all_orders(viewer(), MEETING_EDIT)
    form = OrderForm(obj=dialogues.meeting(viewer(), MEETING_EDIT), data={"by": in_force.in_force.value})
    yield {"form": form, "order": in_force, "others": others, "meeting_id": meeting_id, "language_of": language_of}
    commands.choose_order(viewer(), PartyOrder(form.by.data), version=form.version.data, now=clock.now())
    flash(_("The parties stand in this order from now on."), "success")
    yield see_other(url_for("precedence.order", meeting_id=meeting_id))


@blueprint.route("/meetings/<uuid:meeting_id>/order/lot", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/precedence/lot.html")
def draw_lot(meeting_id: UUID) -> Iterator[Any]:
    form = LotForm(obj=dialogues.meeting(viewer(), MEETING_EDIT))
    yield {"form": form, "order": queries.order(viewer(), action=MEETING_EDIT), "meeting_id": meeting_id}
    commands.draw_lot(viewer(), witnesses=form.witnesses.data, version=form.version.data, now=clock.now())
    flash(_("The lot is drawn. Every list of the meeting starts there."), "success")
    yield see_other(url_for("precedence.order", meeting_id=meeting_id))
