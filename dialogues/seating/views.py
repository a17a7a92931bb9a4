"""Pages of seating: the plan in force, how a new one is made, who is kept apart, and what stands on the table."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other
from dialogues.common.refusal import Unseen
from dialogues.meetings.rules import LANGUAGES
from dialogues.policy import PLATES_SEE, SEATING_EDIT, SEATING_SEE
from dialogues.seating import commands, queries
from dialogues.seating.forms import ApartForm, ExchangeForm, PlainForm, PlanForm, plate_language
from dialogues.seating.queries import Holder, PlanPage, Seat
from dialogues.seating.rules import Chair

blueprint = Blueprint("seating", __name__, url_prefix="/meetings/<uuid:meeting_id>/seating")


@blueprint.get("")
@allows(SEATING_SEE)
def seating(meeting_id: UUID) -> str:
    """The newest plan, as far as the viewer sees who comes."""
    return render_template(
        "seating/seating.html",
        meeting_id=meeting_id,
        plan=queries.plan(viewer()),
        numbers=queries.numbers(viewer()),
        is_newest=True,
    )


@blueprint.get("/<int:number>")
@allows(SEATING_EDIT)
def earlier_plan(meeting_id: UUID, number: int) -> str:
    """A plan with its number, for whoever plans."""
    found, numbers = queries.plan(viewer(), number, SEATING_EDIT), queries.numbers(viewer())
    return render_template(
        "seating/seating.html",
        meeting_id=meeting_id,
        plan=found,
        numbers=numbers,
        is_newest=numbers[0] == number,
    )


@blueprint.route("/plan", methods=["GET", "POST"])
@allows(SEATING_EDIT)
@form_page("seating/plan.html")
def plan_seats(meeting_id: UUID) -> Iterator[Any]:
    """Seat everyone: look at it first, then keep it."""
    newest, people = queries.newest(viewer()), queries.sitters(viewer())
    said = {"version": newest.number, "form": newest.form.value} if newest else {"version": 0}
    form = PlanForm(people, queries.interpreters(viewer()), data=said)
    page: dict[str, Any] = {"meeting_id": meeting_id, "form": form, "people": people, "proposal": None}
    yield page
    wish = form.wish()
    if form.preview.data:
        proposal = queries.proposal(viewer(), wish)
        if proposal.together:
            raise commands.cannot_part(proposal.together)
        yield render_template("seating/plan.html", **page | {"proposal": proposal})
        return
    number = commands.plan_seats(viewer(), wish, version=form.version.data, now=clock.now())
    flash(_("Plan %(number)s is the plan in force.", number=number), "success")
    yield see_other(url_for("seating.seating", meeting_id=meeting_id))


@blueprint.route("/exchange", methods=["GET", "POST"])
@allows(SEATING_EDIT)
@form_page("seating/exchange.html")
def exchange_places(meeting_id: UUID) -> Iterator[Any]:
    """Let two people exchange their places, or one take a free place."""
    plan = queries.plan(viewer(), action=SEATING_EDIT)
    form = ExchangeForm(_places(plan), data={"version": plan.number if plan else 0})
    yield {"meeting_id": meeting_id, "form": form, "plan": plan}
    if plan is None:
        raise Unseen
    number = commands.exchange_places(
        viewer(), form.one.data, form.other.data, version=form.version.data, now=clock.now()
    )
    flash(_("Plan %(number)s is the plan in force.", number=number), "success")
    yield see_other(url_for("seating.seating", meeting_id=meeting_id))


def _places(plan: PlanPage | None) -> list[tuple[int, str]]:
    if plan is None:
        return []
    seats = [*plan.of(Chair.TABLE), *plan.of(Chair.SECOND_ROW)]
    return [(seat.index, _place_words(seat)) for seat in seats if seat.holder is not Holder.INTERPRETER]


def _place_words(seat: Seat) -> str:
    who = f"{seat.name} ({seat.party_code})" if seat.holder is Holder.PERSON else _("free")
    if seat.chair is Chair.SECOND_ROW:
        return str(_("Second row, %(number)s: %(who)s", number=seat.number, who=who))
    return f"{seat.number}: {who}"


@blueprint.route("/apart", methods=["GET", "POST"])
@allows(SEATING_EDIT)
@form_page("seating/apart.html")
def keep_apart(meeting_id: UUID) -> Iterator[Any]:
    """Who is kept apart, and one more pair."""
    form = ApartForm(queries.separable(viewer()))
    yield {"meeting_id": meeting_id, "form": form, "pairs": queries.pairs(viewer())}
    commands.keep_apart(viewer(), form.one.data, form.other.data, now=clock.now())
    flash(_("New plans keep these two apart."), "success")
    yield see_other(url_for("seating.keep_apart", meeting_id=meeting_id))


@blueprint.post("/apart/<uuid:pair_id>/remove")
@allows(SEATING_EDIT)
def let_together(meeting_id: UUID, pair_id: UUID) -> Response:
    """Let two sit together again."""
    if PlainForm().validate():
        commands.let_together(viewer(), pair_id, now=clock.now())
        flash(_("These two may sit together."), "success")
    return see_other(url_for("seating.keep_apart", meeting_id=meeting_id))


@blueprint.get("/plates")
@allows(PLATES_SEE)
def plates(meeting_id: UUID) -> str:
    """Name plates to fold, or small place cards, to print."""
    language = plate_language(request.args.get("language", ""))
    are_cards = request.args.get("kind") == "cards"
    return render_template(
        "seating/plates.html",
        meeting_id=meeting_id,
        plates=queries.plates(viewer(), language),
        language_chosen=language,
        languages=LANGUAGES,
        are_cards=are_cards,
    )
