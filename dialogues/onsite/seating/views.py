"""Pages of the speaking list, seating plans, pairs kept apart, and name plates."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.fields import Form
from dialogues.core.common.pages import form_page, see_other
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.rules.kinds import LANGUAGES, PartyKind
from dialogues.onsite.seating import commands
from dialogues.onsite.seating.forms import ApartForm, ExchangeForm, PlanForm
from dialogues.onsite.seating.queries import apart, plans
from dialogues.onsite.seating.queries import people as people_queries
from dialogues.onsite.seating.queries.plans import Holder, PlanPage, Seat
from dialogues.onsite.seating.queries.speaking import SpeakingList, speaking_list
from dialogues.onsite.seating.rules.kinds import Chair
from dialogues.policy import PLATES_SEE, SEATING_EDIT, SEATING_SEE

blueprint = Blueprint("seating", __name__)


@blueprint.get("/meetings/<uuid:meeting_id>/order/speaking")
@allows(PLATES_SEE)
def speaking(meeting_id: UUID) -> str:
    """Show the speaking list, by party or by person, from a chosen first party."""
    by_person = request.args.get("by") == "person"
    found = speaking_list(viewer(), start=request.args.get("start", type=UUID), by_person=by_person)

    def page_url(**changes: Any) -> str:
        query = {"by": "person" if by_person else None, "start": found.start.id if found.start else None, **changes}
        return url_for("seating.speaking", meeting_id=meeting_id, **query)

    return render_template(
        "onsite/seating/speaking.html",
        found=found,
        by_person=by_person,
        meeting_id=meeting_id,
        line_pills=[
            (_("Parties"), page_url(by=None), not by_person, None),
            (_("Persons"), page_url(by="person"), by_person, None),
        ],
        start_pills=_start_pills(found, page_url),
    )


def _start_pills(found: SpeakingList, page_url: Any) -> list[tuple[str, str, bool, None]]:
    at_table = [party for party in found.order.parties if party.kind is not PartyKind.OBSERVER]
    default_label = _("As drawn by lot") if found.order.lot else _("As the order starts")
    return [(default_label, page_url(start=None), found.start is None, None)] + [
        (party.english, page_url(start=party.id), found.start is not None and found.start.id == party.id, None)
        for party in at_table
    ]


@blueprint.get("/meetings/<uuid:meeting_id>/seating")
@allows(SEATING_SEE)
def seating(meeting_id: UUID) -> str:
    """Show the newest plan, with the names the viewer may see."""
    return render_template(
        "onsite/seating/seating.html",
        meeting_id=meeting_id,
        plan=plans.plan(viewer()),
        numbers=plans.numbers(viewer()),
        is_newest=True,
    )


@blueprint.get("/meetings/<uuid:meeting_id>/seating/<int(max=999999):number>")
@allows(SEATING_EDIT)
def earlier_plan(meeting_id: UUID, number: int) -> str:
    """Show the plan with that number, for people who plan the seating."""
    found, numbers = plans.plan(viewer(), number, SEATING_EDIT), plans.numbers(viewer())
    return render_template(
        "onsite/seating/seating.html",
        meeting_id=meeting_id,
        plan=found,
        numbers=numbers,
        is_newest=numbers[0] == number,
    )


@blueprint.route("/meetings/<uuid:meeting_id>/seating/plan", methods=["GET", "POST"])
@allows(SEATING_EDIT)
@form_page("onsite/seating/plan.html")
def plan_seats(meeting_id: UUID) -> Iterator[Any]:
    newest, people = plans.newest(viewer()), list(people_queries.guests_to_seat(viewer()).values())
    initial = {"version": newest.number, "form": newest.form.value} if newest else {"version": 0}
    form = PlanForm(people, people_queries.interpreters(viewer()), data=initial)
    page: dict[str, Any] = {"meeting_id": meeting_id, "form": form, "people": people, "proposal": None}
    yield page
    options = form.options()
    if form.preview.data:
        proposal, deviation = plans.preview(viewer(), options)
        yield render_template("onsite/seating/plan.html", **page | {"proposal": proposal, "deviation": deviation})
    number = commands.plan_seats(viewer(), options, version=form.version.data, now=clock.now())
    flash(_("Plan %(number)s is the plan in force.", number=number), "success")
    yield see_other(url_for("seating.seating", meeting_id=meeting_id))


@blueprint.route("/meetings/<uuid:meeting_id>/seating/exchange", methods=["GET", "POST"])
@allows(SEATING_EDIT)
@form_page("onsite/seating/exchange.html")
def exchange_places(meeting_id: UUID) -> Iterator[Any]:
    """Swap two people, or move one to a free place."""
    plan = plans.plan(viewer(), action=SEATING_EDIT)
    form = ExchangeForm(_places(plan), data={"version": plan.number if plan else 0})
    yield {"meeting_id": meeting_id, "form": form, "plan": plan}
    if plan is None:
        raise NotFound
    number = commands.exchange_places(
        viewer(), form.one.data, form.other.data, version=form.version.data, now=clock.now()
    )
    flash(_("Plan %(number)s is the plan in force.", number=number), "success")
    yield see_other(url_for("seating.seating", meeting_id=meeting_id))


def _places(plan: PlanPage | None) -> list[tuple[int, str]]:
    if plan is None:
        return []
    seats = [*plan.of("table"), *plan.of("second_row")]
    return [(seat.index, _place_label(seat)) for seat in seats if seat.holder is not Holder.INTERPRETER]


def _place_label(seat: Seat) -> str:
    who = f"{seat.name} ({seat.party_code})" if seat.holder is Holder.PERSON else _("free")
    if seat.chair is Chair.SECOND_ROW:
        return str(_("Second row, %(number)s: %(who)s", number=seat.number, who=who))
    return f"{seat.number}: {who}"


@blueprint.route("/meetings/<uuid:meeting_id>/seating/apart", methods=["GET", "POST"])
@allows(SEATING_EDIT)
@form_page("onsite/seating/apart.html")
def keep_apart(meeting_id: UUID) -> Iterator[Any]:
    form = ApartForm(*apart.apart_candidates(viewer()))
    yield {"meeting_id": meeting_id, "form": form, "pairs": apart.pairs(viewer())}
    commands.keep_apart(viewer(), form.one.data, form.other.data, now=clock.now())
    flash(_("New plans keep these two apart."), "success")
    yield see_other(url_for("seating.keep_apart", meeting_id=meeting_id))


@blueprint.post("/meetings/<uuid:meeting_id>/seating/apart/<uuid:pair_id>/remove")
@allows(SEATING_EDIT)
def let_together(meeting_id: UUID, pair_id: UUID) -> Response:
    if Form().validate():
        commands.let_together(viewer(), pair_id, now=clock.now())
        flash(_("These two may sit together."), "success")
    return see_other(url_for("seating.keep_apart", meeting_id=meeting_id))


@blueprint.get("/meetings/<uuid:meeting_id>/seating/plates")
@allows(PLATES_SEE)
def plates(meeting_id: UUID) -> str:
    """Show name plates to fold, or place cards, for printing."""
    language = request.args.get("language", "")
    if language not in LANGUAGES:
        language = "en"
    are_cards = request.args.get("kind") == "cards"
    return render_template(
        "onsite/seating/plates.html",
        meeting_id=meeting_id,
        plates=people_queries.plates(viewer(), language),
        language_chosen=language,
        languages=LANGUAGES,
        are_cards=are_cards,
    )
