"""Change of an account's email address: requested by its owner, confirmed by a link sent to the new address."""

from uuid import UUID

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.commands.signing_in import SignInContext
from dialogues.core.accounts.models import Account
from dialogues.core.accounts.rules import AddressChanged, LinkPurpose
from dialogues.core.common.transaction import transaction
from dialogues.core.common.typed_addresses import mail_address
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.auth.throttle import ADDRESS_OF_ACCOUNT
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import N_, NotFound, Refusal
from dialogues.policy import OWN_ACCOUNT

#: Shown when the owner is not signed in, whether or not the link still works.
ELSEWHERE = N_("Sign in where you asked for the change, and open the link there.")
#: Shown for every link that cannot be used, for any reason.
LINK_NOT_USABLE = N_("This link was used already, is too old, or its address cannot be used. Ask for another one.")


def ask_for_address(viewer: Viewer, email: str, context: SignInContext) -> None:
    """Queue an email to the address that the viewer wants to use; replaces an earlier request.

    The response does not depend on whether the address has an account: that is checked when the email is composed.

    :raises NotFound: the account has a second factor, and the viewer has not just confirmed it for this purpose.
    :raises Refusal: not an email address, or already the viewer's own.
    """
    wanted = mail_address(email, field="email")
    with transaction(viewer, OWN_ACCOUNT):
        account = db.session.get(Account, viewer.account_id)
        if account is None or not queries.may_change_address(viewer, context.moment.real):
            raise NotFound
        if same_address(wanted) == account.email_norm:
            raise Refusal(N_("This is your address already."), field="email")
        if operations.count(context.caller.for_email_to(ADDRESS_OF_ACCOUNT, str(account.id)), context.moment.real):
            return
        operations.revoke_links(LinkPurpose.ADDRESS, [account.id], context.moment.real)
        account.wanted_email = wanted
        operations.enqueue_email(EmailKind.ADDRESS_CHECK, account.id, context.moment.service)


def change_address(viewer: Viewer, link_id: UUID, context: SignInContext) -> None:
    """Make the link's address the viewer's own; ends their other sign-ins and voids their emailed links.

    :raises Refusal: the link is for another account, used or expired, or the address is now taken.
    """
    now = context.moment.real
    if not viewer.signed_in or viewer.is_limited:
        raise Refusal(ELSEWHERE)
    with transaction(viewer, OWN_ACCOUNT) as change:
        link = queries.link_by_id(link_id, LinkPurpose.ADDRESS, now)
        # The owner may have mistyped the address, so the reader of that mailbox must not get the account.
        if link is None or link.subject != viewer.account_id:
            raise Refusal(ELSEWHERE)
        account = queries.account_in_use(viewer.account_id)
        if account is None or account.wanted_email is None or not operations.use_up(link_id, now):
            raise Refusal(LINK_NOT_USABLE)
        if queries.account_by_email(account.wanted_email) is not None:
            raise Refusal(LINK_NOT_USABLE)
        account.former_email, account.email = account.email, account.wanted_email
        account.email_norm, account.wanted_email = same_address(account.email), None
        operations.end_everything(account.id, now, but=viewer.sign_in_id)
        operations.enqueue_email(EmailKind.ADDRESS_CHANGED, account.id, context.moment.service, supersedes=False)
        change.record(AddressChanged(at=context.moment.service, about=account.id))
