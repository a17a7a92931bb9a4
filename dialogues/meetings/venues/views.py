"""Pages of venues and rooms."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.lib.wall_time import places_with_offsets
from dialogues.meetings.venues import commands, queries
from dialogues.meetings.venues.forms import RoomForm, VenueForm
from dialogues.policy import VENUES_EDIT, VENUES_SEE

blueprint = Blueprint("venues", __name__, url_prefix="/venues")


@blueprint.get("")
@allows(VENUES_SEE)
def venues() -> str:
    return render_template("meetings/venues/venues.html", venues=queries.venues(viewer()))


@blueprint.route("/new", methods=["GET", "POST"])
@allows(VENUES_EDIT)
@form_page("meetings/venues/venue_form.html")
def new_venue() -> Iterator[Any]:
    form = VenueForm()
    yield {"form": form, "venue": None, "zones": places_with_offsets(clock.now().year)}
    venue_id = commands.add_venue(viewer(), form.facts(), now=clock.now())
    flash(_("The venue is there. Add its rooms next."), "success")
    yield see_other(url_for("venues.venue", venue_id=venue_id))


@blueprint.get("/<uuid:venue_id>")
@allows(VENUES_SEE)
def venue(venue_id: UUID) -> str:
    return render_template(
        "meetings/venues/venue.html",
        venue=queries.venue(viewer(), VENUES_SEE, venue_id),
        rooms=queries.rooms(viewer(), VENUES_SEE, venue_id),
    )


@blueprint.route("/<uuid:venue_id>/edit", methods=["GET", "POST"])
@allows(VENUES_EDIT)
@form_page("meetings/venues/venue_form.html")
def edit_venue(venue_id: UUID) -> Iterator[Any]:
    found = queries.venue(viewer(), VENUES_EDIT, venue_id)
    form = VenueForm(obj=found)
    yield {"form": form, "venue": found, "zones": places_with_offsets(clock.now().year)}
    commands.edit_venue(viewer(), venue_id, form.facts(), version=form.version.data, now=clock.now())
    flash(_("The venue is saved."), "success")
    yield see_other(url_for("venues.venue", venue_id=venue_id))


@blueprint.route("/<uuid:venue_id>/rooms/new", methods=["GET", "POST"])
@allows(VENUES_EDIT)
@form_page("meetings/venues/room_form.html")
def new_room(venue_id: UUID) -> Iterator[Any]:
    form = RoomForm()
    yield {"form": form, "venue": queries.venue(viewer(), VENUES_EDIT, venue_id), "room": None}
    commands.add_room(viewer(), venue_id, form.facts(), now=clock.now())
    flash(_("The room is there."), "success")
    yield see_other(url_for("venues.venue", venue_id=venue_id))


@blueprint.route("/rooms/<uuid:room_id>/edit", methods=["GET", "POST"])
@allows(VENUES_EDIT)
@form_page("meetings/venues/room_form.html")
def edit_room(room_id: UUID) -> Iterator[Any]:
    room = queries.room(viewer(), VENUES_EDIT, room_id)
    form = RoomForm(obj=room)
    yield {"form": form, "venue": queries.venue(viewer(), VENUES_EDIT, room.venue_id), "room": room}
    commands.edit_room(viewer(), room_id, form.facts(), now=clock.now())
    flash(_("The room is saved."), "success")
    yield see_other(url_for("venues.venue", venue_id=room.venue_id))


@blueprint.post("/rooms/<uuid:room_id>/retire")
@allows(VENUES_EDIT)
def retire_room(room_id: UUID) -> Response:
    room = queries.room(viewer(), VENUES_EDIT, room_id)
    commands.retire_room(viewer(), room_id, now=clock.now())
    flash(_("The room is no longer offered. Sessions planned in it stay there."), "success")
    return see_other(url_for("venues.venue", venue_id=room.venue_id))


@blueprint.post("/rooms/<uuid:room_id>/reopen")
@allows(VENUES_EDIT)
def reopen_room(room_id: UUID) -> Response:
    room = queries.room(viewer(), VENUES_EDIT, room_id)
    commands.reopen_room(viewer(), room_id, now=clock.now())
    flash(_("The room is offered again."), "success")
    return see_other(url_for("venues.venue", venue_id=room.venue_id))
