"""Commands of the host of the installation about staff accounts."""

from uuid import UUID

from dialogues.core.accounts import operations
from dialogues.core.accounts.models import Account
from dialogues.core.accounts.rules import (
    AccountDisabled,
    AccountEnabled,
    FactorsReset,
    InstallationRole,
    InstallationRoleGiven,
    InstallationRoleTaken,
    Moment,
    StaffInvited,
)
from dialogues.core.common.transaction import transaction
from dialogues.core.common.typed_addresses import mail_address
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal, or_not_found
from dialogues.policy import STAFF_INVITE


def invite(viewer: Viewer, email: str, *, may_open: bool, moment: Moment) -> None:
    """:raises Refusal: not an email address, or its account is disabled."""
    address = mail_address(email, field="email")
    with transaction(viewer, STAFF_INVITE) as change:
        account_id = operations.account_for(address, moment.real)
        if _account(account_id).disabled_at is not None:
            raise Refusal(N_("This account is disabled. Enable it first."), field="email")
        operations.make_staff(account_id, moment.real)
        if may_open and operations.give_installation_role(account_id, InstallationRole.OPENER):
            change.record(InstallationRoleGiven(at=moment.service, about=account_id, role=InstallationRole.OPENER))
        operations.enqueue_email(EmailKind.STAFF_INVITATION, account_id, moment.service)
        change.record(StaffInvited(at=moment.service, about=account_id))


def invite_again(viewer: Viewer, account_id: UUID, moment: Moment) -> None:
    """Send the invitation again; the previous link ends shortly after the new email is sent.

    :raises Refusal: the invitation was already accepted.
    """
    with transaction(viewer, STAFF_INVITE) as change:
        if _staff(account_id).password_hash is not None:
            raise Refusal(N_("This invitation was taken up already."))
        operations.enqueue_email(EmailKind.STAFF_INVITATION, account_id, moment.service)
        change.record(StaffInvited(at=moment.service, about=account_id))


def let_open_dialogues(viewer: Viewer, account_id: UUID, moment: Moment) -> None:
    """Allow an account to open dialogues; it becomes the first coordinator of each dialogue it opens."""
    with transaction(viewer, STAFF_INVITE) as change:
        if operations.give_installation_role(_staff(account_id).id, InstallationRole.OPENER):
            change.record(InstallationRoleGiven(at=moment.service, about=account_id, role=InstallationRole.OPENER))


def stop_opening_dialogues(viewer: Viewer, account_id: UUID, moment: Moment) -> None:
    """Stop an account from opening dialogues; ends its sign-ins and keeps the dialogues it opened."""
    with transaction(viewer, STAFF_INVITE) as change:
        if operations.take_installation_role(_staff(account_id).id, InstallationRole.OPENER):
            operations.end_sign_ins(account_id, moment.real, but=viewer.sign_in_id)
            change.record(InstallationRoleTaken(at=moment.service, about=account_id, role=InstallationRole.OPENER))


def disable(viewer: Viewer, account_id: UUID, moment: Moment) -> None:
    """:raises Refusal: it is the viewer's own account."""
    with transaction(viewer, STAFF_INVITE) as change:
        if account_id == viewer.account_id:
            raise Refusal(N_("This is your own account: another host of the installation can disable it."))
        _staff(account_id).disabled_at = moment.real
        operations.end_everything(account_id, moment.real)
        change.record(AccountDisabled(at=moment.service, about=account_id))


def enable(viewer: Viewer, account_id: UUID, moment: Moment) -> None:
    with transaction(viewer, STAFF_INVITE) as change:
        _staff(account_id).disabled_at = None
        change.record(AccountEnabled(at=moment.service, about=account_id))


def reset(viewer: Viewer, account_id: UUID, moment: Moment) -> None:
    """:raises Refusal: it is the viewer's own account."""
    with transaction(viewer, STAFF_INVITE) as change:
        if account_id == viewer.account_id:
            raise Refusal(N_("This is your own account: set up a new second factor on your account page."))
        _staff(account_id).password_hash = None
        operations.drop_factors(account_id, confirmed=True)
        operations.end_everything(account_id, moment.real)
        operations.enqueue_email(EmailKind.STAFF_INVITATION, account_id, moment.service)
        change.record(FactorsReset(at=moment.service, about=account_id))


def _staff(account_id: UUID) -> Account:
    """:raises NotFound: there is no such account, or it is not a staff account."""
    account = _account(account_id)
    if account.staff_since is None:
        raise NotFound
    return account


def _account(account_id: UUID) -> Account:
    return or_not_found(db.session.get(Account, account_id))
