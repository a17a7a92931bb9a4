"""Emails to send, as rows written in the transaction of their cause."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, enum_column
from dialogues.core.outbox.rules import EmailKind, EmailState
from dialogues.extensions import Base


class Email(Base):
    """An email to one recipient; composed once and stored encrypted. `facts` are ids, never text.

    `maybe_sent`: an attempt may have reached the server, so every later one sends the same bytes.

    `order_key` and `sequence` order the emails about one subject, such as a calendar entry. If a newer one replaces an
    email while it is being sent (`overtaken`), a failed attempt is not repeated. `due_at` and the lease are machine
    time; `due_at` None means at once.
    """

    __tablename__ = "email"
    __table_args__ = (
        Index("ix_email_due", "state", "due_at"),
        Index("ix_email_listed_under", "listed_under"),
        Index("ix_email_order", "order_key", "sequence"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dedup_key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[EmailKind] = mapped_column(enum_column(EmailKind))
    dialogue_id: Mapped[UUID | None]
    listed_under: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    order_key: Mapped[str | None] = mapped_column(String(80))
    sequence: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str | None] = mapped_column(String(254))
    sender: Mapped[str | None] = mapped_column(String(254))
    sealed_bytes: Mapped[bytes | None] = mapped_column(LargeBinary)
    bytes_sha256: Mapped[str | None] = mapped_column(String(64))
    has_secret: Mapped[bool] = mapped_column(default=False)
    maybe_sent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[EmailState] = mapped_column(enum_column(EmailState), default=EmailState.QUEUED)
    queued_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(200), default="")
    lease_token: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    overtaken: Mapped[bool] = mapped_column(default=False)
