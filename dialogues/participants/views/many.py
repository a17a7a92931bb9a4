"""The office's work on many: chosen on the list, confirmed with every name, done, and undone."""

from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import see_other, words
from dialogues.common.refusal import Refusal, Unseen
from dialogues.participants import queries
from dialogues.participants.commands import many
from dialogues.participants.forms.office import ManyForm, ids_in
from dialogues.participants.queries import office
from dialogues.participants.rules import BulkKind
from dialogues.participants.views.house import blueprint
from dialogues.participants.views.listing import asked_of, wanted_of
from dialogues.participants.views.messages import message_to_rows
from dialogues.policy import MESSAGES_WRITE, PARTICIPANTS_INVITE, REGISTRATION_APPROVE

_KINDS = {kind.value.replace("_", "-"): kind for kind in BulkKind}


@blueprint.post("/meetings/<uuid:meeting_id>/participants/chosen")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE, MESSAGES_WRITE)
def choose(meeting_id: UUID) -> Any:
    """Whom an action concerns, before it is done; nothing is changed yet."""
    wanted = wanted_of(request.form)
    if "all" in request.form:
        ids = [line.id for line in queries.all_found(viewer(), wanted)]
    else:
        ids = ids_in(request.form.getlist("row"))
    if not ids:
        flash(_("Choose at least one person: tick the boxes in front of the names."), "warning")
        return see_other(url_for("participants.participants", meeting_id=meeting_id, **asked_of(wanted)))
    if request.form.get("do") == "message":
        return message_to_rows(ids)
    return _confirm(meeting_id, _kind(request.form.get("do", "")), ids)


def _confirm(meeting_id: UUID, kind: BulkKind, ids: list[UUID]) -> str:
    selection = office.sorted_out(viewer(), kind, ids, clock.now())
    gathering = queries.frame(meeting_id).gathering
    return render_template(
        "participants/many.html",
        form=ManyForm(formdata=None, data={"people": ids}),
        kind=kind,
        selection=selection,
        is_open=gathering.is_open(clock.now()),
        act_url=url_for("participants.act_on_many", meeting_id=meeting_id, kind=kind.value.replace("_", "-")),
    )


@blueprint.post("/meetings/<uuid:meeting_id>/participants/chosen/<kind>")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE)
def act_on_many(meeting_id: UUID, kind: str) -> Response:
    """Do to the chosen what was confirmed."""
    form = ManyForm()
    try:
        done = many.act(viewer(), _kind(kind), form.people.data or [], also=bool(form.also.data), now=clock.now())
    except Refusal as refusal:
        flash(words(refusal), "danger")
        return see_other(url_for("participants.participants", meeting_id=meeting_id))
    return see_other(url_for("participants.done", meeting_id=meeting_id, action_id=done))


@blueprint.get("/meetings/<uuid:meeting_id>/participants/done")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE)
def done_lately(meeting_id: UUID) -> str:  # noqa: ARG001  the gate reads it
    """What was done to many, newest first."""
    return render_template("participants/done_lately.html", actions=office.done_lately(viewer()))


@blueprint.get("/meetings/<uuid:meeting_id>/participants/done/<uuid:action_id>")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE)
def done(meeting_id: UUID, action_id: UUID) -> str:  # noqa: ARG001  the gate reads it
    """What was done to whom, and the way back."""
    return render_template("participants/done.html", done=office.done(viewer(), action_id))


@blueprint.post("/meetings/<uuid:meeting_id>/participants/done/<uuid:action_id>/undo")
@allows(PARTICIPANTS_INVITE, REGISTRATION_APPROVE)
def undo(meeting_id: UUID, action_id: UUID) -> Response:
    """Undo it for everyone who was not changed since."""
    try:
        people = many.undo(viewer(), action_id, now=clock.now())
        flash(ngettext("It is undone for %(num)s person.", "It is undone for %(num)s people.", people), "success")
    except Refusal as refusal:
        flash(words(refusal), "danger")
    return see_other(url_for("participants.done", meeting_id=meeting_id, action_id=action_id))


@blueprint.post("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/approval/take-back")
@allows(REGISTRATION_APPROVE)
def take_approval_back(meeting_id: UUID, participation_id: UUID) -> Response:
    """Open an approved registration to changes again."""
    try:
        many.take_approval_back(viewer(), participation_id, now=clock.now())
        flash(_("The registration is no longer approved, and can be changed again."), "success")
    except Refusal as refusal:
        flash(words(refusal), "danger")
    return see_other(url_for("participants.person", meeting_id=meeting_id, participation_id=participation_id))


def _kind(called: str) -> BulkKind:
    kind = _KINDS.get(called)
    if kind is None or not viewer().may(office.RIGHT[kind]):
        raise Unseen
    return kind
