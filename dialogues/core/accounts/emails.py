"""Emails with a secret link. The secret is created when the email is sent, and soon ends the previous link."""

from collections.abc import Callable
from datetime import datetime

from flask import current_app
from flask_babel import force_locale, gettext

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.rules import LinkPurpose, link_address
from dialogues.core.common import clock
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.lib.refusal import N_

_SIGN_IN = N_(
    "You asked for a link to sign in. Open it and press the button; it can be used once, within an hour:\n\n"
    "%(link)s\n\n"
    "If you did not ask for it, do nothing: opening the link alone signs nobody in.\n"
)
_INVITATION = N_(
    "You are invited to work with us. Open the link to choose a password and to set up your authenticator app; "
    "it can be used once, within seven days:\n\n"
    "%(link)s\n\n"
    "If this is unexpected, do nothing, or ask the person who may have invited you.\n"
)
_RESET = N_(
    "You asked to choose a new password. Open the link; it can be used once, within an hour:\n\n"
    "%(link)s\n\n"
    "Your second factor stays as it is. If you did not ask for it, do nothing: your password has not changed.\n"
)


def _composer(purpose: LinkPurpose, subject: str, text: str) -> Composer:
    """The composer of one kind of email, for accounts that are not disabled."""

    def compose(email: DueEmail, _now: datetime) -> Composed | None:
        account = queries.account_in_use(email.account_id)
        if account is None:
            return None
        secret = operations.mint_only_link(purpose, account.id, clock.real_now())
        link = link_address(current_app.config["BASE_URL"], secret)
        with force_locale(account.locale):
            return Composed(
                recipient=account.email,
                subject=gettext(subject),
                text=gettext(text, link=link),
                has_secret=True,
            )

    return compose


_ADDRESS_CHECK = N_(
    "You asked to have letters sent to this address from now on. Open the link in the browser in which you are signed "
    "in and asked for it, and press the button; it can be used once, within a day:\n\n"
    "%(link)s\n\n"
    "Anywhere else the link does nothing. If you did not ask for it, do nothing: nothing changes.\n"
)
_ADDRESS_CHANGED = N_(
    "Letters to you now go to another address, as was asked for by someone who was signed in as you, and all other "
    "sign-ins have ended. This address is not written to any more.\n\n"
    "If that was not you, write to your office at once.\n"
)


def address_check(email: DueEmail, _now: datetime) -> Composed | None:
    """Email to a new address, with the link that confirms it; None if an account already uses the address."""
    account = queries.account_in_use(email.account_id)
    if account is None or account.wanted_email is None or queries.account_by_email(account.wanted_email) is not None:
        return None
    secret = operations.mint_only_link(LinkPurpose.ADDRESS, account.id, clock.real_now())
    with force_locale(account.locale):
        return Composed(
            recipient=account.wanted_email,
            subject=gettext("Your new address"),
            text=gettext(_ADDRESS_CHECK, link=link_address(current_app.config["BASE_URL"], secret)),
            has_secret=True,
        )


def address_changed(email: DueEmail, _now: datetime) -> Composed | None:
    account = queries.account_in_use(email.account_id)
    if account is None or account.former_email is None:
        return None
    with force_locale(account.locale):
        return Composed(
            recipient=account.former_email, subject=gettext("Your address was changed"), text=gettext(_ADDRESS_CHANGED)
        )


COMPOSERS: dict[EmailKind, Callable[[DueEmail, datetime], Composed | None]] = {
    EmailKind.SIGN_IN_LINK: _composer(LinkPurpose.SIGN_IN, N_("Your link to sign in"), _SIGN_IN),
    EmailKind.STAFF_INVITATION: _composer(LinkPurpose.STAFF_INVITATION, N_("Invitation"), _INVITATION),
    EmailKind.ADDRESS_CHECK: address_check,
    EmailKind.ADDRESS_CHANGED: address_changed,
    EmailKind.PASSWORD_RESET: _composer(LinkPurpose.PASSWORD_RESET, N_("Choose a new password"), _RESET),
}
