"""Encrypted attendance marks, and the seal of a meeting's record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant
from dialogues.extensions import Base


class AttendanceMark(Base):
    """A person was present at a session.

    `participation` is the encrypted id of the participation; `who` is its keyed hash, which keeps marks unique.
    """

    __tablename__ = "attendance_mark"
    __table_args__ = (
        UniqueConstraint("session_id", "who"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    session_id: Mapped[UUID]
    who: Mapped[str] = mapped_column(String(64))
    participation: Mapped[bytes] = mapped_column(LargeBinary)


class AttendanceSeal(Base):
    """The attendance record of a meeting is sealed."""

    __tablename__ = "attendance_seal"
    __table_args__ = (ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),)

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    sealed_at: Mapped[datetime] = mapped_column(Instant)
