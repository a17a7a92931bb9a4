"""Venues and rooms, always for a viewer."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select, true

from dialogues.core.common.read_guard import limits_rows
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.venues.models import Room, Venue
from dialogues.policy import VENUES_SEE, Action


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter of the venues an action reaches: all or none, because venues belong to the installation."""
    return true() if viewer.is_system or viewer.may(action) else false()


def venues(viewer: Viewer) -> list[Any]:
    """Return all venues by city and name, with the number of open rooms and the largest room's capacity."""
    rows = (
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
    return list(db.session.execute(rows).all())


def venue(viewer: Viewer, action: Action, venue_id: UUID) -> Any:
    """:raises NotFound: missing or not permitted."""
    return or_not_found(
        db.session.execute(
            select(*Venue.__table__.columns).where(Venue.id == venue_id, visible(viewer, action))
        ).one_or_none()
    )


def rooms(viewer: Viewer, action: Action, venue_id: UUID) -> list[Any]:
    """Return the rooms of a venue in their order, retired ones last."""
    rows = (
        select(*Room.__table__.columns)
        .join(Venue, Venue.id == Room.venue_id)
        .where(Room.venue_id == venue_id, visible(viewer, action))
        .order_by(Room.retired_at.is_not(None), Room.position, Room.name)
    )
    return list(db.session.execute(rows).all())


def room(viewer: Viewer, action: Action, room_id: UUID) -> Any:
    """:raises NotFound: missing or not permitted."""
    return or_not_found(
        db.session.execute(
            select(*Room.__table__.columns)
            .join(Venue, Venue.id == Room.venue_id)
            .where(Room.id == room_id, visible(viewer, action))
        ).one_or_none()
    )


def choices(viewer: Viewer) -> list[Any]:
    """Return id, name, city and zone of every venue, for forms that plan a meeting.

    Call it with the system viewer, because a coordinator of one dialogue may not open the venue pages.
    """
    rows = (
        select(Venue.id, Venue.name, Venue.city, Venue.zone)
        .where(visible(viewer, VENUES_SEE))
        .order_by(Venue.city, Venue.name)
    )
    return list(db.session.execute(rows).all())
