"""A coordinator imports names in an old encoding, chooses how to read them, and sends what the page shows."""

from pathlib import Path

import pytest

from tests.beds.browser import PHONE, assert_accessible, assert_fits
from tests.cast import Cast
from tests.journeys.keyboard import SomeoneWithKeyboard
from tests.journeys.stage import Someone, Stage, text_of

FILE = """last name;ime;e-mail;party
Müller;Želja;mz@example.org;CH
Kovač;Đuro;kd@example.org;CH
;;nobody@example.org;CH
"""


@pytest.mark.journey
def test_names_from_a_file_by_mouse(stage: Stage, tmp_path: Path) -> None:
    the_story(stage, tmp_path)


@pytest.mark.journey
def test_names_from_a_file_by_keyboard_on_a_narrow_dark_screen(stage: Stage, tmp_path: Path) -> None:
    stage.people, stage.browsers = SomeoneWithKeyboard, {"width": PHONE, "scheme": "dark"}
    the_story(stage, tmp_path)


def the_story(stage: Stage, folder: Path) -> None:
    with stage.app.app_context():
        participants = f"/meetings/{Cast(stage.app).meeting('SCD-1')}/participants"
    coordinator = stage.enter("st-coord")
    file = folder / "people.csv"
    file.write_bytes(FILE.encode("cp1250"))

    coordinator.open(f"{participants}/import")
    coordinator.attach("File", file)
    coordinator.press("Check the names")
    looks_right(coordinator)
    coordinator.sees("Nothing is saved or sent yet", "Želja Müller", "1 row to fix", "The name is missing")

    coordinator.tick("family name first")
    coordinator.press("Invite 2 people")
    coordinator.sees("differ from the last preview", "Müller Želja", "Kovač Đuro")
    coordinator.tick("given name first")
    coordinator.tick("Western European: ")
    coordinator.press("Show the names again")
    coordinator.sees("Ðuro Kovaè")
    coordinator.tick("Central European: ")
    coordinator.press("Show the names again")
    looks_right(coordinator)
    coordinator.press("Invite 2 people")
    coordinator.sees("2 people are invited", "1 row to fix")

    stage.deliver()
    (email,) = stage.emails_to("kd@example.org")
    assert "Đuro Kovač" in text_of(email)
    assert stage.emails_to("nobody@example.org") == []


def looks_right(coordinator: Someone) -> None:
    assert_accessible(coordinator.page)
    assert_fits(coordinator.page)
