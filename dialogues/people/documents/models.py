"""What is kept sealed of a person for one meeting, who looked at it, and that it was destroyed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import Id, Instant, enum_column
from dialogues.extensions import Base
from dialogues.people.participants.rules.kinds import SealedKind
from dialogues.policy import Role


class SealedField(Base):
    """One sealed text of one person for one meeting, interpreters included."""

    __tablename__ = "sealed_field"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id", "kind"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        ForeignKeyConstraint(["dialogue_id", "entered_by"], ["person.dialogue_id", "person.id"]),
        Index("ix_sealed_field_purge_on", "purge_on"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[SealedKind] = mapped_column(enum_column(SealedKind))
    #: One key for all that is sealed of a person for a meeting; once it is erased, a new entry begins a new one.
    key_id: Mapped[UUID]
    value: Mapped[bytes] = mapped_column(LargeBinary)
    entered_at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[UUID]
    #: The day, on the meeting's clock, from which it is shown to nobody and destroyed by the next sweep.
    purge_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)


class AccessLogEntry(Base):
    """That someone looked at a sealed field of a person, when, in which role and why."""

    __tablename__ = "sealed_field_access"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        ForeignKeyConstraint(["dialogue_id", "by_person"], ["person.dialogue_id", "person.id"]),
        Index("ix_sealed_field_access_person_id", "person_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[SealedKind] = mapped_column(enum_column(SealedKind))
    by_person: Mapped[UUID]
    by_role: Mapped[Role] = mapped_column(enum_column(Role))
    at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(300))


class DestructionCertificate(Base):
    """That sealed fields of a meeting were destroyed: kinds and counts, and nobody's name."""

    __tablename__ = "destruction_certificate"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        Index("ix_destruction_certificate_meeting_id", "meeting_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Instant)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    #: When the database's log of changes was emptied of them too.
    wiped_at: Mapped[datetime | None] = mapped_column(Instant)
