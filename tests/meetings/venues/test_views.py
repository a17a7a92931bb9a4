"""Venues and rooms: who may edit them, and which input is refused."""

import pytest
from sqlalchemy import select

from dialogues.meetings.venues.models import Room, Venue
from tests.beds.forms import complaints, page, press, send
from tests.cast import Cast

VENUE = {
    "name": "Orkhon House",
    "city": "Kharkhorin",
    "country": "mn",
    "zone": "Asia/Ulaanbaatar",
}


def new_venue(cast: Cast) -> str:
    return str(send(cast.client("st-coord"), "/venues/new", **VENUE).location)


def test_a_new_venue_has_its_country_code_in_capitals(cast: Cast, read) -> None:
    answer = send(cast.client("st-coord"), "/venues/new", **VENUE)

    assert answer.status_code == 303
    assert read(select(Venue.country).where(Venue.name == "Orkhon House")) == "MN"


def test_an_unknown_time_zone_is_refused_and_the_input_is_kept(cast: Cast) -> None:
    answer = send(cast.client("st-coord"), "/venues/new", **VENUE | {"zone": "Mars/Olympus"})

    assert answer.status_code == 422
    assert "“Mars/Olympus” is no time zone of a place" in complaints(answer)
    assert page(answer).select_one("#name")["value"] == "Orkhon House"


def test_a_time_zone_known_only_to_the_host_system_is_refused(cast: Cast) -> None:
    assert send(cast.client("st-coord"), "/venues/new", **VENUE | {"zone": "posixrules"}).status_code == 422


def test_a_city_cannot_have_two_venues_with_one_name_in_any_spelling(cast: Cast) -> None:
    new_venue(cast)

    answer = send(cast.client("st-coord"), "/venues/new", **VENUE | {"name": "ORKHON  house"})

    assert "already has a venue" in complaints(answer)


def test_long_and_invisible_text_is_refused_or_cleaned(cast: Cast, read) -> None:
    client = cast.client("st-coord")

    assert send(client, "/venues/new", **VENUE | {"name": "x" * 10_000}).status_code == 422
    assert send(client, "/venues/new", **VENUE | {"name": "Or\u202ekhon\x00 House\u200b"}).status_code == 303
    assert read(select(Venue.id).where(Venue.name == "Orkhon House"))


def test_concurrent_edits_lose_nothing(cast: Cast) -> None:
    address = new_venue(cast) + "/edit"
    client = cast.client("st-coord")
    stale = page(client.get(address)).select_one("#version")["value"]
    send(client, address, address="1 River Street")

    refused = send(client, address, address="2 River Street", version=stale)

    assert refused.status_code == 422
    assert "Someone saved a change" in complaints(refused)
    assert "1 River Street" in page(refused).select_one(".notice-info").text
    assert page(refused).select_one("#address")["value"] == "2 River Street"
    again = {"version": page(refused).select_one("#version")["value"], "address": "2 River Street"}
    assert send(client, address, **again).status_code == 303


def test_a_room_can_be_added_edited_retired_and_restored(cast: Cast, read) -> None:
    address, client = new_venue(cast), cast.client("st-coord")
    assert send(client, f"{address}/rooms/new", name="Plenary", capacity="34", booths="4").status_code == 303
    assert send(client, f"{address}/rooms/new", name="plenary", capacity="10").status_code == 422
    assert send(client, f"{address}/rooms/new", name="Cellar", capacity="0").status_code == 422

    plenary = select(Room).where(Room.name == "Plenary")
    assert send(client, f"/venues/rooms/{read(plenary).id}/edit", capacity="36").status_code == 303
    press(client, address, "Retire")
    assert "no longer offered" in client.get(address).text
    press(client, address, "Offer again")

    room = read(plenary)
    assert (room.capacity, room.booths, room.retired_at) == (36, 4, None)


@pytest.mark.parametrize("who", ["ch1", "kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch", "st-travel"])
def test_users_who_cannot_create_dialogues_see_no_venues(cast: Cast, who: str) -> None:
    client = cast.client(who)
    known = client.get(new_venue(cast))
    unknown = client.get("/venues/00000000-0000-4000-8000-000000000000")

    assert [client.get(path).status_code for path in ("/venues", "/venues/new")] == [404, 404]
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert page(known).main == page(unknown).main


def test_the_list_sends_as_many_queries_for_many_venues_as_for_few(cast: Cast, queries_of) -> None:
    client = cast.client("st-coord")
    few = queries_of(lambda: client.get("/venues"))
    for number in range(20):
        send(client, "/venues/new", **VENUE | {"name": f"House {number}"})

    assert queries_of(lambda: client.get("/venues")) == few
