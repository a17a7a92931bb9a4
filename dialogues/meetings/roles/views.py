"""Pages of roles: list, offer, end; answer one's own offers."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.accounts.views.step_up_check import require_fresh_totp
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.fields import Form
from dialogues.core.common.pages import form_page, see_other
from dialogues.meetings.dialogues.forms import uuid_or_none
from dialogues.meetings.dialogues.queries import dialogues
from dialogues.meetings.roles import commands, queries
from dialogues.meetings.roles.forms import OfferRoleForm
from dialogues.policy import OWN_ACCOUNT, ROLES_GRANT, ROLES_SEE, STAFF_ROLES, Role

blueprint = Blueprint("roles", __name__)


@blueprint.get("/meetings/<uuid:meeting_id>/roles")
@allows(ROLES_SEE)
def roles(meeting_id: UUID) -> str:  # noqa: ARG001  the gate has put the viewer in that meeting
    return render_template(
        "meetings/roles/roles.html",
        roles=queries.roles(viewer()),
        may_run_dialogue=viewer().may_around(ROLES_SEE),
    )


@blueprint.get("/dialogues/<uuid:dialogue_id>/roles")
@allows(ROLES_SEE)
def dialogue_roles(dialogue_id: UUID) -> str:  # noqa: ARG001  the gate has put the viewer in that dialogue
    return render_template("meetings/roles/roles.html", roles=queries.roles(viewer()), may_run_dialogue=True)


@blueprint.route("/meetings/<uuid:meeting_id>/roles/offer", methods=["GET", "POST"], endpoint="offer_role")
@blueprint.route("/dialogues/<uuid:dialogue_id>/roles/offer", methods=["GET", "POST"], endpoint="offer_dialogue_role")
@allows(ROLES_GRANT)
@require_fresh_totp(ROLES_GRANT, "meeting_id", "dialogue_id")
@form_page("meetings/roles/offer_form.html")
def offer_role(**_place: UUID) -> Iterator[Any]:
    form = OfferRoleForm()
    form.set_choices(dialogues.parties(viewer()))
    yield {"form": form, "roles_url": _roles_url()}
    commands.offer_role(
        viewer(),
        name=form.name.data,
        email=form.email.data,
        role=Role(form.role.data),
        party_id=uuid_or_none(form.party.data),
        now=clock.now(),
    )
    flash(_("The role is offered. A letter asks for the answer."), "success")
    yield see_other(_roles_url())


@blueprint.route("/meetings/<uuid:meeting_id>/roles/<uuid:grant_id>/end", methods=["GET", "POST"], endpoint="end_role")
@blueprint.route(
    "/dialogues/<uuid:dialogue_id>/roles/<uuid:grant_id>/end", methods=["GET", "POST"], endpoint="end_dialogue_role"
)
@allows(ROLES_GRANT)
@require_fresh_totp(ROLES_GRANT, "meeting_id", "dialogue_id")
@form_page("meetings/roles/end_role.html")
def end_role(grant_id: UUID, **_place: UUID) -> Iterator[Any]:
    form = Form()
    yield {"form": form, "grant": queries.role(viewer(), ROLES_GRANT, grant_id), "roles_url": _roles_url()}
    commands.end_role(viewer(), grant_id, now=clock.now())
    flash(_("The role has ended."), "success")
    yield see_other(_roles_url())


def _roles_url() -> str:
    if viewer().meeting_id is not None:
        return url_for("roles.roles", meeting_id=viewer().meeting_id)
    return url_for("roles.dialogue_roles", dialogue_id=viewer().dialogue_id)


@blueprint.get("/offers")
@allows(OWN_ACCOUNT)
def offers() -> str:
    return render_template("meetings/roles/offers.html", offers=queries.offers(viewer()), staff_roles=STAFF_ROLES)


@blueprint.post("/offers/<uuid:grant_id>/accept")
@allows(OWN_ACCOUNT)
def accept_role(grant_id: UUID) -> Response:
    commands.accept_role(viewer(), grant_id, now=clock.now())
    flash(_("You have accepted. What it opens is on your start page."), "success")
    return see_other(url_for("roles.offers"))


@blueprint.post("/offers/<uuid:grant_id>/decline")
@allows(OWN_ACCOUNT)
def decline_role(grant_id: UUID) -> Response:
    commands.decline_role(viewer(), grant_id, now=clock.now())
    flash(_("You have declined. Nothing more is asked of you."), "success")
    return see_other(url_for("roles.offers"))
