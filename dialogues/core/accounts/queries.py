"""Reads about accounts, sign-ins and secret links."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select

from dialogues.core.accounts.models import Account, Factor, InstallationRoleHeld, SecretLink, SignIn
from dialogues.core.accounts.rules import (
    CHANGE_ADDRESS,
    RENEW_FACTOR,
    STEP_UP_LASTS,
    InstallationRole,
    KnownLink,
    LinkPurpose,
    Proof,
    Terms,
    counts_as_staff,
    needs_second_factor,
    read_proofs,
)
from dialogues.core.common.viewer import ANYONE, Viewer
from dialogues.extensions import db
from dialogues.lib.auth.tokens import sha256
from dialogues.lib.mail.addresses import same_address
from dialogues.policy import STAFF_INVITE, AccountKind

_ACCOUNT_KINDS = {InstallationRole.HOST: AccountKind.INSTALLATION_HOST, InstallationRole.OPENER: AccountKind.OPENER}
#: The last-seen time is written at most this often.
STAMP_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ActiveSignIn:
    viewer: Viewer
    proofs: frozenset[Proof]
    needs_second_factor: bool
    stamp_due: bool


def load_sign_in(handle: str, terms: Terms, now: datetime) -> ActiveSignIn | None:
    """The sign-in with this handle; None if it ended, expired, was idle too long, or its account is disabled."""
    by_handle = _live(
        select(
            SignIn.id,
            SignIn.factors,
            SignIn.last_seen_at,
            SignIn.participation_id,
            Account.id.label("account_id"),
            Account.locale,
            Account.zone,
            InstallationRoleHeld.role,
        ),
        now,
    ).outerjoin(InstallationRoleHeld, InstallationRoleHeld.account_id == Account.id)
    rows = db.session.execute(by_handle.where(SignIn.handle_sha256 == sha256(handle))).all()
    if not rows:
        return None
    first, proofs = rows[0], read_proofs(rows[0].factors)
    if now - first.last_seen_at > terms.idle(proofs) or (Proof.DEMO in proofs and not terms.demo):
        return None
    is_limited = first.participation_id is not None
    viewer = Viewer(
        account_kinds=ANYONE.account_kinds if is_limited else _account_kinds([row.role for row in rows], proofs),
        account_id=first.account_id,
        sign_in_id=first.id,
        as_staff=counts_as_staff(proofs) and not is_limited,
        limited_to=first.participation_id,
        locale=first.locale,
        zone=first.zone,
    )
    return ActiveSignIn(viewer, proofs, needs_second_factor(proofs), now - first.last_seen_at >= STAMP_EVERY)


def still_signed_in(viewer: Viewer, now: datetime) -> bool:
    alive = _live(select(SignIn.id), now).where(SignIn.id == viewer.sign_in_id)
    return db.session.execute(alive).first() is not None


def account_by_email(email: str) -> Account | None:
    """The account with this address, ignoring case and other differences of spelling."""
    return db.session.execute(select(Account).where(Account.email_norm == same_address(email))).scalar_one_or_none()


def is_staff(account_id: UUID | None, email: str) -> bool:
    """Whether the account with this id (or, if None, this address) is an enabled staff account."""
    account_filter = Account.id == account_id if account_id is not None else Account.email_norm == same_address(email)
    has_a_role = exists().where(InstallationRoleHeld.account_id == Account.id)
    found = select(Account.id).where(
        account_filter, Account.disabled_at.is_(None), or_(Account.staff_since.is_not(None), has_a_role)
    )
    return db.session.execute(found).first() is not None


def account_in_use(account_id: UUID | None) -> Account | None:
    found = select(Account).where(Account.id == account_id, Account.disabled_at.is_(None))
    return db.session.execute(found).scalar_one_or_none()


def link(token: str, purpose: LinkPurpose, now: datetime) -> KnownLink | None:
    return any_link(token, frozenset({purpose}), now)


def any_link(token: str, purposes: frozenset[LinkPurpose], now: datetime) -> KnownLink | None:
    found = select(SecretLink).where(SecretLink.sha256 == sha256(token), SecretLink.purpose.in_(purposes))
    return _known(db.session.execute(found).scalar_one_or_none(), now)


def link_by_id(link_id: UUID, purpose: LinkPurpose, now: datetime) -> KnownLink | None:
    found = select(SecretLink).where(SecretLink.id == link_id, SecretLink.purpose == purpose)
    return _known(db.session.execute(found).scalar_one_or_none(), now)


def links_of(purpose: LinkPurpose, subject: UUID, now: datetime) -> list[KnownLink]:
    """The live links of this purpose about one subject, oldest first."""
    found = select(SecretLink).where(SecretLink.subject == subject, SecretLink.purpose == purpose)
    rows = db.session.execute(found.order_by(SecretLink.created_at, SecretLink.id)).scalars()
    return [known for row in rows if (known := _known(row, now)) is not None and known.live]


def my_sign_ins(viewer: Viewer, terms: Terms, now: datetime) -> list[SignIn]:
    rows = db.session.execute(
        _live(select(SignIn), now)
        .where(SignIn.account_id == viewer.account_id)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id)
    ).scalars()
    kept = ((row, read_proofs(row.factors)) for row in rows)
    return [
        row for row, proofs in kept if not needs_second_factor(proofs) and now - row.last_seen_at <= terms.idle(proofs)
    ]


def own_account(viewer: Viewer) -> Account:
    return db.session.execute(select(Account).where(Account.id == viewer.account_id)).scalar_one()


def factor_of(account_id: UUID, *, confirmed: bool) -> Factor | None:
    """The account's confirmed second factor, or the one that is being set up."""
    kind = Factor.confirmed_at.is_not(None) if confirmed else Factor.confirmed_at.is_(None)
    found = select(Factor).where(Factor.account_id == account_id, kind).order_by(Factor.id).limit(1)
    return db.session.execute(found).scalar_one_or_none()


def has_factor(viewer: Viewer) -> bool:
    return viewer.account_id is not None and factor_of(viewer.account_id, confirmed=True) is not None


def factor_to_set_up(active: ActiveSignIn, now: datetime) -> Factor | None:
    """The second factor that this sign-in may set up: a first one after the password, a new one after a step-up.

    A password alone never shows the secret of a factor that replaces another one.
    """
    account_id = active.viewer.account_id
    if account_id is None:
        return None
    first = active.needs_second_factor and factor_of(account_id, confirmed=True) is None
    allowed = first or (not active.needs_second_factor and stepped_up(active.viewer, RENEW_FACTOR, now))
    return factor_of(account_id, confirmed=False) if allowed else None


def stepped_up(viewer: Viewer, purpose: str, now: datetime) -> bool:
    proved = select(SignIn.id).where(
        SignIn.id == viewer.sign_in_id,
        SignIn.stepped_up_for == purpose,
        SignIn.stepped_up_at > now - STEP_UP_LASTS,
        SignIn.ended_at.is_(None),
    )
    return db.session.execute(proved).first() is not None


def may_change_address(viewer: Viewer, now: datetime) -> bool:
    """Whether the viewer may request another address now; with a second factor, only after a step-up."""
    return not has_factor(viewer) or stepped_up(viewer, CHANGE_ADDRESS, now)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A staff account as the host of the installation sees it, without its work in dialogues."""

    account: Account
    roles: set[InstallationRole]
    has_factor: bool


def staff(viewer: Viewer) -> list[StaffMember]:
    """The staff accounts, by address. Participants' accounts are left out."""
    viewer.must(STAFF_INVITE)
    roles: dict[UUID, set[InstallationRole]] = {}
    for held in db.session.execute(select(InstallationRoleHeld)).scalars():
        roles.setdefault(held.account_id, set()).add(held.role)
    factors = set(db.session.execute(select(Factor.account_id).where(Factor.confirmed_at.is_not(None))).scalars())
    accounts = select(Account).where(
        or_(Account.password_hash.is_not(None), Account.staff_since.is_not(None), Account.id.in_(list(roles)))
    )
    return [
        StaffMember(account, roles.get(account.id, set()), account.id in factors)
        for account in db.session.execute(accounts.order_by(Account.email_norm)).scalars()
    ]


def _live(columns: Any, now: Any) -> Any:
    return columns.join_from(SignIn, Account, Account.id == SignIn.account_id).where(
        SignIn.ended_at.is_(None), SignIn.expires_at > now, Account.disabled_at.is_(None)
    )


def _account_kinds(roles: list[InstallationRole | None], proofs: frozenset[Proof]) -> frozenset[AccountKind]:
    held = {_ACCOUNT_KINDS[role] for role in roles if role is not None} if counts_as_staff(proofs) else set()
    return frozenset({AccountKind.ANYONE, AccountKind.ACCOUNT, *held})


def _known(row: SecretLink | None, now: datetime) -> KnownLink | None:
    if row is None:
        return None
    is_revoked = row.revoked_at is not None and row.revoked_at <= now
    is_used = row.single_use and row.used_at is not None
    is_live = not is_revoked and not is_used and row.expires_at > now
    return KnownLink(row.id, row.purpose, row.subject, row.name, row.expires_at, row.last_used_on, is_live)
