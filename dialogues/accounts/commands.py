"""Changes of accounts and sign-ins: one function, one transaction."""

from datetime import datetime

from dialogues.accounts import posting, queries
from dialogues.accounts.rules import (
    LINK_LASTS,
    InstallationRole,
    InstallationRoleGiven,
    LinkMinted,
    LinkPurpose,
)
from dialogues.common.refusal import N_, Refusal
from dialogues.common.text import mail_address
from dialogues.common.transaction import transaction
from dialogues.common.viewer import Viewer
from dialogues.policy import STAFF_INVITE


def create_host(viewer: Viewer, email: str, *, now: datetime) -> str:
    """Make the address host of the installation; return the secret of its link to choose a password.

    :raises Refusal: it is no e-mail address.
    """
    address = mail_address(email)
    with transaction(viewer, STAFF_INVITE) as change:
        account_id = posting.account_for(address, now)
        for role in InstallationRole:
            if posting.give_installation_role(account_id, role):
                change.happened(InstallationRoleGiven(at=now, about=account_id, role=role))
        return posting.mint_only_link(LinkPurpose.STAFF_INVITATION, account_id, now)


def print_sign_in_link(viewer: Viewer, email: str, *, now: datetime) -> str:
    """The secret of a new single-use link to sign in, for someone at the host's own console.

    :raises Refusal: nobody has this address, or the account is disabled.
    """
    with transaction(viewer, STAFF_INVITE) as change:
        account = queries.account_by_email(email)
        if account is None or account.disabled_at is not None:
            raise Refusal(N_("There is no account with the address %(address)s."), address=email)
        secret = posting.mint_link(
            LinkPurpose.SIGN_IN, account.id, expires_at=now + LINK_LASTS[LinkPurpose.SIGN_IN], now=now
        )
        change.happened(LinkMinted(at=now, about=account.id, purpose=LinkPurpose.SIGN_IN))
        return secret
