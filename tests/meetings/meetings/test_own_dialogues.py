"""The list of one's dialogues links to each of them, also to a new one without meetings."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.beds.forms import page, send
from tests.beds.web import set_clock
from tests.cast import Cast

pytestmark = pytest.mark.engine


TUUL = "Tuul River Dialogue"
LAVAUX = "Lavaux Roundtable on Cyber Norms and Arms Control"
TRADE = "Working Group on Supply Chains and Digital Trade"


def titles(cast: Cast, persona: str) -> list[str]:
    return [link.get_text() for link in page(cast.client(persona).get("/dialogues")).select("tbody th a")]


def test_a_dialogue_without_meetings_is_listed(cast: Cast) -> None:
    client = cast.client("st-coord")
    address = send(client, "/dialogues/new", title="Orkhon Valley", code="OV", name="Ines MUSTERMANN").location

    listed = page(client.get("/dialogues"))

    assert "Orkhon Valley" in [link.get_text() for link in listed.select(f"a[href='{address}']")]
    assert listed.select_one("a[href='/dialogues/new']")


@pytest.mark.parametrize(
    ("persona", "expected"),
    [
        ("st-coord", [LAVAUX, TUUL, TRADE]),
        ("us4", [LAVAUX, TUUL, TRADE]),
        ("xo2", [TUUL]),
    ],
)
def test_users_see_only_their_own_dialogues(cast: Cast, persona: str, expected: list[str]) -> None:
    assert titles(cast, persona) == expected


def test_an_interpreter_sees_a_dialogue_only_around_its_meetings(app: Flask, cast: Cast) -> None:
    assert titles(cast, "in-ko1") == [TUUL]

    set_clock(app, datetime(2027, 6, 20, tzinfo=UTC))

    assert titles(cast, "in-ko1") == []


def test_a_participant_sees_no_button_to_create_a_dialogue(cast: Cast) -> None:
    assert not page(cast.client("us4").get("/dialogues")).select("a[href='/dialogues/new']")
