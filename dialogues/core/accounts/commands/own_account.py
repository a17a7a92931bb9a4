"""What a person changes about their own account."""

from uuid import UUID

from dialogues.core.accounts import operations, queries
from dialogues.core.accounts.commands.signing_in import SignInContext, count_try, take_code
from dialogues.core.accounts.models import Account
from dialogues.core.accounts.rules import RENEW_FACTOR, PasswordChosen, SignInsEnded, SteppedUp
from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.auth.hashing import Hasher
from dialogues.lib.auth.passwords import normal, refuse_weak
from dialogues.lib.refusal import N_, NotFound, Refusal
from dialogues.lib.text import same_address
from dialogues.lib.wall_time import zone
from dialogues.policy import OWN_ACCOUNT

_WRONG = N_("This is not your present password.")


def end_sign_in(viewer: Viewer, sign_in_id: UUID, way: SignInContext) -> None:
    """End one of the viewer's own sign-ins.

    :raises Unseen: it is not theirs, or has ended.
    """
    with transaction(viewer, OWN_ACCOUNT) as change:
        if sign_in_id not in {mine.id for mine in queries.my_sign_ins(viewer, way.terms, way.moment.real)}:
            raise NotFound
        operations.end_sign_in(sign_in_id, way.moment.real)
        change.record(SignInsEnded(at=way.moment.service, about=_own(viewer)))


def end_other_sign_ins(viewer: Viewer, way: SignInContext) -> None:
    """End all of the viewer's own sign-ins but the present one."""
    with transaction(viewer, OWN_ACCOUNT) as change:
        operations.end_sign_ins(_own(viewer), way.moment.real, but=viewer.sign_in_id)
        change.record(SignInsEnded(at=way.moment.service, about=_own(viewer)))


def change_password(viewer: Viewer, present: str, new: str, way: SignInContext, hasher: Hasher) -> str:
    """Change the password: every sign-in ends but this one, which gets a new handle.

    :raises Throttled: too many tries of the present password.
    :raises Busy: too many passwords are being hashed.
    :raises Refusal: the present password is wrong, or the new one is weak.
    """
    kept = check_password(viewer, present, way, hasher)
    refuse_weak(normal(new), about=(_account(viewer).email,))
    password_hash = hasher.hash(normal(new))
    with transaction(viewer, OWN_ACCOUNT) as change:
        account = _account(viewer)
        if account.password_hash != kept or viewer.sign_in_id is None:
            raise Refusal(_WRONG, field="present")
        account.password_hash = password_hash
        operations.end_everything(account.id, way.moment.real, but=viewer.sign_in_id)
        change.record(PasswordChosen(at=way.moment.service, about=account.id))
        return operations.renew_handle(viewer.sign_in_id)


def renew_factor(viewer: Viewer, way: SignInContext) -> None:
    """Have another second factor ready to be set up; the present one counts until a code confirmed the new one."""
    with transaction(viewer, OWN_ACCOUNT):
        if not queries.stepped_up(viewer, RENEW_FACTOR, way.moment.real):
            raise NotFound
        operations.prepare_factor(_own(viewer))


def choose_language_and_zone(viewer: Viewer, locale: str, zone_name: str) -> None:
    """In which language pages are shown and letters written, and which clock is shown beside the meeting's.

    :raises Refusal: there is no such zone.
    """
    with transaction(viewer, OWN_ACCOUNT):
        account = _account(viewer)
        account.zone = zone(zone_name).key if zone_name else None
        account.locale = locale


def step_up(viewer: Viewer, purpose: str, way: SignInContext, *, code: str, password: str, hasher: Hasher) -> str:
    """Prove again who asks, for one purpose and a few minutes; the sign-in gets a new handle.

    In the demonstration the question alone is asked.

    :raises Throttled: too many tries.
    :raises Busy: too many passwords are being checked.
    :raises Refusal: the password or the code is wrong.
    """
    if not way.terms.demo:
        check_password(viewer, password, way, hasher, field="password")
        count_try(way.caller.for_code(_own(viewer), way.moment.real), way.moment.real)
    with transaction(viewer, OWN_ACCOUNT) as change:
        if viewer.sign_in_id is None:
            raise NotFound
        if not way.terms.demo:
            take_code(queries.factor_of(_own(viewer), confirmed=True), code, way.moment.real)
        change.record(SteppedUp(at=way.moment.service, about=_own(viewer), purpose=purpose))
        return operations.renew_handle(viewer.sign_in_id, stepped_up_for=purpose, stepped_up_at=way.moment.real)


def check_password(viewer: Viewer, password: str, way: SignInContext, hasher: Hasher, field: str = "present") -> str:
    """Check the viewer's own password, and return the hash that it matched.

    :raises Throttled: too many tries.
    :raises Busy: too many passwords are being checked.
    :raises Refusal: it is wrong.
    """
    account = _account(viewer)
    kept = account.password_hash
    count_try(way.caller.for_password(same_address(account.email), way.moment.real), way.moment.real)
    if not hasher.matches(kept, normal(password)) or kept is None:
        raise Refusal(_WRONG, field=field)
    return kept


def _own(viewer: Viewer) -> UUID:
    if viewer.account_id is None:
        raise NotFound
    return viewer.account_id


def _account(viewer: Viewer) -> Account:
    account = db.session.get(Account, _own(viewer))
    if account is None:
        raise NotFound
    return account
