"""Pages of change requests: the viewer's own, for others, and the coordinator's decisions."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.core.common.presentation import word
from dialogues.meetings.dialogues.rules.kinds import NameOrder
from dialogues.people.registration import commands, queries
from dialogues.people.registration.forms import DecideForm, language_name
from dialogues.people.registration.queries import RequestedChange
from dialogues.people.registration.rules import Changeable, DiffPart, JsonValue, word_diff
from dialogues.people.registration.views.blueprint import blueprint
from dialogues.policy import REGISTRATION_APPROVE, REGISTRATION_FOR, REGISTRATION_OWN

#: One field: its label, and the old and the new text as a diff.
_Row = tuple[str, tuple[DiffPart, ...], tuple[DiffPart, ...]]


@blueprint.get("/meetings/<uuid:meeting_id>/changes")
@allows(REGISTRATION_APPROVE)
def changes(meeting_id: UUID) -> str:
    """Lists the requests that wait for the coordinator."""
    found = queries.changes(viewer(), request.args.get("page", 1, type=int))
    return render_template(
        "people/registration/changes.html",
        found=found,
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


@blueprint.get("/meetings/<uuid:meeting_id>/registration/change")
@allows(REGISTRATION_OWN)
def own_change(meeting_id: UUID) -> str:
    """Shows the viewer's latest change request and the decision."""
    queries.own_registration(viewer())
    return _change_page(queries.own_change(viewer()), url_for("registration.own_registration", meeting_id=meeting_id))


@blueprint.post("/meetings/<uuid:meeting_id>/registration/change/take-back")
@allows(REGISTRATION_OWN)
def take_change_back(meeting_id: UUID) -> Response:
    commands.withdraw_change_request(viewer(), now=clock.now())
    return _redirect_withdrawn(url_for("registration.own_registration", meeting_id=meeting_id))


_FOR = "/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/registration/change"


@blueprint.get(_FOR)
@allows(REGISTRATION_FOR)
def change_for(meeting_id: UUID, participation_id: UUID) -> str:
    """Shows the latest change request for a person without an address."""
    queries.registration_for(viewer(), participation_id)
    back = url_for("registration.registration_for", meeting_id=meeting_id, participation_id=participation_id)
    return _change_page(queries.change_for(viewer(), participation_id), back, participation_id)


@blueprint.post(f"{_FOR}/take-back")
@allows(REGISTRATION_FOR)
def take_change_back_for(meeting_id: UUID, participation_id: UUID) -> Response:
    commands.withdraw_change_request(viewer(), participation_id=participation_id, now=clock.now())
    return _redirect_withdrawn(
        url_for("registration.registration_for", meeting_id=meeting_id, participation_id=participation_id)
    )


def _change_page(change: RequestedChange | None, back: str, participation_id: UUID | None = None) -> str:
    return render_template(
        "people/registration/own_change.html",
        change=change,
        rows=_rows(change) if change is not None else [],
        back=back,
        participation_id=participation_id,
    )


def _redirect_withdrawn(back: str) -> Response:
    flash(_("You ask for no change any more: everything stays as it is."), "success")
    return see_other(back)


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
