"""Reads about venues and rooms, always for a viewer."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select, true

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.venues.models import Room, Venue
from dialogues.policy import VENUES_SEE, Action


def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """The venues an action reaches: they belong to the installation, so all or none."""
    return true() if viewer.is_system or viewer.may(action) else false()


def venues(viewer: Viewer) -> list[Any]:
    """All venues by city and name, with how many rooms they offer and how many people the largest holds."""
    lines = (
        select(
            *Venue.__table__.columns,
            func.count(Room.id).label("rooms"),
            func.coalesce(func.max(Room.capacity), 0).label("largest"),
        )
        .outerjoin(Room, (Room.venue_id == Venue.id) & Room.retired_at.is_(None))
        .where(visible(viewer, VENUES_SEE))
        .group_by(Venue.id)
        .order_by(Venue.city, Venue.name)
    )
    return list(db.session.execute(lines).all())


def venue(viewer: Viewer, action: Action, venue_id: UUID) -> Any:
    """One venue.

    :raises Unseen: there is none, or not for this viewer.
    """
    found = db.session.execute(
        select(*Venue.__table__.columns).where(Venue.id == venue_id, visible(viewer, action))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def rooms(viewer: Viewer, action: Action, venue_id: UUID, *, retired: bool = True) -> list[Any]:
    """The rooms of a venue in their order; retired ones last, or not at all."""
    lines = (
        select(*Room.__table__.columns)
        .join(Venue, Venue.id == Room.venue_id)
        .where(Room.venue_id == venue_id, visible(viewer, action))
        .order_by(Room.retired_at.is_not(None), Room.position, Room.name)
    )
    if not retired:
        lines = lines.where(Room.retired_at.is_(None))
    return list(db.session.execute(lines).all())


def room(viewer: Viewer, action: Action, room_id: UUID) -> Any:
    """One room.

    :raises Unseen: there is none, or not for this viewer.
    """
    found = db.session.execute(
        select(*Room.__table__.columns)
        .join(Venue, Venue.id == Room.venue_id)
        .where(Room.id == room_id, visible(viewer, action))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def choices(viewer: Viewer) -> list[Any]:
    """Every venue in brief, for the form of whoever plans a meeting; the system asks on their behalf."""
    lines = (
        select(Venue.id, Venue.name, Venue.city, Venue.zone)
        .where(visible(viewer, VENUES_SEE))
        .order_by(Venue.city, Venue.name)
    )
    return list(db.session.execute(lines).all())
