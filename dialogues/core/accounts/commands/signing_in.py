"""Sign-in by password and second factor, or by emailed link. Known and unknown addresses take equally long."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.models import Account, Factor
from dialogues.core.accounts.queries import ActiveSignIn
from dialogues.core.accounts.rules import (
    FactorConfirmed,
    LinkPurpose,
    Moment,
    PasswordChosen,
    Proof,
    SignInOpened,
    Terms,
    needs_second_factor,
)
from dialogues.core.common.state import state
from dialogues.core.common.transaction import Change, transaction, upkeep
from dialogues.core.common.viewer import ANYONE, Purpose, system
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.auth import codes
from dialogues.lib.auth.hashing import Hasher
from dialogues.lib.auth.passwords import normal, refuse_weak
from dialogues.lib.auth.throttle import LINK_TO_ACCOUNT, RESET_OF_ACCOUNT, Bucket, Caller, Throttled
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import N_, Refusal
from dialogues.policy import SIGN_IN

_NO_MATCH = N_("The address and the password do not match. Check both, or have a new password mailed.")
_WRONG_CODE = N_("This code is not right now. Wait for the next one and type that.")
_SPENT = N_("This link was used already, or is too old. Have a new one mailed.")
_LIMIT = {EmailKind.SIGN_IN_LINK: LINK_TO_ACCOUNT, EmailKind.PASSWORD_RESET: RESET_OF_ACCOUNT}


@dataclass(frozen=True, slots=True)
class SignInContext:
    caller: Caller
    terms: Terms
    moment: Moment


def by_password(email: str, password: str, context: SignInContext, hasher: Hasher) -> str:
    """Sign in by password; returns the sign-in's handle. It opens nothing until the second factor is confirmed.

    :raises Throttled: too many attempts, right or wrong.
    :raises Busy: too many passwords are being checked.
    :raises Refusal: the two do not match, or the account is disabled; the message does not tell which.
    """
    count_attempt(context.caller.for_password(same_address(email), context.moment.real), context.moment.real)
    account = queries.account_by_email(email)
    current_hash = account.password_hash if account is not None and account.disabled_at is None else None
    password = normal(password)
    if not hasher.matches(current_hash, password) or account is None or current_hash is None:
        raise Refusal(_NO_MATCH)
    renewed = hasher.hash(password) if hasher.needs_rehash(current_hash) else current_hash
    account_id = account.id
    with transaction(ANYONE, SIGN_IN) as change:
        present = _account(account_id)
        if present.disabled_at is not None or present.password_hash != current_hash:
            raise Refusal(_NO_MATCH)
        present.password_hash = renewed
        return _open_by_password(change, account_id, context)


def by_code(active: ActiveSignIn, code: str, context: SignInContext) -> str:
    """Confirm the second factor; returns the handle of a full sign-in and ends the incomplete one.

    :raises Throttled: too many attempts.
    :raises Refusal: the code is wrong or already used.
    """
    account_id = _account_of(active)
    count_attempt(context.caller.for_code(account_id, context.moment.real), context.moment.real)
    with transaction(active.viewer, SIGN_IN) as change:
        use_code(queries.factor_of(account_id, confirmed=True), code, context.moment.real)
        operations.end_sign_in(active.viewer.sign_in_id, context.moment.real)
        return _open(change, account_id, frozenset({Proof.PASSWORD, Proof.TOTP}), context)


def by_link(link_id: UUID, context: SignInContext) -> str:
    """:raises Refusal: the link is used or expired, or its account is disabled."""
    now = context.moment.real
    with transaction(ANYONE, SIGN_IN) as change:
        link = queries.link_by_id(link_id, LinkPurpose.SIGN_IN, now)
        if link is None or not operations.use_up(link_id, now) or _account(link.subject).disabled_at is not None:
            raise Refusal(_SPENT)
        return _open(change, link.subject, context.terms.proofs(Proof.LINK), context)


def choose_password(link_id: UUID, purpose: LinkPurpose, password: str, context: SignInContext, hasher: Hasher) -> str:
    """Set the password by an emailed link; ends all sign-ins and returns the handle of a new one.

    A confirmed second factor stays, so access to the mailbox alone is not enough to sign in.

    :raises Busy: too many passwords are being hashed.
    :raises Refusal: the password is weak, or the link is used or expired.
    """
    now = context.moment.real
    link = queries.link_by_id(link_id, purpose, now)
    if link is None or not link.live:
        raise Refusal(_SPENT)
    account_id = link.subject
    refuse_weak(normal(password), about=(_account(account_id).email,))
    password_hash = hasher.hash(normal(password))
    with transaction(ANYONE, SIGN_IN) as change:
        account = _account(account_id)
        if account.disabled_at is not None or not operations.use_up(link_id, now):
            raise Refusal(_SPENT)
        account.password_hash = password_hash
        operations.end_everything(account_id, now)
        change.record(PasswordChosen(at=context.moment.service, about=account_id))
        return _open_by_password(change, account_id, context)


def confirm_factor(active: ActiveSignIn, code: str, context: SignInContext) -> str:
    """Activate the new second factor: deletes older ones, ends all sign-ins, and returns the handle of a new one.

    :raises Throttled: too many attempts.
    :raises Refusal: the code is wrong.
    """
    account_id, now = _account_of(active), context.moment.real
    count_attempt(context.caller.for_code(account_id, now), now)
    with transaction(active.viewer, SIGN_IN) as change:
        new = use_code(queries.factor_to_set_up(active, now), code, now)
        operations.drop_factors(account_id, confirmed=True)
        db.session.get_one(Factor, new).confirmed_at = now
        operations.end_sign_ins(account_id, now)
        change.record(FactorConfirmed(at=context.moment.service, about=account_id))
        return _open(change, account_id, frozenset({Proof.PASSWORD, Proof.TOTP}), context)


def ask_for_email(kind: EmailKind, email: str, context: SignInContext) -> None:
    """Queue an email with a link if an account has this address; the response never tells whether one does.

    :raises Throttled: too many emails were requested from this network address.
    """
    now = context.moment.real
    count_attempt(context.caller.for_email_request(now), now)
    with upkeep(system(Purpose.SIGN_IN)):
        full = operations.count(context.caller.for_email_to(_LIMIT[kind], same_address(email)), now)
        account = queries.account_by_email(email)
        account_id = account.id if account is not None and _may_have(kind, account) else None
        if not full:
            operations.enqueue_email(kind, account_id, context.moment.service)
    state().wake()


def sign_out(active: ActiveSignIn, now: datetime) -> None:
    """End the sign-in; copies of its cookie no longer work."""
    with upkeep(system(Purpose.SIGN_IN)):
        operations.end_sign_in(active.viewer.sign_in_id, now)


def count_attempt(buckets: tuple[Bucket, ...], now: datetime) -> None:
    """Count an attempt before it is made, so that parallel attempts count too.

    :raises Throttled: a limit is reached.
    """
    with upkeep(system(Purpose.SIGN_IN)):
        full = operations.count(buckets, now)
    if full:
        raise Throttled(max(bucket.window_start(now) + bucket.limit.window for bucket in full) - now)


def use_code(factor: Factor | None, code: str, now: datetime) -> UUID:
    """:raises Refusal: there is no factor, the code is wrong, or its time step was already used."""
    if factor is None:
        raise Refusal(_WRONG_CODE, field="code")
    shared_secret = operations.unseal_shared_secret(factor.account_id, factor.id, factor.secret)
    step = codes.matching_step(shared_secret, code, now)
    if step is None or not operations.use_time_step(factor.id, step):
        raise Refusal(_WRONG_CODE, field="code")
    return factor.id


def _open_by_password(change: Change, account_id: UUID, context: SignInContext) -> str:
    has_factor = queries.factor_of(account_id, confirmed=True) is not None
    proofs = frozenset({Proof.PASSWORD}) if has_factor else context.terms.proofs(Proof.PASSWORD)
    if not has_factor and needs_second_factor(proofs):
        operations.prepare_factor(account_id)
    return _open(change, account_id, proofs, context)


def _open(change: Change, account_id: UUID, proofs: frozenset[Proof], context: SignInContext) -> str:
    if not needs_second_factor(proofs):
        shown = tuple(sorted(proof.value for proof in proofs))
        change.record(SignInOpened(at=context.moment.service, about=account_id, proofs=shown))
    return operations.open_sign_in(
        account_id,
        proofs,
        now=context.moment.real,
        longest=context.terms.longest(proofs),
        browser=context.caller.browser,
    )


def _may_have(kind: EmailKind, account: Account) -> bool:
    return account.disabled_at is None and (kind is EmailKind.SIGN_IN_LINK or account.password_hash is not None)


def _account(account_id: UUID) -> Account:
    account = db.session.get(Account, account_id)
    if account is None:
        raise Refusal(_SPENT)
    return account


def _account_of(active: ActiveSignIn) -> UUID:
    if active.viewer.account_id is None:
        raise Refusal(_NO_MATCH)
    return active.viewer.account_id
