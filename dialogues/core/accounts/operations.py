"""Writes about accounts, sign-ins and secret links that join the open transaction."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Delete, Update, delete, or_, select, true, update

from dialogues.core.accounts.models import Account, Factor, InstallationRoleHeld, SecretLink, SignIn, Throttle
from dialogues.core.accounts.rules import (
    LINK_LASTS,
    REPLACED_LINK_LASTS,
    FactorKind,
    InstallationRole,
    LinkPurpose,
    Proof,
)
from dialogues.core.common.stores import key_store
from dialogues.core.outbox.operations import enqueue
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.extensions import db
from dialogues.lib.auth import codes
from dialogues.lib.auth.throttle import Bucket
from dialogues.lib.auth.tokens import new_secret, sha256
from dialogues.lib.encryption.envelope import seal_text, unseal_text
from dialogues.lib.encryption.names import KeyName, Place
from dialogues.lib.mail.addresses import same_address


def seal_shared_secret(account_id: UUID, factor_id: UUID, shared_secret: str) -> bytes:
    return seal_text(key_store(), _key(account_id), _place(factor_id), shared_secret)


def unseal_shared_secret(account_id: UUID, factor_id: UUID, kept: bytes) -> str:
    return unseal_text(key_store(), _key(account_id), _place(factor_id), kept)


def _key(account_id: UUID) -> KeyName:
    return KeyName("totp", account_id)


def _place(factor_id: UUID) -> Place:
    return Place("factor", "secret", factor_id)


#: Counters of windows that closed longer ago are deleted.
_KEEP_COUNTERS = timedelta(days=2)


def mint_link(
    purpose: LinkPurpose,
    subject: UUID,
    *,
    expires_at: datetime,
    single_use: bool = True,
    name: str = "",
    now: datetime,
) -> str:
    """Create a secret link and return its secret; only the SHA-256 is stored."""
    secret = new_secret()
    db.session.add(
        SecretLink(
            sha256=sha256(secret),
            purpose=purpose,
            subject=subject,
            name=name,
            created_at=now,
            expires_at=expires_at,
            single_use=single_use,
        )
    )
    db.session.flush()
    return secret


def mint_only_link(purpose: LinkPurpose, account_id: UUID, now: datetime) -> str:
    """Create a link for an account; earlier links of the same purpose end in ten minutes.

    An earlier link that confirms an address ends at once, because it was sent to an address that is no longer wanted.
    """
    if purpose is LinkPurpose.ADDRESS:
        revoke_links(purpose, [account_id], now)
    else:
        replace_links(purpose, account_id, now)
    return mint_link(purpose, account_id, expires_at=now + LINK_LASTS[purpose], now=now)


def replace_links(purpose: LinkPurpose, subject: UUID, now: datetime) -> None:
    """End earlier unused links in ten minutes, not at once, because people who ask twice often open the first email."""
    _write(
        update(SecretLink)
        .where(SecretLink.purpose == purpose, SecretLink.subject == subject)
        .where(SecretLink.revoked_at.is_(None), SecretLink.used_at.is_(None))
        .values(revoked_at=now + REPLACED_LINK_LASTS)
    )


def void_unused_links(purpose: LinkPurpose, subjects: Collection[UUID], now: datetime) -> None:
    _write(
        update(SecretLink)
        .where(SecretLink.purpose == purpose, SecretLink.subject.in_(subjects))
        .where(or_(SecretLink.revoked_at.is_(None), SecretLink.revoked_at > now), SecretLink.used_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_links(purpose: LinkPurpose, subjects: Collection[UUID], now: datetime) -> None:
    """Void the unused links of this purpose about these subjects, and end limited sign-ins opened by such links."""
    void_unused_links(purpose, subjects, now)
    if purpose is LinkPurpose.REGISTRATION:
        opened = update(SignIn).where(SignIn.participation_id.in_(subjects), SignIn.ended_at.is_(None))
        _write(opened.values(ended_at=now))


def let_links_last(purpose: LinkPurpose, subjects: Collection[UUID], expires_at: datetime) -> None:
    about = (SecretLink.purpose == purpose, SecretLink.subject.in_(subjects), SecretLink.revoked_at.is_(None))
    _write(update(SecretLink).where(*about).values(expires_at=expires_at))


def revive_newest_link(purpose: LinkPurpose, subject: UUID, revoked_at: datetime, now: datetime) -> bool:
    """Make the newest link work again if it is unused and was voided exactly at `revoked_at`; False otherwise."""
    newest = select(SecretLink).where(SecretLink.purpose == purpose, SecretLink.subject == subject)
    link = db.session.execute(newest.order_by(SecretLink.created_at.desc(), SecretLink.id).limit(1)).scalar()
    if link is None or link.used_at is not None or link.revoked_at != revoked_at or link.expires_at <= now:
        return False
    link.revoked_at = None
    db.session.flush()
    return True


def revoke_link(link_id: UUID, now: datetime) -> None:
    _write(update(SecretLink).where(SecretLink.id == link_id, SecretLink.revoked_at.is_(None)).values(revoked_at=now))


def use_up(link_id: UUID, now: datetime) -> bool:
    """Use a single-use link. Of two simultaneous attempts, one returns True."""
    used = (
        update(SecretLink)
        .where(SecretLink.id == link_id, SecretLink.used_at.is_(None))
        .where(or_(SecretLink.revoked_at.is_(None), SecretLink.revoked_at > now), SecretLink.expires_at > now)
        .values(used_at=now)
    )
    return _write(used) == 1


def stamp_used(link_id: UUID, day: date) -> None:
    _write(update(SecretLink).where(SecretLink.id == link_id).values(last_used_on=day))


def open_sign_in(
    account_id: UUID,
    proofs: frozenset[Proof],
    *,
    now: datetime,
    longest: timedelta,
    browser: str = "",
    participation_id: UUID | None = None,
) -> str:
    """Create a sign-in and return its handle for the cookie; only the handle's SHA-256 is stored.

    :param participation_id: limits the sign-in to this participation.
    """
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
            participation_id=participation_id,
        )
    )
    db.session.flush()
    return handle


def end_sign_in(sign_in_id: UUID | None, now: datetime) -> None:
    _write(update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=now))


def end_sign_ins(account_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
    """End all sign-ins of an account, except `but`: after a new password, factor or address, or a lost role."""
    others = SignIn.id != but if but is not None else true()
    ended = update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), others)
    _write(ended.values(ended_at=now))


def end_everything(account_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
    """End all sign-ins of an account, except `but`, and void all its emailed links."""
    end_sign_ins(account_id, now, but=but)
    for purpose in LINK_LASTS:
        revoke_links(purpose, [account_id], now)


def store_last_seen(sign_in_id: UUID | None, now: datetime) -> None:
    _write(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))


def account_for(email: str, now: datetime) -> UUID:
    """The account with this address; created without a password if there is none, for sign-in by emailed link."""
    found = db.session.scalar(select(Account.id).where(Account.email_norm == same_address(email)))
    if found is not None:
        return found
    account = Account(email=email, email_norm=same_address(email), created_at=now)
    db.session.add(account)
    db.session.flush()
    return account.id


def count(buckets: Iterable[Bucket], now: datetime) -> list[Bucket]:
    """Count one attempt in each bucket; returns the buckets over their limit."""
    db.session.execute(delete(Throttle).where(Throttle.window_start < now - _KEEP_COUNTERS))
    full = []
    for bucket in buckets:
        key = (bucket.name, bucket.window_start(now))
        counter = db.session.get(Throttle, key)
        if counter is None:
            counter = Throttle(bucket=key[0], window_start=key[1], tries=0)
            db.session.add(counter)
        counter.tries += 1
        if counter.tries > bucket.limit.tries:
            full.append(bucket)
    db.session.flush()
    return full


def enqueue_email(kind: EmailKind, account_id: UUID | None, now: datetime, *, supersedes: bool = True) -> None:
    """Queue an email to an account; with `supersedes`, it replaces an earlier one that is not sent yet.

    Without an account the worker drops it. So a request for an unknown address costs the same as for a known one.
    """
    subject = f"{kind.value}:{account_id or uuid4()}"
    # One order for all emails of this kind, not by time: if the clock is set back, an email would never be sent.
    order = subject if supersedes else None
    request = EmailRequest(
        kind=kind,
        dedup_key=f"{subject}:{uuid4()}",
        queued_at=now,
        account_id=account_id,
        order_key=order,
        supersedes=supersedes,
    )
    enqueue(request)


def prepare_factor(account_id: UUID) -> None:
    """Prepare a second factor; it is active once a code has confirmed it."""
    drop_factors(account_id, confirmed=False)
    factor_id = uuid4()
    secret = seal_shared_secret(account_id, factor_id, codes.new_shared_secret())
    db.session.add(Factor(id=factor_id, account_id=account_id, kind=FactorKind.TOTP, secret=secret))
    db.session.flush()


def drop_factors(account_id: UUID, *, confirmed: bool) -> None:
    kind = Factor.confirmed_at.is_not(None) if confirmed else Factor.confirmed_at.is_(None)
    _write(delete(Factor).where(Factor.account_id == account_id, kind))


def use_time_step(factor_id: UUID, step: int) -> bool:
    """Use up a time step; False if this or a later one was already used."""
    return _write(update(Factor).where(Factor.id == factor_id, Factor.last_step < step).values(last_step=step)) == 1


def renew_handle(sign_in_id: UUID, **changes: Any) -> str:
    handle = new_secret()
    _write(update(SignIn).where(SignIn.id == sign_in_id).values(handle_sha256=sha256(handle), **changes))
    return handle


def make_staff(account_id: UUID, now: datetime) -> None:
    _write(update(Account).where(Account.id == account_id, Account.staff_since.is_(None)).values(staff_since=now))


def give_installation_role(account_id: UUID, role: InstallationRole) -> bool:
    if db.session.get(InstallationRoleHeld, (account_id, role)) is not None:
        return False
    db.session.add(InstallationRoleHeld(account_id=account_id, role=role))
    db.session.flush()
    return True


def take_installation_role(account_id: UUID, role: InstallationRole) -> bool:
    held = (InstallationRoleHeld.account_id == account_id, InstallationRoleHeld.role == role)
    return _write(delete(InstallationRoleHeld).where(*held)) == 1


def _write(statement: Update | Delete) -> int:
    return cast(CursorResult[Any], db.session.execute(statement)).rowcount
