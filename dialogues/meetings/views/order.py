"""Pages of the order: how the parties stand, by what, and the lot."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other
from dialogues.meetings import queries
from dialogues.meetings.commands import order as commands
from dialogues.meetings.forms import LotForm, OrderForm
from dialogues.meetings.rules import language_of
from dialogues.meetings.views.blueprint import blueprint
from dialogues.policy import MEETING_EDIT, MEETING_SEE


@blueprint.get("/meetings/<uuid:meeting_id>/order")
@allows(MEETING_SEE)
def order(meeting_id: UUID) -> str:
    """How the parties stand in every list of the meeting, and in each other order."""
    in_force, *others = queries.every_order(viewer())
    return render_template(
        "meetings/order.html", order=in_force, others=others, meeting_id=meeting_id, language_of=language_of
    )


@blueprint.route("/meetings/<uuid:meeting_id>/order/choose", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/order_form.html")
def choose_order(meeting_id: UUID) -> Iterator[Any]:
    """Choose by what the parties stand."""
    in_force, *others = queries.every_order(viewer(), MEETING_EDIT)
    form = OrderForm(obj=queries.meeting(viewer(), MEETING_EDIT), data={"by": in_force.in_force.value})
    yield {"form": form, "order": in_force, "others": others, "meeting_id": meeting_id, "language_of": language_of}
    commands.choose_order(viewer(), form.chosen, version=form.version.data, now=clock.now())
    flash(_("The parties stand in this order from now on."), "success")
    yield see_other(url_for("meetings.order", meeting_id=meeting_id))


@blueprint.route("/meetings/<uuid:meeting_id>/order/lot", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/lot.html")
def draw_lot(meeting_id: UUID) -> Iterator[Any]:
    """Draw which party stands first."""
    form = LotForm(obj=queries.meeting(viewer(), MEETING_EDIT))
    yield {"form": form, "order": queries.order(viewer(), action=MEETING_EDIT), "meeting_id": meeting_id}
    commands.draw_lot(viewer(), witnesses=form.witnesses.data, version=form.version.data, now=clock.now())
    flash(_("The lot is drawn. Every list of the meeting starts there."), "success")
    yield see_other(url_for("meetings.order", meeting_id=meeting_id))
