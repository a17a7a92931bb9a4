"""Reads about accounts, sign-ins and secret links."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dialogues.accounts.models import Account, InstallationRoleHeld, SecretLink, SignIn
from dialogues.accounts.rules import (
    InstallationRole,
    KnownLink,
    LinkPurpose,
    LinkState,
    Proof,
    Terms,
    counts_as_staff,
    is_half,
    read_proofs,
    sha256,
)
from dialogues.common.text import same_address
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.policy import Standing

_STANDING = {InstallationRole.HOST: Standing.INSTALLATION_HOST, InstallationRole.OPENER: Standing.OPENER}
#: Last-seen is written no more often than this.
STAMP_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """A live sign-in as its cookie found it."""

    viewer: Viewer
    proofs: frozenset[Proof]
    half: bool
    stamp_due: bool


def stay(handle: str, terms: Terms, now: datetime) -> Stay | None:
    """The live sign-in with this handle; None when it ended, expired, was idle too long, or its account is disabled."""
    columns = (
        SignIn.id,
        SignIn.factors,
        SignIn.last_seen_at,
        Account.id.label("account_id"),
        Account.locale,
        Account.zone,
        InstallationRoleHeld.role,
    )
    rows = db.session.execute(
        _live(select(*columns), now)
        .outerjoin(InstallationRoleHeld, InstallationRoleHeld.account_id == Account.id)
        .where(SignIn.handle_sha256 == sha256(handle))
    ).all()
    if not rows:
        return None
    first, proofs = rows[0], read_proofs(rows[0].factors)
    if now - first.last_seen_at > terms.idle(proofs) or (Proof.DEMO in proofs and not terms.demo):
        return None
    viewer = Viewer(
        standings=_standings([row.role for row in rows], proofs),
        account_id=first.account_id,
        sign_in_id=first.id,
        as_staff=counts_as_staff(proofs),
        locale=first.locale,
        zone=first.zone,
    )
    return Stay(viewer, proofs, is_half(proofs), now - first.last_seen_at >= STAMP_EVERY)


def still_signed_in(viewer: Viewer, now: datetime) -> bool:
    """Whether the viewer's sign-in lives at this moment; asked again inside every transaction."""
    alive = _live(select(SignIn.id), now).where(SignIn.id == viewer.sign_in_id)
    return db.session.execute(alive).first() is not None


def account_by_email(email: str) -> Account | None:
    """The account with this address, in whatever spelling."""
    return db.session.execute(select(Account).where(Account.email_norm == same_address(email))).scalar_one_or_none()


def link(token: str, purpose: LinkPurpose, now: datetime) -> KnownLink | None:
    """The secret link of this purpose, whatever its state; None when there is none."""
    found = select(SecretLink).where(SecretLink.sha256 == sha256(token), SecretLink.purpose == purpose)
    return _known(db.session.execute(found).scalar_one_or_none(), now)


def any_link(token: str, purposes: frozenset[LinkPurpose], now: datetime) -> KnownLink | None:
    """The secret link with one of these purposes, whatever its state."""
    found = select(SecretLink).where(SecretLink.sha256 == sha256(token), SecretLink.purpose.in_(purposes))
    return _known(db.session.execute(found).scalar_one_or_none(), now)


def link_by_id(link_id: UUID, purpose: LinkPurpose, now: datetime) -> KnownLink | None:
    """The link that a browser exchanged for its cookie."""
    found = select(SecretLink).where(SecretLink.id == link_id, SecretLink.purpose == purpose)
    return _known(db.session.execute(found).scalar_one_or_none(), now)


def links_of(purpose: LinkPurpose, subject: UUID, now: datetime) -> list[KnownLink]:
    """The live links of this purpose about one subject, the oldest first."""
    found = select(SecretLink).where(SecretLink.subject == subject, SecretLink.purpose == purpose)
    rows = db.session.execute(found.order_by(SecretLink.created_at, SecretLink.id)).scalars()
    return [known for row in rows if (known := _known(row, now)) is not None and known.live]


def _live(columns: Any, now: datetime) -> Any:
    return columns.join_from(SignIn, Account, Account.id == SignIn.account_id).where(
        SignIn.ended_at.is_(None), SignIn.expires_at > now, Account.disabled_at.is_(None)
    )


def _standings(roles: list[InstallationRole | None], proofs: frozenset[Proof]) -> frozenset[Standing]:
    held = {_STANDING[role] for role in roles if role is not None} if counts_as_staff(proofs) else set()
    return frozenset({Standing.ANYONE, Standing.ACCOUNT, *held})


def _known(row: SecretLink | None, now: datetime) -> KnownLink | None:
    if row is None:
        return None
    return KnownLink(
        id=row.id,
        purpose=row.purpose,
        subject=row.subject,
        scope=row.scope,
        name=row.name,
        expires_at=row.expires_at,
        single_use=row.single_use,
        state=_state(row, now),
        last_used_on=row.last_used_on,
    )


def _state(row: SecretLink, now: datetime) -> LinkState:
    if row.revoked_at is not None:
        return LinkState.REVOKED
    if row.single_use and row.used_at is not None:
        return LinkState.USED
    return LinkState.EXPIRED if row.expires_at <= now else LinkState.LIVE
