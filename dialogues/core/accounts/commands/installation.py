"""Commands for the administrator's console: the first account and sign-in links."""

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.rules import (
    LINK_LASTS,
    InstallationRole,
    InstallationRoleGiven,
    LinkMinted,
    LinkPurpose,
    Moment,
)
from dialogues.core.common.transaction import transaction
from dialogues.core.common.typed_addresses import mail_address
from dialogues.core.common.viewer import Viewer
from dialogues.lib.refusal import N_, Refusal
from dialogues.policy import STAFF_INVITE


def create_host(viewer: Viewer, email: str, moment: Moment) -> str:
    """Make the address host of the installation; returns the secret of a link to choose a password.

    :raises Refusal: not an email address.
    """
    address = mail_address(email)
    with transaction(viewer, STAFF_INVITE) as change:
        account_id = operations.account_for(address, moment.real)
        operations.make_staff(account_id, moment.real)
        for role in InstallationRole:
            if operations.give_installation_role(account_id, role):
                change.record(InstallationRoleGiven(at=moment.service, about=account_id, role=role))
        return operations.mint_only_link(LinkPurpose.STAFF_INVITATION, account_id, moment.real)


def print_sign_in_link(viewer: Viewer, email: str, moment: Moment) -> str:
    """Returns the secret of a new single-use sign-in link; earlier emailed links stay valid.

    :raises Refusal: no account has this address, or it is disabled.
    """
    with transaction(viewer, STAFF_INVITE) as change:
        account = queries.account_by_email(email)
        if account is None or account.disabled_at is not None:
            raise Refusal(N_("There is no account with the address %(address)s."), address=email)
        purpose = LinkPurpose.SIGN_IN
        change.record(LinkMinted(at=moment.service, about=account.id, purpose=purpose))
        return operations.mint_link(purpose, account.id, expires_at=moment.real + LINK_LASTS[purpose], now=moment.real)
