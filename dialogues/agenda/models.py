"""Sessions, their draft, and the releases that make them visible and never change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from dialogues.agenda.rules import Admits, Part, SessionKind
from dialogues.common.columns import Id, Instant, WallTime, word
from dialogues.common.text import IN_TITLES, refuse_link
from dialogues.extensions import Base
from dialogues.meetings.rules import Rule


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


class DraftItem(Base):
    """A session as the coordinators work on it; the wall clock is its truth, the instants are derived for sorting."""

    __tablename__ = "draft_item"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "session_id"], ["session.dialogue_id", "session.id"]),
        CheckConstraint("ends_utc > starts_utc", name="times_in_order"),
        Index("ix_draft_item_meeting", "meeting_id", "starts_utc"),
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(24), default="")
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[SessionKind] = mapped_column(word(SessionKind), default=SessionKind.PLENARY)
    rule: Mapped[Rule] = mapped_column(word(Rule), default=Rule.CHATHAM_HOUSE)
    admits: Mapped[Admits] = mapped_column(word(Admits), default=Admits.PARTICIPANTS)
    local_start: Mapped[datetime] = mapped_column(WallTime)
    local_end: Mapped[datetime] = mapped_column(WallTime)
    fold_start: Mapped[int] = mapped_column(default=0)
    fold_end: Mapped[int] = mapped_column(default=0)
    starts_utc: Mapped[datetime] = mapped_column(Instant)
    ends_utc: Mapped[datetime] = mapped_column(Instant)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)

    @validates("title", "code")
    def _is_no_link(self, column: str, title: str) -> str:
        return refuse_link(title, IN_TITLES, field=column)


class DraftRoom(Base):
    """A room that a session of the draft uses."""

    __tablename__ = "draft_room"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("draft_item.session_id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("room.id"), primary_key=True)


class DraftPerson(Base):
    """What a person does in a session of the draft."""

    __tablename__ = "draft_person"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["draft_item.session_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[Part] = mapped_column(word(Part), primary_key=True)
    dialogue_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0)


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
    admits: Mapped[Admits] = mapped_column(word(Admits))
    rule: Mapped[Rule] = mapped_column(word(Rule))
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
    part: Mapped[Part] = mapped_column(word(Part), primary_key=True)
    dialogue_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0)
