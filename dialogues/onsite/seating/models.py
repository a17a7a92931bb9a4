"""Seating plans and pairs kept apart."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, enum_column
from dialogues.extensions import Base
from dialogues.onsite.seating.rules.kinds import TableForm


class SeatingPlan(Base):
    """One plan of a meeting. Never changed: each change is a new row, so that moves can be shown."""

    __tablename__ = "seating_plan"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    number: Mapped[int]
    form: Mapped[TableForm] = mapped_column(enum_column(TableForm))
    #: The places in order, as written by `rules.kinds.Place.as_row`.
    places: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(Instant)


class KeptApart(Base):
    """Two parties, or two persons, who must not sit next to each other.

    Only people who plan the seating may know of it.
    """

    __tablename__ = "kept_apart"
    __table_args__ = (
        UniqueConstraint("meeting_id", "one", "other"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    #: Ids of two parties or two persons of the dialogue, the smaller id first.
    one: Mapped[UUID]
    other: Mapped[UUID]
