"""Table of answers to custom questions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant
from dialogues.extensions import Base


class Answer(Base):
    """One person's answer, encrypted with the key of the question, which is erased on the purge date."""

    __tablename__ = "question_answer"
    __table_args__ = (
        UniqueConstraint("participation_id", "question_id"),
        ForeignKeyConstraint(["dialogue_id", "participation_id"], ["participation.dialogue_id", "participation.id"]),
        ForeignKeyConstraint(["dialogue_id", "question_id"], ["question.dialogue_id", "question.id"]),
        Index("ix_question_answer_question_id", "question_id"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    question_id: Mapped[UUID]
    value: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id"))
    answered_at: Mapped[datetime] = mapped_column(Instant)
