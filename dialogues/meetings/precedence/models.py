"""The draw of the first party."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import Instant, enum_column
from dialogues.extensions import Base
from dialogues.meetings.dialogues.rules.kinds import PartyOrder


class Lot(Base):
    """The party drawn to be first at a meeting. Written once and never changed."""

    __tablename__ = "lot"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "party_id"], ["party.dialogue_id", "party.id"]),
    )

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    party_id: Mapped[UUID]
    order: Mapped[PartyOrder] = mapped_column("party_order", enum_column(PartyOrder))
    drawn_at: Mapped[datetime] = mapped_column(Instant)
    witnesses: Mapped[str] = mapped_column(String(300))
