"""Sessions, their draft, and the releases that make them visible and never change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.agenda.versions.rules import Admits, Part
from dialogues.core.common.columns import Id, Instant, enum_column
from dialogues.extensions import Base
from dialogues.meetings.dialogues.rules.kinds import Rule


class AgendaSession(Base):
    """A session's identity for life, through every move and release."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("dialogue_id", "id"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        Index("ix_session_meeting", "meeting_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]


class Release(Base):
    """A numbered, immutable state of a meeting's agenda."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        UniqueConstraint("dialogue_id", "id"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(400), default="")


class ReleaseItem(Base):
    """A session as released: `frozen` holds all that a page or file shows of it, times and room names included."""

    __tablename__ = "release_item"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "release_id"], ["release.dialogue_id", "release.id"]),
        ForeignKeyConstraint(["dialogue_id", "session_id"], ["session.dialogue_id", "session.id"]),
    )

    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    admits: Mapped[Admits] = mapped_column(enum_column(Admits))
    rule: Mapped[Rule] = mapped_column(enum_column(Rule))
    starts_utc: Mapped[datetime] = mapped_column(Instant)
    ends_utc: Mapped[datetime] = mapped_column(Instant)
    tz_version: Mapped[str] = mapped_column(String(16))
    frozen: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))


class ReleasePerson(Base):
    """What a person does in a session as released."""

    __tablename__ = "release_person"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "release_id"], ["release.dialogue_id", "release.id"]),
        ForeignKeyConstraint(["dialogue_id", "session_id"], ["session.dialogue_id", "session.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        Index("ix_release_person_person", "person_id", "release_id"),
    )

    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[Part] = mapped_column(enum_column(Part), primary_key=True)
    dialogue_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0)
