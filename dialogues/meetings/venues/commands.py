"""Add and edit venues and rooms."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib import wall_time
from dialogues.lib.refusal import N_, Refusal, or_not_found, refuse_stale
from dialogues.meetings.venues.models import Room, Venue
from dialogues.meetings.venues.rules import (
    RoomAdded,
    RoomChanged,
    RoomFacts,
    RoomReopened,
    RoomRetired,
    VenueAdded,
    VenueChanged,
    VenueFacts,
    check_room,
)
from dialogues.policy import VENUES_EDIT


def add_venue(viewer: Viewer, facts: VenueFacts, *, now: datetime) -> UUID:
    """Add a venue and return its id.

    :raises Refusal: the time zone is unknown, or the city has a venue of this name.
    """
    with transaction(viewer, VENUES_EDIT) as change:
        _check_zone_and_name(facts, None)
        venue = Venue(**asdict(facts))
        db.session.add(venue)
        db.session.flush()
        change.record(VenueAdded(about=venue.id, at=now))
        return venue.id


def edit_venue(viewer: Viewer, venue_id: UUID, facts: VenueFacts, *, version: int, now: datetime) -> None:
    """Update a venue; existing meetings there keep their own time zone.

    :raises Refusal: the time zone is unknown, the name is taken, or someone else saved a change (stale version).
    """
    with transaction(viewer, VENUES_EDIT) as change:
        venue = or_not_found(db.session.get(Venue, venue_id))
        refuse_stale(venue.version, version)
        _check_zone_and_name(facts, venue_id)
        for name, value in asdict(facts).items():
            setattr(venue, name, value)
        venue.version += 1
        change.record(VenueChanged(about=venue_id, at=now))


def _check_zone_and_name(facts: VenueFacts, venue_id: UUID | None) -> None:
    wall_time.zone(facts.zone, field="zone")
    same_name = select(Venue.id).where(
        func.lower(Venue.city) == facts.city.lower(), func.lower(Venue.name) == facts.name.lower()
    )
    if any(found != venue_id for found in db.session.execute(same_name).scalars()):
        raise Refusal(
            N_("%(city)s already has a venue called “%(name)s”."), field="name", city=facts.city, name=facts.name
        )


def add_room(viewer: Viewer, venue_id: UUID, facts: RoomFacts, *, now: datetime) -> UUID:
    """Add a room after the last room of the venue and return its id.

    :raises Refusal: the name is taken, or the numbers are out of range.
    """
    with transaction(viewer, VENUES_EDIT) as change:
        or_not_found(db.session.get(Venue, venue_id))
        _check_size_and_name(venue_id, facts, None)
        last = db.session.execute(select(func.max(Room.position)).where(Room.venue_id == venue_id)).scalar()
        room = Room(venue_id=venue_id, position=0 if last is None else last + 1, **asdict(facts))
        db.session.add(room)
        db.session.flush()
        change.record(RoomAdded(about=room.id, at=now))
        return room.id


def edit_room(viewer: Viewer, room_id: UUID, facts: RoomFacts, *, now: datetime) -> None:
    """:raises Refusal: the name is taken, or the numbers are out of range."""
    with transaction(viewer, VENUES_EDIT) as change:
        room = or_not_found(db.session.get(Room, room_id))
        _check_size_and_name(room.venue_id, facts, room_id)
        for name, value in asdict(facts).items():
            setattr(room, name, value)
        change.record(RoomChanged(about=room_id, at=now))


def _check_size_and_name(venue_id: UUID, facts: RoomFacts, room_id: UUID | None) -> None:
    check_room(facts)
    same_name = select(Room.id).where(Room.venue_id == venue_id, func.lower(Room.name) == facts.name.lower())
    if any(found != room_id for found in db.session.execute(same_name).scalars()):
        raise Refusal(N_("This venue already has a room called “%(name)s”."), field="name", name=facts.name)


def retire_room(viewer: Viewer, room_id: UUID, *, now: datetime) -> None:
    """Stop offering the room for new sessions; sessions already in it stay there. Idempotent."""
    with transaction(viewer, VENUES_EDIT) as change:
        room = or_not_found(db.session.get(Room, room_id))
        if room.retired_at is None:
            room.retired_at = now
            change.record(RoomRetired(about=room_id, at=now))


def reopen_room(viewer: Viewer, room_id: UUID, *, now: datetime) -> None:
    """Offer a retired room again. Idempotent."""
    with transaction(viewer, VENUES_EDIT) as change:
        room = or_not_found(db.session.get(Room, room_id))
        if room.retired_at is not None:
            room.retired_at = None
            change.record(RoomReopened(about=room_id, at=now))
