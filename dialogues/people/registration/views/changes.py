"""Pages of change requests: the viewer's own, for others, and the coordinator's decisions."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.numbers import number
from dialogues.core.common.pages import form_page, see_other
from dialogues.core.common.presentation import word
from dialogues.meetings.dialogues.rules.kinds import NameOrder
from dialogues.people.registration import commands, queries
from dialogues.people.registration.forms import DecideForm, language_name
from dialogues.people.registration.queries import RequestedChange
from dialogues.people.registration.rules import Changeable, DiffPart, JsonValue, word_diff
from dialogues.people.registration.views.blueprint import add_page, blueprint
from dialogues.people.registration.views.steps import RegistrationPage
from dialogues.policy import REGISTRATION_APPROVE

#: One field: its label, and the old and the new text as a diff.
_Row = tuple[str, list[DiffPart], list[DiffPart]]


@blueprint.get("/meetings/<uuid:meeting_id>/changes")
@allows(REGISTRATION_APPROVE)
def changes(meeting_id: UUID) -> str:
    """Lists the requests that wait for the coordinator."""
    waiting, page, last = queries.changes(viewer(), request.args.get("page", 1, type=number))
    return render_template(
        "people/registration/changes.html",
        changes=waiting,
        page=page,
        last=last,
        rows_of=_rows,
        page_url=lambda number: url_for("registration.changes", meeting_id=meeting_id, page=number),
    )


@blueprint.route("/meetings/<uuid:meeting_id>/changes/<uuid:request_id>", methods=["GET", "POST"])
@allows(REGISTRATION_APPROVE)
@form_page("people/registration/decide_change.html")
def decide_change(meeting_id: UUID, request_id: UUID) -> Iterator[Any]:
    change = queries.change_to_decide(viewer(), request_id)
    form = DecideForm(data={"version": change.version})
    yield {"form": form, "change": change, "rows": _rows(change)}
    commands.decide_change(
        viewer(),
        request_id,
        accepts=form.accepts,
        reason=form.reason.data or "",
        version=form.version.data,
        now=clock.now(),
    )
    flash(_("The change is made.") if form.accepts else _("The change is declined; nothing was changed."), "success")
    yield see_other(url_for("registration.changes", meeting_id=meeting_id))


def _latest_change(meeting_id: UUID, participation_id: UUID | None = None) -> str:
    """Shows the latest change request and the decision."""
    shown = RegistrationPage(meeting_id, participation_id)
    queries.registration(viewer(), participation_id)
    change = queries.latest_change(viewer(), participation_id)
    return render_template(
        "people/registration/own_change.html",
        change=change,
        rows=_rows(change) if change is not None else [],
        back=shown.overview,
        participation_id=participation_id,
    )


def _take_change_back(meeting_id: UUID, participation_id: UUID | None = None) -> Response:
    commands.withdraw_change_request(viewer(), participation_id=participation_id, now=clock.now())
    flash(_("You ask for no change any more: everything stays as it is."), "success")
    return see_other(RegistrationPage(meeting_id, participation_id).overview)


add_page("/change", _latest_change, own="own_change", others="change_for", methods=("GET",))
add_page(
    "/change/take-back",
    _take_change_back,
    own="take_change_back",
    others="take_change_back_for",
    methods=("POST",),
)


def _rows(change: RequestedChange) -> list[_Row]:
    return [
        (word(one), *word_diff(_display_value(one, was), _display_value(one, wanted)))
        for one, was, wanted in change.fields
    ]


def _display_value(field: Changeable, value: JsonValue) -> str:
    """Returns a value as text for display."""
    if field is Changeable.NAME_ORDER:
        return word(NameOrder(str(value)))
    if field is Changeable.LANGUAGES:
        return " · ".join(language_name(code) for code in value)
    if field is Changeable.LISTENS_IN:
        return language_name(str(value)) if value else _("needs no interpretation")
    return str(value)
