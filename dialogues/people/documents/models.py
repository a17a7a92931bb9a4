"""Sealed fields of a person for one meeting, the log of who read them, and destruction certificates."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, enum_column
from dialogues.extensions import Base
from dialogues.people.participants.rules.kinds import SealedKind
from dialogues.policy import Role


class SealedField(Base):
    """One encrypted field of one person (participant or interpreter) for one meeting."""

    __tablename__ = "sealed_field"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id", "kind"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        ForeignKeyConstraint(["dialogue_id", "entered_by"], ["person.dialogue_id", "person.id"]),
        Index("ix_sealed_field_purge_on", "purge_on"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[SealedKind] = mapped_column(enum_column(SealedKind))
    #: One key per person and meeting. After it is erased, the next field gets a new key.
    key_id: Mapped[UUID]
    value: Mapped[bytes] = mapped_column(LargeBinary)
    entered_at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[UUID]
    #: From this day, in the meeting's time zone, the field is hidden from everyone and the next sweep destroys it.
    purge_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def by_person(self) -> bool:
        """Whether the person entered it, not somebody for them."""
        return self.entered_by == self.person_id


class AccessLogEntry(Base):
    """Who read a sealed field of a person, when, in which role and why."""

    __tablename__ = "sealed_field_access"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        ForeignKeyConstraint(["dialogue_id", "by_person"], ["person.dialogue_id", "person.id"]),
        Index("ix_sealed_field_access_person_id", "person_id"),
        GUARDED_TABLE,
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
    """Proof that sealed fields of a meeting were destroyed: counts by kind, without names."""

    __tablename__ = "destruction_certificate"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        Index("ix_destruction_certificate_meeting_id", "meeting_id"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Instant)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    #: When the write-ahead log of the database was emptied of the destroyed rows too.
    wiped_at: Mapped[datetime | None] = mapped_column(Instant)
