"""Bulk actions on participants."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, enum_column
from dialogues.extensions import Base
from dialogues.people.participants.rules.kinds import BulkKind


class BulkAction(Base):
    """One action on many participations, with the data needed to undo it."""

    __tablename__ = "bulk_action"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "by_person"], ["person.dialogue_id", "person.id"]),
        Index("ix_bulk_action_meeting_id", "meeting_id"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    by_person: Mapped[UUID | None]
    kind: Mapped[BulkKind] = mapped_column(enum_column(BulkKind))
    #: Per participation its state before the action, or the reason why it was left out.
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def people(self) -> int:
        """Number of participations that were not left out."""
        return sum(not row.get("left_out") for row in self.rows)
