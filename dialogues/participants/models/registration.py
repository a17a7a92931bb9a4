"""What the office asks beside the usual, the answers, and what a person asked to change after approval."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.common.columns import Id, Instant, word
from dialogues.extensions import Base
from dialogues.participants.rules import AnswerAudience, QuestionKind


class Question(Base):
    """A question of one meeting, with who reads its answers and when they are purged."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("dialogue_id", "id"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        Index("ix_question_meeting_id", "meeting_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(word(QuestionKind))
    words: Mapped[str] = mapped_column(String(300))
    hint: Mapped[str] = mapped_column(Text, default="")
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[AnswerAudience] = mapped_column(word(AnswerAudience), default=AnswerAudience.OFFICE)
    purge_on: Mapped[date]
    purged_at: Mapped[datetime | None] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)


class Answer(Base):
    """What one person answered, sealed under the question's own key, which goes on the day of its purge."""

    __tablename__ = "question_answer"
    __table_args__ = (
        UniqueConstraint("participation_id", "question_id"),
        ForeignKeyConstraint(["dialogue_id", "participation_id"], ["participation.dialogue_id", "participation.id"]),
        ForeignKeyConstraint(["dialogue_id", "question_id"], ["question.dialogue_id", "question.id"]),
        Index("ix_question_answer_question_id", "question_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    question_id: Mapped[UUID]
    value: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id"))
    answered_at: Mapped[datetime] = mapped_column(Instant)


class ChangeRequest(Base):
    """What someone wants changed after approval: one at a time waits for the office, which accepts or declines it."""

    __tablename__ = "change_request"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "participation_id"], ["participation.dialogue_id", "participation.id"]),
        Index("ix_change_request_participation_id", "participation_id"),
        Index(
            "uq_change_request_undecided",
            "participation_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    #: Field to what stood there and what is asked for, sealed; empty once it was taken back or replaced.
    diff: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    #: None while it waits, and for good where it was taken back or replaced before anyone decided.
    accepted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
