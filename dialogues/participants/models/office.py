"""What the office did to many at once, and what it wrote to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.common.columns import Id, Instant, word
from dialogues.extensions import Base
from dialogues.participants.rules import BulkKind


class Message(Base):
    """A free message to a chosen group, as it was sent: one letter to each person."""

    __tablename__ = "message"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "by_person"], ["person.dialogue_id", "person.id"]),
        Index("ix_message_meeting_id", "meeting_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    by_person: Mapped[UUID | None]
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    #: How the group was chosen, in the words of the page's filters.
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON)
    people: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(Instant)


class BulkAction(Base):
    """One action on many rows, with what is needed to undo it."""

    __tablename__ = "bulk_action"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "by_person"], ["person.dialogue_id", "person.id"]),
        Index("ix_bulk_action_meeting_id", "meeting_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    by_person: Mapped[UUID | None]
    kind: Mapped[BulkKind] = mapped_column(word(BulkKind))
    #: Per participation what it was before.
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
