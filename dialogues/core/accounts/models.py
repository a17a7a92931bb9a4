"""Accounts, second factors, sign-ins and secret links."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.accounts.rules import FactorKind, InstallationRole, LinkPurpose
from dialogues.core.common.columns import Id, Instant, enum_column
from dialogues.extensions import Base


class Account(Base):
    """An account that can sign in; only its owner sees which persons belong to it."""

    __tablename__ = "account"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254))
    email_norm: Mapped[str] = mapped_column(String(254), unique=True)
    #: The address its owner wants to use, until a link sent there is opened; and the address used before.
    wanted_email: Mapped[str | None] = mapped_column(String(254))
    former_email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(10), default="en")
    zone: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: When the host of the installation invited it to the staff; None for accounts of participants.
    staff_since: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def has_password(self) -> bool:
        return self.password_hash is not None


class Factor(Base):
    """A second factor with an encrypted secret; `last_step` prevents the reuse of a code."""

    __tablename__ = "factor"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FactorKind] = mapped_column(enum_column(FactorKind))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class SignIn(Base):
    """A sign-in of one browser. The cookie holds the handle, the row only its SHA-256."""

    __tablename__ = "sign_in"

    id: Mapped[Id]
    handle_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    authenticated_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    factors: Mapped[list[str]] = mapped_column(JSON)
    browser: Mapped[str] = mapped_column(String(60), default="")
    stepped_up_for: Mapped[str | None] = mapped_column(String(120))
    stepped_up_at: Mapped[datetime | None] = mapped_column(Instant)
    #: For a limited sign-in (by invitation link): the one participation that it opens.
    participation_id: Mapped[UUID | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class SecretLink(Base):
    """A secret link; only its SHA-256 is stored. `subject` is the id it is about, and depends on `purpose`."""

    __tablename__ = "secret_link"
    __table_args__ = (Index("ix_secret_link_subject_purpose", "subject", "purpose"),)

    id: Mapped[Id]
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    subject: Mapped[UUID]
    scope: Mapped[str] = mapped_column(String(120), default="")
    name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    single_use: Mapped[bool] = mapped_column(default=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_on: Mapped[date | None]


class InstallationRoleHeld(Base):
    __tablename__ = "installation_role"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[InstallationRole] = mapped_column(enum_column(InstallationRole), primary_key=True)


class Throttle(Base):
    """Number of attempts within one time window; the bucket is a keyed hash."""

    __tablename__ = "throttle"

    bucket: Mapped[str] = mapped_column(String(80), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
