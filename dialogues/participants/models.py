"""Who takes part in which meeting, for which party, in which capacity."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.common.columns import Id, Instant, word
from dialogues.extensions import Base
from dialogues.participants.rules import Capacity, ParticipationStatus


class Participation(Base):
    """One person at one meeting; the party is the participation's, not the person's."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        UniqueConstraint("dialogue_id", "id"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        ForeignKeyConstraint(["dialogue_id", "party_id"], ["party.dialogue_id", "party.id"]),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    party_id: Mapped[UUID]
    capacity: Mapped[Capacity] = mapped_column(word(Capacity), default=Capacity.PARTICIPANT)
    status: Mapped[ParticipationStatus] = mapped_column(word(ParticipationStatus), default=ParticipationStatus.INVITED)
    invited_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    present_from: Mapped[date | None]
    present_to: Mapped[date | None]
    remote: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
