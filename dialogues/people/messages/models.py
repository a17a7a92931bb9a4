"""What the office did to many at once, and what it wrote to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import Id, Instant
from dialogues.extensions import Base


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
