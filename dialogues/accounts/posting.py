"""The writes about accounts, sign-ins and secret links that join an open transaction."""

from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Update, select, update

from dialogues.accounts.models import Account, InstallationRoleHeld, SecretLink, SignIn
from dialogues.accounts.rules import LINK_LASTS, InstallationRole, LinkPurpose, Proof, new_secret, sha256
from dialogues.common.text import same_address
from dialogues.extensions import db


def mint_link(
    purpose: LinkPurpose,
    subject: UUID,
    *,
    expires_at: datetime,
    single_use: bool = True,
    scope: str = "",
    name: str = "",
    now: datetime,
) -> str:
    """A new secret for an address; only its SHA-256 is kept."""
    secret = new_secret()
    db.session.add(
        SecretLink(
            sha256=sha256(secret),
            purpose=purpose,
            subject=subject,
            scope=scope,
            name=name,
            created_at=now,
            expires_at=expires_at,
            single_use=single_use,
        )
    )
    db.session.flush()
    return secret


def mint_only_link(purpose: LinkPurpose, account_id: UUID, now: datetime) -> str:
    """A new link for an account that voids the older ones of its purpose."""
    revoke_links(purpose, account_id, now)
    return mint_link(purpose, account_id, expires_at=now + LINK_LASTS[purpose], now=now)


def revoke_links(purpose: LinkPurpose, subject: UUID, now: datetime) -> None:
    """Void every link of this purpose about the subject that was not used yet."""
    _write(
        update(SecretLink)
        .where(SecretLink.purpose == purpose, SecretLink.subject == subject)
        .where(SecretLink.revoked_at.is_(None), SecretLink.used_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_link(link_id: UUID, now: datetime) -> None:
    """Void one link."""
    _write(update(SecretLink).where(SecretLink.id == link_id, SecretLink.revoked_at.is_(None)).values(revoked_at=now))


def use_up(link_id: UUID, now: datetime) -> bool:
    """Use a single-use link; of two who try at the same moment, one succeeds."""
    used = (
        update(SecretLink)
        .where(SecretLink.id == link_id, SecretLink.used_at.is_(None))
        .where(SecretLink.revoked_at.is_(None), SecretLink.expires_at > now)
        .values(used_at=now)
    )
    return _write(used) == 1


def stamp_used(link_id: UUID, day: date) -> None:
    """Note the day on which a lasting link was used last."""
    _write(update(SecretLink).where(SecretLink.id == link_id).values(last_used_on=day))


def open_sign_in(
    account_id: UUID, proofs: frozenset[Proof], *, now: datetime, longest: timedelta, browser: str = ""
) -> str:
    """Open a sign-in and return its handle for the cookie; only the handle's SHA-256 is kept."""
    handle = new_secret()
    db.session.add(
        SignIn(
            handle_sha256=sha256(handle),
            account_id=account_id,
            created_at=now,
            last_seen_at=now,
            authenticated_at=now,
            expires_at=now + longest,
            factors=sorted(proof.value for proof in proofs),
            browser=browser,
        )
    )
    db.session.flush()
    return handle


def end_sign_in(sign_in_id: UUID, now: datetime) -> None:
    """End one sign-in; its cookie is dead from here on."""
    _write(update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=now))


def end_sign_ins(account_id: UUID, now: datetime) -> None:
    """End all sign-ins of an account: after a new password, factor or address, disabling, a lost role."""
    _write(update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None)).values(ended_at=now))


def stamp_seen(sign_in_id: UUID, now: datetime) -> None:
    """Note that a sign-in was used just now."""
    _write(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))


def account_for(email: str, now: datetime) -> UUID:
    """The account with this address; made if there is none. It can sign in by mailed link and has no password."""
    found = db.session.scalar(select(Account.id).where(Account.email_norm == same_address(email)))
    if found is not None:
        return found
    account = Account(email=email, email_norm=same_address(email), created_at=now)
    db.session.add(account)
    db.session.flush()
    return account.id


def give_installation_role(account_id: UUID, role: InstallationRole) -> bool:
    """Make an account host of the installation, or let it open dialogues; False if it was and may already."""
    if db.session.get(InstallationRoleHeld, (account_id, role)) is not None:
        return False
    db.session.add(InstallationRoleHeld(account_id=account_id, role=role))
    db.session.flush()
    return True


def _write(statement: Update) -> int:
    return cast(CursorResult[Any], db.session.execute(statement)).rowcount
