"""Another address for an account: asked for by its owner, and made by them once they read the letters there."""

from uuid import UUID

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.commands.signing_in import SignInContext
from dialogues.core.accounts.models import Account
from dialogues.core.accounts.rules import AddressChanged, LinkPurpose
from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.auth.throttle import ADDRESS_OF_ACCOUNT
from dialogues.lib.refusal import N_, NotFound, Refusal
from dialogues.lib.text import mail_address, same_address
from dialogues.policy import OWN_ACCOUNT

#: Said wherever its owner is not signed in, whether or not the link still works.
ELSEWHERE = N_("Sign in where you asked for the change, and open the link there.")
#: Said of every link that does nothing, whatever the reason.
SPENT = N_("This link was used already, is too old, or its address cannot be used. Ask for another one.")


def ask_for_address(viewer: Viewer, email: str, way: SignInContext) -> None:
    """Owe a letter to the address that the viewer wants to have from now on; a newer wish voids the one before.

    Whether somebody has that address is looked at when the letter is written: the answer here is always the same.

    :raises Unseen: they have a second factor, and have not just shown it for this.
    :raises Refusal: it is no address, or the one that they have.
    """
    wanted = mail_address(email, field="email")
    with transaction(viewer, OWN_ACCOUNT):
        account = db.session.get(Account, viewer.account_id)
        if account is None or not queries.may_change_address(viewer, way.moment.real):
            raise NotFound
        if same_address(wanted) == account.email_norm:
            raise Refusal(N_("This is your address already."), field="email")
        if operations.count(way.caller.for_letter_to(ADDRESS_OF_ACCOUNT, str(account.id)), way.moment.real):
            return
        operations.revoke_links(LinkPurpose.ADDRESS, account.id, way.moment.real)
        account.wanted_email = wanted
        operations.enqueue_email(EmailKind.ADDRESS_CHECK, account.id, way.moment.service)


def change_address(viewer: Viewer, link_id: UUID, way: SignInContext) -> None:
    """Make the address that the link went to the viewer's own: their other sign-ins and mailed links end.

    :raises Refusal: the link is not about the viewer, was used, is too old, or somebody has the address by now.
    """
    now = way.moment.real
    if not viewer.signed_in or viewer.is_limited:
        raise Refusal(ELSEWHERE)
    with transaction(viewer, OWN_ACCOUNT) as change:
        link = queries.link_by_id(link_id, LinkPurpose.ADDRESS, now)
        # The owner may have mistyped the address: whoever reads that mailbox must not get the account with it.
        if link is None or link.subject != viewer.account_id:
            raise Refusal(ELSEWHERE)
        account = queries.account_in_use(viewer.account_id)
        if account is None or account.wanted_email is None or not operations.use_up(link_id, now):
            raise Refusal(SPENT)
        if queries.account_by_email(account.wanted_email) is not None:
            raise Refusal(SPENT)
        account.former_email, account.email = account.email, account.wanted_email
        account.email_norm, account.wanted_email = same_address(account.email), None
        operations.end_everything(account.id, now, but=viewer.sign_in_id)
        operations.enqueue_news(EmailKind.ADDRESS_CHANGED, account.id, way.moment.service)
        change.record(AddressChanged(at=way.moment.service, about=account.id))
