"""Sign-in and sign-out. Opening an emailed link changes nothing: its page has a button."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, make_response, render_template, request, session, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.commands import address, signing_in
from dialogues.core.accounts.forms import AddressForm, CodeForm, ConfirmForm, NewPasswordForm, SignInForm
from dialogues.core.accounts.rules import LINK_LASTS, LINK_OPEN_LASTS, KnownLink, LinkPurpose
from dialogues.core.accounts.views.blueprint import blueprint
from dialogues.core.accounts.views.cookie import current_sign_in, end_present, hasher, sign_in_context, start_sign_in
from dialogues.core.common import clock
from dialogues.core.common.access import allows, keep_secret, kept_secret, viewer, without_viewer
from dialogues.core.common.pages import form_page, own_path, see_other
from dialogues.core.outbox.rules import EmailKind
from dialogues.lib.auth import codes
from dialogues.lib.auth.passwords import MAX_LENGTH, MIN_LENGTH
from dialogues.policy import LINK_OPEN, SIGN_IN

_OPENED = "opened_link"
_PASSWORD_LINKS = frozenset({LinkPurpose.STAFF_INVITATION, LinkPurpose.PASSWORD_RESET})
#: The page of each kind of link; all others, and unknown links, go to `use_link`.
_PAGES = dict.fromkeys(_PASSWORD_LINKS, "accounts.choose_password") | {LinkPurpose.ADDRESS: "accounts.confirm_address"}


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allows(SIGN_IN)
@form_page("core/accounts/sign_in.html")
def sign_in() -> Iterator[Any]:
    if viewer().signed_in and not viewer().is_limited:
        yield see_other(_next_page())
        return
    form = SignInForm()
    yield {"form": form, "link_form": AddressForm(prefix="link"), "goal": _next_page()}
    handle = signing_in.by_password(form.email.data, form.password.data, sign_in_context(), hasher())
    yield _start_sign_in(handle)


@blueprint.route("/sign-in/second-factor", methods=["GET", "POST"])
@allows(SIGN_IN)
@form_page("core/accounts/second_factor.html")
def second_factor() -> Iterator[Any]:
    active = current_sign_in()
    if active is None or not active.needs_second_factor:
        yield see_other(url_for("accounts.sign_in", next=_next_page()))
        return
    form = CodeForm()
    yield {"form": form, "goal": _next_page()}
    yield _start_sign_in(signing_in.by_code(active, form.code.data, sign_in_context()))


@blueprint.route("/sign-in/set-up", methods=["GET", "POST"])
@allows(SIGN_IN)
@form_page("core/accounts/set_up_second_factor.html")
def set_up_second_factor() -> Iterator[Any]:
    """Set up the authenticator app: a first one after the password, another one after a step-up."""
    active = current_sign_in()
    factor = queries.factor_to_set_up(active, clock.real_now()) if active is not None else None
    if active is None or factor is None:
        yield see_other(url_for("accounts.sign_in", next=_next_page()))
        return
    shared_secret = operations.unseal_shared_secret(factor.account_id, factor.id, factor.secret)
    form = CodeForm()
    email = queries.own_account(active.viewer).email
    yield {"form": form, "secret": shared_secret, "picture": codes.picture(shared_secret, email)}
    yield _start_sign_in(signing_in.confirm_factor(active, form.code.data, sign_in_context()))


@blueprint.route("/sign-in/link", methods=["GET", "POST"])
@allows(SIGN_IN)
@form_page("core/accounts/ask_for_link.html")
def ask_for_link() -> Iterator[Any]:
    """Request a sign-in link by email; the response is the same for every address."""
    form = AddressForm(prefix="link")
    yield {"form": form}
    signing_in.ask_for_email(EmailKind.SIGN_IN_LINK, form.email.data, sign_in_context())
    yield see_other(url_for("accounts.link_asked_for"))


@blueprint.post("/sign-in/link/own")
@allows(SIGN_IN)
def mail_sign_in_link() -> Response:
    if not viewer().is_limited:
        return see_other(url_for("accounts.ask_for_link"))
    signing_in.ask_for_email(EmailKind.SIGN_IN_LINK, queries.own_account(viewer()).email, sign_in_context())
    return see_other(url_for("accounts.link_asked_for"))


@blueprint.route("/sign-in/new-password", methods=["GET", "POST"])
@allows(SIGN_IN)
@form_page("core/accounts/ask_for_reset.html")
def ask_for_reset() -> Iterator[Any]:
    """Request a link to choose a new password; the response is the same for every address."""
    form = AddressForm(prefix="link")
    yield {"form": form}
    signing_in.ask_for_email(EmailKind.PASSWORD_RESET, form.email.data, sign_in_context())
    yield see_other(url_for("accounts.link_asked_for"))


@blueprint.get("/sign-in/link-sent")
@allows(SIGN_IN)
def link_asked_for() -> str:
    return render_template("core/accounts/link_asked_for.html")


@blueprint.get("/links/<token>")
@allows(LINK_OPEN)
def open_link(token: str) -> Response:
    """Store the link's id in the cookie and redirect to a URL without the secret; the link is not used up."""
    now = clock.real_now()
    link = queries.any_link(token, frozenset(LINK_LASTS), now)
    session.pop(_OPENED, None)
    if link is not None:
        session[_OPENED] = [str(link.id), link.purpose.value, now.timestamp()]
    return see_other(
        url_for(_PAGES.get(link.purpose, "accounts.use_link") if link is not None else "accounts.use_link")
    )


@blueprint.route("/link", methods=["GET", "POST"])
@allows(LINK_OPEN)
@form_page("core/accounts/use_link.html")
def use_link() -> Iterator[Any]:
    link = _opened_link(frozenset({LinkPurpose.SIGN_IN}))
    yield {"form": ConfirmForm(), "link": link}
    handle = signing_in.by_link(link.id if link is not None else UUID(int=0), sign_in_context())
    yield _start_sign_in(handle)


@blueprint.route("/address", methods=["GET", "POST"])
@allows(LINK_OPEN)
@form_page("core/accounts/confirm_address.html")
def confirm_address() -> Iterator[Any]:
    """Confirm the new address by the link sent to it; only the account's owner sees the address."""
    link = _opened_link(frozenset({LinkPurpose.ADDRESS}), spent=True)
    own = link is not None and link.subject == viewer().account_id and not viewer().is_limited
    account = queries.account_in_use(link.subject) if link is not None and own and link.live else None
    email = account.wanted_email if account is not None else None
    yield {"form": ConfirmForm(), "own": own, "email": email, "elsewhere": address.ELSEWHERE}
    address.change_address(viewer(), link.id if link is not None else UUID(int=0), sign_in_context())
    session.pop(_OPENED, None)
    flash(_("Letters go to your new address from now on, and you sign in with it."), "success")
    yield see_other("/")


@blueprint.route("/password/choose", methods=["GET", "POST"])
@allows(LINK_OPEN)
@form_page("core/accounts/choose_password.html")
def choose_password() -> Iterator[Any]:
    link = _opened_link(_PASSWORD_LINKS)
    form = NewPasswordForm()
    account = queries.account_in_use(link.subject) if link is not None else None
    email = account.email if account is not None else ""
    yield {"form": form, "link": link, "email": email, "shortest": MIN_LENGTH, "longest": MAX_LENGTH}
    link_id, purpose = (link.id, link.purpose) if link is not None else (UUID(int=0), LinkPurpose.PASSWORD_RESET)
    yield _start_sign_in(signing_in.choose_password(link_id, purpose, form.password.data, sign_in_context(), hasher()))


@blueprint.post("/sign-out")
@allows(SIGN_IN)
def sign_out() -> Response:
    end_present()
    return see_other(url_for("accounts.sign_in"))


@blueprint.post("/leave")
@allows(SIGN_IN)
def leave() -> Response:
    """End the sign-in at once and show an empty page."""
    end_present()
    answer = see_other(url_for("accounts.left"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.get("/left")
@without_viewer
@allows(SIGN_IN)
def left() -> Response:
    answer = make_response(render_template("empty.html"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.record_once
def ask_no_token(state: BlueprintSetupState) -> None:
    """A form that grew too old keeps nobody from leaving. The origin of the request is still checked."""
    state.app.extensions["csrf"].exempt(leave)


def _opened_link(purposes: frozenset[LinkPurpose], *, spent: bool = False) -> KnownLink | None:
    """The link that this browser opened recently, if it is still live; with `spent`, in any state."""
    now = clock.real_now()
    opened = session.get(_OPENED)
    if opened is None or now - datetime.fromtimestamp(opened[2], now.tzinfo) > LINK_OPEN_LASTS:
        return None
    purpose = LinkPurpose(opened[1])
    link = queries.link_by_id(UUID(opened[0]), purpose, now) if purpose in purposes else None
    return link if link is not None and (spent or link.live) else None


def _start_sign_in(handle: str) -> Response:
    """Replace the browser's sign-in, and redirect to the second factor or to the page it wanted."""
    goal, kept = _next_page(), kept_secret()
    end_present()
    active = start_sign_in(handle)
    keep_secret(kept)
    if active is None or not active.needs_second_factor:
        return see_other(goal)
    has_factor = queries.has_factor(active.viewer)
    return see_other(url_for("accounts.second_factor" if has_factor else "accounts.set_up_second_factor", next=goal))


def _next_page() -> str:
    kept = kept_secret()
    return own_path(request.args.get("next"), kept[0] if kept else "/")
