"""Venues of the installation and their rooms."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from dialogues.core.common.columns import Id, Instant
from dialogues.extensions import Base
from dialogues.lib.text import IN_TITLES, refuse_link


class Venue(Base):
    """A building in a city; venues are shared by all dialogues of the installation."""

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("city", "name"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2))
    subdivision: Mapped[str] = mapped_column(String(10), default="")
    zone: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(400), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    version: Mapped[int] = mapped_column(default=1)

    @validates("name", "city")
    def _is_no_link(self, column: str, title: str) -> str:
        return refuse_link(title, IN_TITLES, field=column)


class Room(Base):
    """A room of a venue; `capacity` counts everyone present, `retired_at` None means it is offered."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("venue_id", "name"),)

    id: Mapped[Id]
    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venue.id"))
    name: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int]
    booths: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)

    @validates("name")
    def _is_no_link(self, column: str, title: str) -> str:
        return refuse_link(title, IN_TITLES, field=column)
