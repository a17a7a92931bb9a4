"""Calendar entries, their immutable revisions, and the version of each person's feed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.agenda.calendars.rules import EntryObject
from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, WallTime, enum_column
from dialogues.extensions import Base
from dialogues.lib.ical.parts import Profile, Role, State


class Entry(Base):
    """One person's event. Its UID is random and stays the same through moves, withdrawal and readmission.

    `organizer` is set with the first email and never changes; `sequence` is that of the newest revision.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("person_id", "object_id"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        Index("ix_entry_meeting", "meeting_id"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    object_kind: Mapped[EntryObject] = mapped_column(enum_column(EntryObject))
    object_id: Mapped[UUID]
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    organizer: Mapped[str | None] = mapped_column(String(254))
    first_email_id: Mapped[UUID | None]
    sequence: Mapped[int] = mapped_column(default=0)


class EntryRevision(Base):
    """One immutable state of an entry as its guest sees it. Email, download and feed are rendered from it.

    `time_sequence` is the SEQUENCE of the last change of time; `release_id` is the agenda version that caused the
    revision, if any. Text that the profile hides is not stored: a discreet revision has no title and no place.
    """

    __tablename__ = "entry_revision"
    __table_args__ = (
        ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["dialogue_id", "release_id"], ["release.dialogue_id", "release.id"]),
        GUARDED_TABLE,
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    time_sequence: Mapped[int] = mapped_column(default=0)
    dialogue_id: Mapped[UUID]
    release_id: Mapped[UUID | None]
    state: Mapped[State] = mapped_column(enum_column(State))
    role: Mapped[Role] = mapped_column(enum_column(Role), default=Role.REQUIRED)
    dtstamp: Mapped[datetime] = mapped_column(Instant)
    local_start: Mapped[datetime] = mapped_column(WallTime)
    local_end: Mapped[datetime] = mapped_column(WallTime)
    fold_start: Mapped[int] = mapped_column(default=0)
    fold_end: Mapped[int] = mapped_column(default=0)
    zone: Mapped[str] = mapped_column(String(64))
    starts_utc: Mapped[datetime] = mapped_column(Instant)
    ends_utc: Mapped[datetime] = mapped_column(Instant)
    tz_version: Mapped[str] = mapped_column(String(16))
    profile: Mapped[Profile] = mapped_column(enum_column(Profile))
    title: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(Text, default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    all_day: Mapped[bool] = mapped_column(default=False)
    transparent: Mapped[bool] = mapped_column(default=False)


class FeedState(Base):
    """Version of a person's feed, raised in the transaction of each change; part of the feed's ETag."""

    __tablename__ = "feed_state"
    __table_args__ = (ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
