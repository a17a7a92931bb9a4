"""Tables of the audit log, and triggers that refuse changes, for both engines; models and migrations share them."""

from datetime import datetime

from sqlalchemy import DDL, ForeignKey, FromClause, Integer, LargeBinary, String, event
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.audit.rules import Entry, Head
from dialogues.core.common.columns import Instant
from dialogues.extensions import Base


class AuditEntry(Base):
    """One entry of the chain; the database refuses to change or delete it."""

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
    """The facts of an entry, encrypted; they expire, and the chain stays verifiable without them."""

    __tablename__ = "audit_detail"

    seq: Mapped[int] = mapped_column(ForeignKey("audit_entry.seq"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class AuditHead(Base):
    __tablename__ = "audit_head"

    size: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    signature: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def value(self) -> Head:
        return Head(self.size, self.root, self.at)


def _guard(table: FromClause) -> None:
    for dialect in ("sqlite", "postgresql"):
        for statement in create_statements(dialect, str(table.description)):
            creation = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy left this constructor untyped.
            event.listen(table, "after_create", creation.execute_if(dialect=dialect))


#: Refused statements by table; details may be deleted, because they expire.
REFUSED = {
    "audit_entry": ("UPDATE", "DELETE"),
    "audit_detail": ("UPDATE",),
    "audit_head": ("UPDATE", "DELETE"),
}


def _name(table: str, change: str) -> str:
    return f"{table}_no_{change.lower()}"


def _sqlite_refusal(table: str, change: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {_name(table, change)} BEFORE {change} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the audit chain is never altered'); END"
    )


# INSERT OR REPLACE deletes rows without firing a delete trigger, so SQLite also refuses inserts anywhere but at the
# end. On both engines an entry must follow from the last one.
_SQLITE_APPEND = """
CREATE TRIGGER IF NOT EXISTS audit_entry_append_only BEFORE INSERT ON audit_entry
WHEN NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM audit_entry), 0)
  OR NEW.prev <> COALESCE((SELECT hash FROM audit_entry ORDER BY seq DESC LIMIT 1), NEW.prev)
BEGIN SELECT RAISE(ABORT, 'the audit chain grows at its end only'); END
""".strip()


def _postgresql_refusal(table: str, change: str) -> str:
    level = "STATEMENT" if change == "TRUNCATE" else "ROW"
    return (
        f"CREATE OR REPLACE TRIGGER {_name(table, change)} BEFORE {change} ON {table} "
        f"FOR EACH {level} EXECUTE FUNCTION audit_refuse()"
    )


def _also_truncate(table: str) -> tuple[str, ...]:
    """Adds TRUNCATE, because on PostgreSQL it does not fire delete triggers."""
    return (*REFUSED[table], "TRUNCATE") if "DELETE" in REFUSED[table] else REFUSED[table]


_POSTGRESQL_REFUSE = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit chain is never altered';
END $$
""".strip()

_POSTGRESQL_APPEND = (
    """
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM audit_entry), 0)
     OR NEW.prev <> COALESCE((SELECT hash FROM audit_entry ORDER BY seq DESC LIMIT 1), NEW.prev) THEN
    RAISE EXCEPTION 'the audit chain grows at its end only';
  END IF;
  RETURN NEW;
END $$
""".strip(),
    "CREATE OR REPLACE TRIGGER audit_entry_append_only BEFORE INSERT ON audit_entry "
    "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
)


def create_statements(dialect: str, table: str | None = None) -> list[str]:
    """The statements that create the triggers of all tables, or of one table that a migration rebuilt."""
    tables = [table] if table else list(REFUSED)
    if dialect == "sqlite":
        refusals = [_sqlite_refusal(name, change) for name in tables for change in REFUSED[name]]
        return refusals + ([_SQLITE_APPEND] if "audit_entry" in tables else [])
    if dialect == "postgresql":
        refusals = [_postgresql_refusal(name, change) for name in tables for change in _also_truncate(name)]
        return [_POSTGRESQL_REFUSE, *refusals, *(_POSTGRESQL_APPEND if "audit_entry" in tables else ())]
    raise ValueError(f"no triggers are written for {dialect}")


for guarded in (AuditEntry, AuditDetail, AuditHead):
    _guard(guarded.__table__)


def drop_statements(dialect: str) -> list[str]:
    names = [(_name(table, change), table) for table in REFUSED for change in REFUSED[table]]
    names.append(("audit_entry_append_only", "audit_entry"))
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name, _table in names]
    names += [(_name(table, "TRUNCATE"), table) for table in REFUSED if "TRUNCATE" in _also_truncate(table)]
    return [
        *(f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in names),
        "DROP FUNCTION IF EXISTS audit_refuse()",
        "DROP FUNCTION IF EXISTS audit_append_only()",
    ]
