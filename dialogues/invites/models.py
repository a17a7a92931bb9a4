"""Calendar entries of persons, their immutable revisions, and the version of each personal feed."""

from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.common.columns import Id, Instant, WallTime, word
from dialogues.extensions import Base
from dialogues.meetings.rules import InviteProfile


class EntryObject(Enum):
    """What an entry is about: the meeting as a whole (the umbrella), or one session."""

    MEETING = "meeting"
    SESSION = "session"


class EntryState(Enum):
    """STATUS of the event in its newest revision."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Entry(Base):
    """One person's event: its UID is random, minted once, and stays through moves, withdrawal and re-admission."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("person_id", "object_id"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        Index("ix_entry_object", "object_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    object_kind: Mapped[EntryObject] = mapped_column(word(EntryObject))
    object_id: Mapped[UUID]
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    organizer: Mapped[str] = mapped_column(String(254))
    sequence: Mapped[int] = mapped_column(default=0)
    time_changed_at_sequence: Mapped[int] = mapped_column(default=0)
    state: Mapped[EntryState] = mapped_column(word(EntryState))


class EntryRevision(Base):
    """One state of an entry, immutable; letter, download and feed are renderings of it."""

    __tablename__ = "entry_revision"

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    state: Mapped[EntryState] = mapped_column(word(EntryState))
    dtstamp: Mapped[datetime] = mapped_column(Instant)
    local_start: Mapped[datetime] = mapped_column(WallTime)
    local_end: Mapped[datetime] = mapped_column(WallTime)
    fold_start: Mapped[int] = mapped_column(default=0)
    fold_end: Mapped[int] = mapped_column(default=0)
    zone: Mapped[str] = mapped_column(String(64))
    starts_utc: Mapped[datetime] = mapped_column(Instant)
    ends_utc: Mapped[datetime] = mapped_column(Instant)
    tz_version: Mapped[str] = mapped_column(String(16))
    profile: Mapped[InviteProfile] = mapped_column(word(InviteProfile))
    title: Mapped[str] = mapped_column(String(200), default="")
    room: Mapped[str] = mapped_column(String(300), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    all_day: Mapped[bool] = mapped_column(default=False)
    transparent: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),)


class FeedState(Base):
    """Raised in the same transaction as anything that changes the person's feed; half of the feed's ETag."""

    __tablename__ = "feed_state"
    __table_args__ = (ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
