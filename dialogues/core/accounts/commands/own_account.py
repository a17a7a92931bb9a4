"""Changes of the viewer's own account."""

from uuid import UUID

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.commands.signing_in import SignInContext, count_attempt, use_code
from dialogues.core.accounts.models import Account
from dialogues.core.accounts.rules import RENEW_FACTOR, PasswordChosen, SignInsEnded, SteppedUp
from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.auth.hashing import Hasher
from dialogues.lib.auth.passwords import normal, refuse_weak
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import N_, NotFound, Refusal, or_not_found
from dialogues.lib.wall_time import zone
from dialogues.policy import OWN_ACCOUNT

_WRONG = N_("This is not your present password.")


def end_sign_in(viewer: Viewer, sign_in_id: UUID, context: SignInContext) -> None:
    """:raises NotFound: it is not theirs, or has ended."""
    with transaction(viewer, OWN_ACCOUNT) as change:
        if sign_in_id not in {mine.id for mine in queries.my_sign_ins(viewer, context.terms, context.moment.real)}:
            raise NotFound
        operations.end_sign_in(sign_in_id, context.moment.real)
        change.record(SignInsEnded(at=context.moment.service, about=_own(viewer)))


def end_other_sign_ins(viewer: Viewer, context: SignInContext) -> None:
    with transaction(viewer, OWN_ACCOUNT) as change:
        operations.end_sign_ins(_own(viewer), context.moment.real, but=viewer.sign_in_id)
        change.record(SignInsEnded(at=context.moment.service, about=_own(viewer)))


def change_password(viewer: Viewer, present: str, new: str, context: SignInContext, hasher: Hasher) -> str:
    """Change the password; ends all other sign-ins. Returns the new handle of the current one.

    :raises Throttled: too many attempts at the current password.
    :raises Busy: too many passwords are being hashed.
    :raises Refusal: the current password is wrong, or the new one is weak.
    """
    current_hash = check_password(viewer, present, context, hasher)
    refuse_weak(normal(new), about=(_account(viewer).email,))
    password_hash = hasher.hash(normal(new))
    with transaction(viewer, OWN_ACCOUNT) as change:
        account = _account(viewer)
        if account.password_hash != current_hash or viewer.sign_in_id is None:
            raise Refusal(_WRONG, field="present")
        account.password_hash = password_hash
        operations.end_everything(account.id, context.moment.real, but=viewer.sign_in_id)
        change.record(PasswordChosen(at=context.moment.service, about=account.id))
        return operations.renew_handle(viewer.sign_in_id)


def renew_factor(viewer: Viewer, context: SignInContext) -> None:
    """Prepare a new second factor. The old one stays valid until a code of the new one is confirmed."""
    with transaction(viewer, OWN_ACCOUNT):
        if not queries.stepped_up(viewer, RENEW_FACTOR, context.moment.real):
            raise NotFound
        operations.prepare_factor(_own(viewer))


def choose_language_and_zone(viewer: Viewer, locale: str, zone_name: str) -> None:
    """:raises Refusal: unknown time zone."""
    with transaction(viewer, OWN_ACCOUNT):
        account = _account(viewer)
        account.zone = zone(zone_name).key if zone_name else None
        account.locale = locale


def step_up(viewer: Viewer, purpose: str, context: SignInContext, *, code: str, password: str, hasher: Hasher) -> str:
    """Confirm the viewer's identity again, for one purpose and a few minutes. Returns the sign-in's new handle.

    The demo asks for a plain confirmation instead of password and code.

    :raises Throttled: too many attempts.
    :raises Busy: too many passwords are being checked.
    :raises Refusal: the password or the code is wrong.
    """
    if not context.terms.demo:
        check_password(viewer, password, context, hasher, field="password")
        count_attempt(context.caller.for_code(_own(viewer), context.moment.real), context.moment.real)
    with transaction(viewer, OWN_ACCOUNT) as change:
        if viewer.sign_in_id is None:
            raise NotFound
        if not context.terms.demo:
            use_code(queries.factor_of(_own(viewer), confirmed=True), code, context.moment.real)
        change.record(SteppedUp(at=context.moment.service, about=_own(viewer), purpose=purpose))
        return operations.renew_handle(viewer.sign_in_id, stepped_up_for=purpose, stepped_up_at=context.moment.real)


def check_password(
    viewer: Viewer, password: str, context: SignInContext, hasher: Hasher, field: str = "present"
) -> str:
    """Check the viewer's own password; returns the hash that it matched.

    :raises Throttled: too many attempts.
    :raises Busy: too many passwords are being checked.
    :raises Refusal: the password is wrong.
    """
    account = _account(viewer)
    current_hash = account.password_hash
    count_attempt(context.caller.for_password(same_address(account.email), context.moment.real), context.moment.real)
    if not hasher.matches(current_hash, normal(password)) or current_hash is None:
        raise Refusal(_WRONG, field=field)
    return current_hash


def _own(viewer: Viewer) -> UUID:
    return or_not_found(viewer.account_id)


def _account(viewer: Viewer) -> Account:
    return or_not_found(db.session.get(Account, _own(viewer)))
