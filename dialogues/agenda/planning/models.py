"""The draft of the agenda."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from dialogues.agenda.versions.rules import TITLE_LONGEST, Admits, Part, SessionKind
from dialogues.core.common.columns import GUARDED_TABLE, Instant, WallTime, enum_column
from dialogues.extensions import Base
from dialogues.lib.text import IN_TITLES, refuse_link
from dialogues.meetings.dialogues.rules.kinds import Rule


class DraftItem(Base):
    """A session of the draft. The local times are the truth; the UTC instants are derived for sorting."""

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
    title: Mapped[str] = mapped_column(String(TITLE_LONGEST))
    kind: Mapped[SessionKind] = mapped_column(enum_column(SessionKind), default=SessionKind.PLENARY)
    rule: Mapped[Rule] = mapped_column(enum_column(Rule), default=Rule.CHATHAM_HOUSE)
    admits: Mapped[Admits] = mapped_column(enum_column(Admits), default=Admits.PARTICIPANTS)
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
    __tablename__ = "draft_room"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("draft_item.session_id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("room.id"), primary_key=True)


class DraftPerson(Base):
    """A person's part in a session of the draft."""

    __tablename__ = "draft_person"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["draft_item.session_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        GUARDED_TABLE,
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[Part] = mapped_column(enum_column(Part), primary_key=True)
    dialogue_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0)
