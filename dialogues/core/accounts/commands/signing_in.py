"""Ways in: a password with a second factor, or a mailed link; known and unknown cost the same."""

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
    is_half,
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
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.text import same_address
from dialogues.policy import SIGN_IN

_NO_MATCH = N_("The address and the password do not match. Check both, or have a new password mailed.")
_WRONG_CODE = N_("This code is not right now. Wait for the next one and type that.")
_SPENT = N_("This link was used already, or is too old. Have a new one mailed.")
_LIMIT = {EmailKind.SIGN_IN_LINK: LINK_TO_ACCOUNT, EmailKind.PASSWORD_RESET: RESET_OF_ACCOUNT}


@dataclass(frozen=True, slots=True)
class SignInContext:
    """What every way in needs to know: from where, on which terms, and when."""

    caller: Caller
    terms: Terms
    moment: Moment


def by_password(email: str, password: str, way: SignInContext, hasher: Hasher) -> str:
    """The handle of a new sign-in, half open until the second factor is shown.

    :raises Throttled: too many tries, right or wrong.
    :raises Busy: too many passwords are being checked.
    :raises Refusal: the two do not match, or the account is not in use; nobody learns which.
    """
    count_try(way.caller.for_password(same_address(email), way.moment.real), way.moment.real)
    account = queries.account_by_email(email)
    kept = account.password_hash if account is not None and account.disabled_at is None else None
    password = normal(password)
    if not hasher.matches(kept, password) or account is None or kept is None:
        raise Refusal(_NO_MATCH)
    renewed = hasher.hash(password) if hasher.is_dated(kept) else kept
    account_id = account.id
    with transaction(ANYONE, SIGN_IN) as change:
        present = _account(account_id)
        if present.disabled_at is not None or present.password_hash != kept:
            raise Refusal(_NO_MATCH)
        present.password_hash = renewed
        return _open_by_password(change, account_id, way)


def by_code(stay: ActiveSignIn, code: str, way: SignInContext) -> str:
    """The handle of the whole sign-in, once the second factor is shown; the half one ends.

    :raises Throttled: too many tries.
    :raises Refusal: the code is wrong, or was used.
    """
    account_id = _account_of(stay)
    count_try(way.caller.for_code(account_id, way.moment.real), way.moment.real)
    with transaction(stay.viewer, SIGN_IN) as change:
        take_code(queries.factor_of(account_id, confirmed=True), code, way.moment.real)
        _end(stay, way.moment.real)
        return _open(change, account_id, frozenset({Proof.PASSWORD, Proof.TOTP}), way)


def by_link(link_id: UUID, way: SignInContext) -> str:
    """The handle of a new sign-in; the mailed link is used up.

    :raises Refusal: it was used, is too old, or its account is not in use.
    """
    now = way.moment.real
    with transaction(ANYONE, SIGN_IN) as change:
        link = queries.link_by_id(link_id, LinkPurpose.SIGN_IN, now)
        if link is None or not operations.use_up(link_id, now) or _account(link.subject).disabled_at is not None:
            raise Refusal(_SPENT)
        return _open(change, link.subject, way.terms.proofs(Proof.LINK), way)


def choose_password(link_id: UUID, purpose: LinkPurpose, password: str, way: SignInContext, hasher: Hasher) -> str:
    """Set the password that a mailed link admits to; every sign-in ends, and a new one begins, half open.

    A second factor stays as it is: who has only the mailbox gets no further than its question.

    :raises Busy: too many passwords are being hashed.
    :raises Refusal: the password is weak, or the link was used or is too old.
    """
    now = way.moment.real
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
        change.record(PasswordChosen(at=way.moment.service, about=account_id))
        return _open_by_password(change, account_id, way)


def confirm_factor(stay: ActiveSignIn, code: str, way: SignInContext) -> str:
    """Let the second factor that was set up count; older ones and all sign-ins end, a new one begins.

    :raises Throttled: too many tries.
    :raises Refusal: the code is wrong.
    """
    account_id, now = _account_of(stay), way.moment.real
    count_try(way.caller.for_code(account_id, now), now)
    with transaction(stay.viewer, SIGN_IN) as change:
        new = take_code(queries.factor_to_set_up(stay, now), code, now)
        operations.drop_factors(account_id, confirmed=True)
        operations.confirm_factor(new, now)
        operations.end_sign_ins(account_id, now)
        change.record(FactorConfirmed(at=way.moment.service, about=account_id))
        return _open(change, account_id, frozenset({Proof.PASSWORD, Proof.TOTP}), way)


def ask_for_email(kind: EmailKind, email: str, way: SignInContext) -> None:
    """Owe a letter with a link to whoever has this address; if nobody has, nobody learns it.

    :raises Throttled: too many letters were asked for from here.
    """
    now = way.moment.real
    count_try(way.caller.for_letter(now), now)
    with upkeep(system(Purpose.SIGN_IN)):
        full = operations.count(way.caller.for_letter_to(_LIMIT[kind], same_address(email)), now)
        account = queries.account_by_email(email)
        if account is not None and not full and _may_have(kind, account):
            operations.enqueue_email(kind, account.id, way.moment.service)
    state().wake()


def sign_out(stay: ActiveSignIn, now: datetime) -> None:
    """End the sign-in; its cookie is dead wherever it was copied to."""
    with upkeep(system(Purpose.SIGN_IN)):
        _end(stay, now)


def count_try(buckets: tuple[Bucket, ...], now: datetime) -> None:
    """Count a try before it is made, so that parallel tries count too; if it cannot be counted, it is not made.

    :raises Throttled: one of the buckets is full.
    """
    with upkeep(system(Purpose.SIGN_IN)):
        full = operations.count(buckets, now)
    if full:
        raise Throttled(max(bucket.window_start(now) + bucket.limit.window for bucket in full) - now)


def take_code(factor: Factor | None, code: str, now: datetime) -> UUID:
    """Use up a code of a second factor, in the open transaction; return the factor's id.

    :raises Refusal: there is none, the code is wrong, or its time step was used before.
    """
    if factor is None:
        raise Refusal(_WRONG_CODE, field="code")
    shared_secret = operations.unseal_shared_secret(factor.account_id, factor.id, factor.secret)
    step = codes.step_of(shared_secret, code, now)
    if step is None or not operations.take_step(factor.id, step):
        raise Refusal(_WRONG_CODE, field="code")
    return factor.id


def _open_by_password(change: Change, account_id: UUID, way: SignInContext) -> str:
    has_factor = queries.factor_of(account_id, confirmed=True) is not None
    proofs = frozenset({Proof.PASSWORD}) if has_factor else way.terms.proofs(Proof.PASSWORD)
    if not has_factor and is_half(proofs):
        operations.prepare_factor(account_id)
    return _open(change, account_id, proofs, way)


def _open(change: Change, account_id: UUID, proofs: frozenset[Proof], way: SignInContext) -> str:
    if not is_half(proofs):
        shown = tuple(sorted(proof.value for proof in proofs))
        change.record(SignInOpened(at=way.moment.service, about=account_id, proofs=shown))
    return operations.open_sign_in(
        account_id, proofs, now=way.moment.real, longest=way.terms.longest(proofs), browser=way.caller.browser
    )


def _may_have(kind: EmailKind, account: Account) -> bool:
    return account.disabled_at is None and (kind is EmailKind.SIGN_IN_LINK or account.password_hash is not None)


def _account(account_id: UUID) -> Account:
    account = db.session.get(Account, account_id)
    if account is None:
        raise Refusal(_SPENT)
    return account


def _account_of(stay: ActiveSignIn) -> UUID:
    if stay.viewer.account_id is None:
        raise Refusal(_NO_MATCH)
    return stay.viewer.account_id


def _end(stay: ActiveSignIn, now: datetime) -> None:
    if stay.viewer.sign_in_id is not None:
        operations.end_sign_in(stay.viewer.sign_in_id, now)
