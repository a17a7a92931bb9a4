"""Staff accounts, for the host of the installation."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.accounts import queries
from dialogues.core.accounts.commands import staff as staff_commands
from dialogues.core.accounts.forms import InviteForm
from dialogues.core.accounts.rules import InstallationRole, Moment
from dialogues.core.accounts.views.blueprint import blueprint
from dialogues.core.accounts.views.cookie import this_moment
from dialogues.core.accounts.views.step_up_check import require_fresh_totp
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other, words
from dialogues.core.common.viewer import Viewer
from dialogues.lib.refusal import Refusal
from dialogues.policy import STAFF_INVITE


@blueprint.get("/staff")
@allows(STAFF_INVITE)
def staff() -> str:
    return render_template(
        "core/accounts/staff.html",
        members=queries.staff(viewer()),
        opener=InstallationRole.OPENER,
        host=InstallationRole.HOST,
    )


@blueprint.route("/staff/invite", methods=["GET", "POST"])
@allows(STAFF_INVITE)
@require_fresh_totp(STAFF_INVITE)
@form_page("core/accounts/invite_staff.html")
def invite_staff() -> Iterator[Any]:
    form = InviteForm()
    yield {"form": form}
    staff_commands.invite(viewer(), form.email.data, may_open=form.may_open.data, moment=this_moment())
    flash(_("The invitation is on its way."), "success")
    yield see_other(url_for("accounts.staff"))


@blueprint.post("/staff/<uuid:account_id>/invite-again")
@allows(STAFF_INVITE)
@require_fresh_totp(STAFF_INVITE)
def invite_again(account_id: UUID) -> Response:
    return _done(staff_commands.invite_again, account_id, _("The invitation is on its way."))


@blueprint.post("/staff/<uuid:account_id>/may-open")
@allows(STAFF_INVITE)
@require_fresh_totp(STAFF_INVITE)
def let_open_dialogues(account_id: UUID) -> Response:
    return _done(staff_commands.let_open_dialogues, account_id, _("This account may open dialogues now."))


@blueprint.post("/staff/<uuid:account_id>/may-not-open")
@allows(STAFF_INVITE)
@require_fresh_totp(STAFF_INVITE)
def stop_opening_dialogues(account_id: UUID) -> Response:
    return _done(staff_commands.stop_opening_dialogues, account_id, _("This account opens no more dialogues."))


@blueprint.post("/staff/<uuid:account_id>/disable")
@allows(STAFF_INVITE)
@require_fresh_totp(STAFF_INVITE)
def disable(account_id: UUID) -> Response:
    return _done(staff_commands.disable, account_id, _("This account can no longer sign in."))


@blueprint.post("/staff/<uuid:account_id>/enable")
@allows(STAFF_INVITE)
@require_fresh_totp(STAFF_INVITE)
def enable(account_id: UUID) -> Response:
    return _done(staff_commands.enable, account_id, _("This account can sign in again."))


@blueprint.post("/staff/<uuid:account_id>/reset")
@allows(STAFF_INVITE)
@require_fresh_totp(STAFF_INVITE)
def reset(account_id: UUID) -> Response:
    """Start over for a staff member who lost the second factor."""
    return _done(staff_commands.reset, account_id, _("A new invitation is on its way."))


def _done(command: Callable[[Viewer, UUID, Moment], None], account_id: UUID, message: str) -> Response:
    try:
        command(viewer(), account_id, this_moment())
        flash(message, "success")
    except Refusal as refusal:
        flash(words(refusal), "danger")
    return see_other(url_for("accounts.staff"))
