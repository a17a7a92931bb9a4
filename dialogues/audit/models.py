"""The chain's tables: entries that stay for good, details that expire, and signed heads."""

from datetime import datetime

from sqlalchemy import DDL, ForeignKey, FromClause, Integer, LargeBinary, String, event
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.audit import triggers
from dialogues.audit.rules import Entry, Head
from dialogues.common.columns import Instant
from dialogues.extensions import Base


class AuditEntry(Base):
    """One thing that was done; the database refuses to change or delete it."""

    __tablename__ = "audit_entry"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(80))
    object: Mapped[str] = mapped_column(String(80), index=True)
    commitment: Mapped[str] = mapped_column(String(64))
    prev: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    @property
    def value(self) -> Entry:
        return Entry(self.seq, self.at, self.actor, self.action, self.object, self.commitment, self.prev, self.hash)


class AuditDetail(Base):
    """The facts of an entry, sealed; they expire, and the chain holds without them."""

    __tablename__ = "audit_detail"

    seq: Mapped[int] = mapped_column(ForeignKey("audit_entry.seq"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class AuditHead(Base):
    """A head that was signed, and handed to someone outside the host."""

    __tablename__ = "audit_head"

    size: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    signature: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def value(self) -> Head:
        return Head(self.size, self.root, self.at)


def _guard(table: FromClause) -> None:
    """Create the table's triggers with the table, where no migration does it."""
    for dialect in ("sqlite", "postgresql"):
        for statement in triggers.create_statements(dialect, str(table.description)):
            creation = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy left this constructor untyped.
            event.listen(table, "after_create", creation.execute_if(dialect=dialect))


for guarded in (AuditEntry, AuditDetail, AuditHead):
    _guard(guarded.__table__)
