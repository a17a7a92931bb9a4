"""Calendar entries: stored ones with their revisions, what the others are derived from, and feed versions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.agenda.entries.rules import Access, EntryObject, Mark, Reach
from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, WallTime, enum_column
from dialogues.extensions import Base
from dialogues.lib.ical.parts import Profile, Role, State


class Entry(Base):
    """One person's event that is emailed. Its UID stays the same through moves, withdrawal and readmission.

    `organizer` is set with the first email and never changes; `sequence` is that of the newest revision.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("person_id", "object_id"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        Index("ix_entry_meeting", "meeting_id", "person_id"),
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

    `time_sequence` is the SEQUENCE of the last change of time. Text that the profile hides is not stored: a discreet
    revision has no title and no place.
    """

    __tablename__ = "entry_revision"
    __table_args__ = (
        ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),
        GUARDED_TABLE,
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    time_sequence: Mapped[int] = mapped_column(default=0)
    dialogue_id: Mapped[UUID]
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
    short_code: Mapped[str] = mapped_column(String(4), default="")
    all_day: Mapped[bool] = mapped_column(default=False)
    transparent: Mapped[bool] = mapped_column(default=False)


class MeetingCalendar(Base):
    """What the session entries of a meeting share, as people were last told, and the key of its UIDs.

    Session entries that are not emailed are derived when they are read. Their SEQUENCE is the sum of three numbers:
    of the meeting and of the session, each for this profile, and of the person; their DTSTAMP is the latest of the
    three stamps. `release_id` is the version of the agenda that the entries follow. `feeds_open` is false if the
    meeting is confidential, because the operator of a calendar program reads its feeds too.
    """

    __tablename__ = "meeting_calendar"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "release_id"], ["release.dialogue_id", "release.id"]),
    )

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    uid_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    release_id: Mapped[UUID | None]
    release_number: Mapped[int] = mapped_column(default=0)
    discreet_number: Mapped[int] = mapped_column(default=0)
    discreet_stamp: Mapped[datetime] = mapped_column(Instant)
    full_number: Mapped[int] = mapped_column(default=0)
    full_stamp: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[State] = mapped_column(enum_column(State))
    venue: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    feeds_open: Mapped[bool]


class SessionCalendar(Base):
    """How often a published session has changed for readers of each profile.

    `last_release_id` is set when the session leaves the agenda: the last version that had it.
    """

    __tablename__ = "session_calendar"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "session_id"], ["session.dialogue_id", "session.id"]),
        ForeignKeyConstraint(["dialogue_id", "last_release_id"], ["release.dialogue_id", "release.id"]),
        Index("ix_session_calendar_meeting", "meeting_id"),
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID]
    dialogue_id: Mapped[UUID]
    discreet_number: Mapped[int]
    discreet_stamp: Mapped[datetime] = mapped_column(Instant)
    full_number: Mapped[int]
    full_stamp: Mapped[datetime] = mapped_column(Instant)
    last_release_id: Mapped[UUID | None]
    last_release_number: Mapped[int | None]


class PersonCalendar(Base):
    """The facts about a person that their session entries in a meeting were last derived from.

    `since_number` is the number of the agenda version at which `reach` or `all_times` last changed: the person never
    had sessions that had left the agenda before.
    """

    __tablename__ = "person_calendar"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        Index("ix_person_calendar_person", "person_id"),
        GUARDED_TABLE,
    )

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(default=0)
    stamp: Mapped[datetime] = mapped_column(Instant)
    profile: Mapped[Profile] = mapped_column(enum_column(Profile))
    reach: Mapped[Reach] = mapped_column(enum_column(Reach))
    all_times: Mapped[bool]
    since_number: Mapped[int]

    @property
    def mark(self) -> Mark:
        return Mark(self.number, self.stamp)

    @property
    def access(self) -> Access:
        return Access(self.profile, self.reach, self.all_times)


class LostEntry(Base):
    """An entry that a person had and lost: what is left of it in their feed, and the SEQUENCE it must not fall below.

    It has only the times that the person knew, and they do not change any more. It is deleted when the entry is theirs
    again. `in_feed` is false if no feed has ever shown the entry.
    """

    __tablename__ = "lost_entry"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        Index("ix_lost_entry_meeting", "meeting_id", "person_id"),
        GUARDED_TABLE,
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    object_kind: Mapped[EntryObject] = mapped_column(enum_column(EntryObject))
    sequence: Mapped[int]
    stamp: Mapped[datetime] = mapped_column(Instant)
    local_start: Mapped[datetime] = mapped_column(WallTime)
    local_end: Mapped[datetime] = mapped_column(WallTime)
    fold_start: Mapped[int] = mapped_column(default=0)
    fold_end: Mapped[int] = mapped_column(default=0)
    zone: Mapped[str] = mapped_column(String(64))
    starts_utc: Mapped[datetime] = mapped_column(Instant)
    ends_utc: Mapped[datetime] = mapped_column(Instant)
    all_day: Mapped[bool] = mapped_column(default=False)
    in_feed: Mapped[bool]


class FeedState(Base):
    """Version of a person's feed, raised in the transaction of each change; part of the feed's ETag.

    `changed_at` decides how long the feed still works for a person who has lost all meetings.
    """

    __tablename__ = "feed_state"
    __table_args__ = (ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(Instant)
