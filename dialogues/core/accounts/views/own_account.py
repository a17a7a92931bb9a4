"""The viewer's own account: sign-ins, password, second factor, language and time zone."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, request, url_for
from flask_babel import get_babel
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.accounts import queries
from dialogues.core.accounts.commands import own_account as own_account_commands
from dialogues.core.accounts.forms import ChangePasswordForm, ConfirmForm, LanguageAndZoneForm, StepUpForm
from dialogues.core.accounts.rules import RENEW_FACTOR, Proof
from dialogues.core.accounts.views.blueprint import blueprint
from dialogues.core.accounts.views.cookie import hasher, sign_in_context, start_sign_in, terms
from dialogues.core.accounts.views.step_up_check import words_for
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, own_path, see_other
from dialogues.lib.auth.passwords import MAX_LENGTH, MIN_LENGTH
from dialogues.policy import OWN_ACCOUNT


@blueprint.route("/account", methods=["GET", "POST"])
@allows(OWN_ACCOUNT)
@form_page("core/accounts/own_account.html")
def own_account() -> Iterator[Any]:
    account = queries.own_account(viewer())
    form = LanguageAndZoneForm(locale=account.locale, zone=account.zone or "")
    known = get_babel().instance.list_translations()
    form.locale.choices = sorted({(str(locale), (locale.display_name or str(locale)).title()) for locale in known})
    yield {
        "form": form,
        "account": account,
        "has_factor": queries.has_factor(viewer()),
        "sign_ins": queries.my_sign_ins(viewer(), terms(), clock.real_now()),
        "proofs": Proof,
        "zone": account.zone or "UTC",
        "real_now": clock.real_now(),
    }
    own_account_commands.choose_language_and_zone(viewer(), form.locale.data, form.zone.data or "")
    flash(_("Language and time zone are saved."), "success")
    yield see_other(url_for("accounts.own_account"))


@blueprint.post("/account/sign-ins/<uuid:sign_in_id>/end")
@allows(OWN_ACCOUNT)
def end_sign_in(sign_in_id: UUID) -> Response:
    own_account_commands.end_sign_in(viewer(), sign_in_id, sign_in_context())
    flash(_("That sign-in has ended."), "success")
    return see_other(url_for("accounts.own_account"))


@blueprint.post("/account/sign-ins/end-others")
@allows(OWN_ACCOUNT)
def end_other_sign_ins() -> Response:
    own_account_commands.end_other_sign_ins(viewer(), sign_in_context())
    flash(_("All other sign-ins have ended."), "success")
    return see_other(url_for("accounts.own_account"))


@blueprint.route("/account/password", methods=["GET", "POST"])
@allows(OWN_ACCOUNT)
@form_page("core/accounts/change_password.html")
def change_password() -> Iterator[Any]:
    form = ChangePasswordForm()
    yield {"form": form, "shortest": MIN_LENGTH, "longest": MAX_LENGTH, "email": queries.own_account(viewer()).email}
    start_sign_in(
        own_account_commands.change_password(
            viewer(), form.present.data, form.password.data, sign_in_context(), hasher()
        )
    )
    flash(_("Your password has changed, and all other sign-ins have ended."), "success")
    yield see_other(url_for("accounts.own_account"))


@blueprint.post("/account/second-factor")
@allows(OWN_ACCOUNT)
def renew_second_factor() -> Response:
    if not queries.stepped_up(viewer(), RENEW_FACTOR, clock.real_now()):
        return see_other(url_for("accounts.step_up", purpose=RENEW_FACTOR, next=url_for("accounts.own_account")))
    own_account_commands.renew_factor(viewer(), sign_in_context())
    return see_other(url_for("accounts.set_up_second_factor", next=url_for("accounts.own_account")))


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@allows(OWN_ACCOUNT)
@form_page("core/accounts/step_up.html")
def step_up() -> Iterator[Any]:
    context, purpose = sign_in_context(), request.args.get("purpose", "")[:120]
    form = ConfirmForm() if context.terms.demo else StepUpForm()
    goal = own_path(request.args.get("next"), url_for("accounts.own_account"))
    email = queries.own_account(viewer()).email
    yield {"form": form, "goal": goal, "purpose": words_for(purpose), "email": email}
    password, code = ("", "") if context.terms.demo else (form.password.data, form.code.data)
    start_sign_in(
        own_account_commands.step_up(viewer(), purpose, context, code=code, password=password, hasher=hasher())
    )
    yield see_other(goal)
