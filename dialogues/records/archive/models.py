"""Records, which never change after filing. Their search index is a separate table."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, WallTime, enum_column
from dialogues.extensions import Base
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.records.archive.rules import Listing, RecordKind


class Record(Base):
    """A filed record, read-only. Without a dialogue it belongs to the liaison office.

    `document_id` is the summary it was filed from; `release_at` is the end of its embargo, None without one. The facts
    of its session are copied at filing.
    """

    __tablename__ = "record"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "session_id"], ["session.dialogue_id", "session.id"]),
        ForeignKeyConstraint(["dialogue_id", "document_id"], ["document.dialogue_id", "document.id"]),
        Index("ix_record_dialogue", "dialogue_id", "dated"),
        Index("uq_record_reference", "dialogue_id", "reference", unique=True),
        Index(
            "uq_record_reference_office",
            "reference",
            unique=True,
            sqlite_where=text("dialogue_id IS NULL"),
            postgresql_where=text("dialogue_id IS NULL"),
        ),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID | None] = mapped_column(ForeignKey("dialogue.id"))
    meeting_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    session_code: Mapped[str] = mapped_column(String(24), default="")
    document_id: Mapped[UUID | None]
    reference: Mapped[str] = mapped_column(String(60))
    kind: Mapped[RecordKind] = mapped_column(enum_column(RecordKind))
    title: Mapped[str] = mapped_column(String(300))
    rule: Mapped[Rule | None] = mapped_column(enum_column(Rule))
    text: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[UUID | None]
    sha256: Mapped[str] = mapped_column(String(64))
    dated: Mapped[date]
    filed_at: Mapped[datetime] = mapped_column(Instant)
    release_at: Mapped[datetime | None] = mapped_column(Instant)
    release_local: Mapped[datetime | None] = mapped_column(WallTime)
    zone: Mapped[str | None] = mapped_column(String(64))
    listing: Mapped[Listing] = mapped_column(enum_column(Listing), default=Listing.TITLE_VISIBLE)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
