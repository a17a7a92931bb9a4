"""Plans, each as it was made, and who is kept apart."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import Id, Instant, enum_column
from dialogues.extensions import Base
from dialogues.onsite.seating.rules.kinds import TableForm


class SeatingPlan(Base):
    """One plan of a meeting; a change is a new one, so that it can be shown who moved."""

    __tablename__ = "seating_plan"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    number: Mapped[int]
    form: Mapped[TableForm] = mapped_column(enum_column(TableForm))
    #: The places around the table in their order, each with whom it is for.
    places: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(Instant)


class KeptApart(Base):
    """Two parties, or two persons, who are not to sit beside each other; seen by whoever plans, and by nobody else."""

    __tablename__ = "kept_apart"
    __table_args__ = (
        UniqueConstraint("meeting_id", "one", "other"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    #: Ids of two parties of the dialogue, or of two of its persons, the lesser first.
    one: Mapped[UUID]
    other: Mapped[UUID]
