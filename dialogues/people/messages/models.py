"""Messages from the coordinator to groups."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant
from dialogues.extensions import Base


class Message(Base):
    """A message as it was sent to a group: one email per person."""

    __tablename__ = "message"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "by_person"], ["person.dialogue_id", "person.id"]),
        Index("ix_message_meeting_id", "meeting_id"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    by_person: Mapped[UUID | None]
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    #: How the group was chosen (values of the form), and the ids of people without an address ("unreached").
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON)
    people: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(Instant)
