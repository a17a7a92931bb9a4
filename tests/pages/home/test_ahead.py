"""The next steps each persona gets on the page of a meeting."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.meetings.dialogues.models import Exchange
from dialogues.people.participants.models import Participation
from tests.beds.forms import page, send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast

AFTER = datetime(2027, 6, 5, 8, 0, tzinfo=UTC)


def next_for(app: Flask, name: str, code: str = "TRD-1") -> str:
    """Return the text of the card with next steps; "" if there is none."""
    with app.app_context():
        meeting = Cast(app).meeting(code)
    answer = Cast(app).client(name).get(f"/meetings/{meeting}")
    cards = [card for card in page(answer).select(".sheet") if "What comes next" in card.get_text()]
    return " ".join(cards[0].get_text(" ").split()) if cards else ""


def test_missing_steps_are_shown_without_the_name_of_the_meeting(app: Flask) -> None:
    set_clock(app, BEFORE_LVR_1)
    with app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        person, meeting = Cast(app).person("us4", "LVR"), Cast(app).meeting("LVR-1")
        own = session.query(Participation).filter_by(person_id=person, meeting_id=meeting).one()
        own.steps = [step for step in own.steps if step != "visibility"]

    words = next_for(app, "us4", "LVR-1")

    assert "Save the last step of your registration registration closes on" in words
    assert "LVR-1" not in words


@pytest.mark.parametrize(
    ("name", "told"), [("ch2", True), ("us2", True), ("us4", True), ("st-coord", True), ("st-arch", False)]
)
def test_readers_of_the_lists_see_when_the_lists_open(app: Flask, name: str, told: bool) -> None:
    set_clock(app, BEFORE_LVR_1)
    with app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Exchange, Cast(app).meeting("LVR-1")).sealed_until = datetime(2027, 9, 6, 10, 0, tzinfo=UTC)

    assert ("The lists open on Monday 6 September 2027, 12:00 Europe/Zurich" in next_for(app, name, "LVR-1")) is told


def test_before_the_first_version_each_persona_sees_what_to_do(app: Flask) -> None:
    with app.app_context():
        model = Cast(app).meeting()
    send(Cast(app).client("st-coord"), f"/meetings/{model}/copy", code="TRD-2", starts_on="2027-11-02")

    assert "The agenda is not out yet" in next_for(app, "st-host", "TRD-2")
    assert "Release the agenda: nobody has seen it yet" in next_for(app, "st-coord", "TRD-2")


@pytest.mark.parametrize("name", ["us4", "kr1", "st-host"])
def test_after_the_meeting_everyone_sees_that_it_is_over(app: Flask, name: str) -> None:
    set_clock(app, AFTER)

    assert "This meeting is over" in next_for(app, name)


def test_without_next_steps_the_card_is_not_shown(app: Flask) -> None:
    assert next_for(app, "us4") == ""
