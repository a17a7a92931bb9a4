"""Sessions and the published versions of the agenda, which never change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from dialogues.agenda.versions.rules import Admits, Part
from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, enum_column
from dialogues.extensions import Base
from dialogues.meetings.dialogues.rules.kinds import Rule


class AgendaSession(Base):
    """A session's permanent identity: id and short code stay the same through every move and every version.

    A short code is never used again in its meeting, because removed sessions keep theirs in calendars.
    """

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("dialogue_id", "id"),
        UniqueConstraint("meeting_id", "short_code"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        Index("ix_session_meeting", "meeting_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    short_code: Mapped[str] = mapped_column(String(4))


class Release(Base):
    """A numbered, immutable version of a meeting's agenda.

    Several rows can have the same `at`: when a nominee is replaced, the version is copied with the new person. Readers
    see one public number for all of them (`queries.published.public_release_number`).
    """

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
    """A session as published. `frozen` holds everything that pages and files show, times and room names included."""

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
    __tablename__ = "release_person"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "release_id"], ["release.dialogue_id", "release.id"]),
        ForeignKeyConstraint(["dialogue_id", "session_id"], ["session.dialogue_id", "session.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        Index("ix_release_person_person", "person_id", "release_id"),
        GUARDED_TABLE,
    )

    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[Part] = mapped_column(enum_column(Part), primary_key=True)
    dialogue_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0)

    item: Mapped[ReleaseItem] = relationship(
        primaryjoin=lambda: and_(
            foreign(ReleasePerson.release_id) == ReleaseItem.release_id,
            foreign(ReleasePerson.session_id) == ReleaseItem.session_id,
        ),
        viewonly=True,
        lazy="raise",
    )
