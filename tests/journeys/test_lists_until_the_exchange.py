"""A party nominates a person without an email address; the lists open; the person is registered and attends."""

import re
from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from dialogues.people.nominations.jobs import open_due_lists
from tests.journeys.keyboard import SomeoneWithKeyboard
from tests.journeys.stage import Someone, Stage

NEWCOMER, NATIVE = "RIM Sae-byok", "림새벽"
#: The exchange time of LVR-1, 10:00 in Vevey on this day.
OPENS_AT = datetime(2027, 8, 2, 8, 0, tzinfo=UTC)
AT_THE_TABLE = datetime(2027, 10, 19, 7, 30, tzinfo=UTC)
AFTER_THE_LAST = datetime(2027, 10, 21, 11, 0, tzinfo=UTC)


@pytest.mark.journey
def test_lists_from_sealing_to_exchange_by_mouse(stage: Stage) -> None:
    the_story(stage)


@pytest.mark.journey
def test_lists_from_sealing_to_exchange_by_keyboard_on_a_narrow_screen_without_javascript(stage: Stage) -> None:
    stage.people, stage.browsers = SomeoneWithKeyboard, {"javascript": False, "width": 390}
    the_story(stage)


def the_story(stage: Stage) -> None:
    other, focal, coordinator = (stage.enter(persona) for persona in ("ru1", "kp2", "st-coord"))
    meeting = focal_point_accepts_the_role(focal)
    person_without_an_address_is_nominated(focal, meeting)
    coordinator_raises_the_seats(coordinator, meeting)
    nobody_else_learns_of_it(other, meeting)
    lists_are_submitted(focal, coordinator, meeting)
    nobody_else_learns_of_it(other, meeting)

    stage.set_clock(OPENS_AT)
    lists_open_at_the_exchange_time(stage, other, meeting)
    focal_point_registers_the_newcomer(focal, meeting)
    change_is_announced(stage, other, meeting)
    focal_point_downloads_the_calendar_file(focal, meeting)
    coordinator_approves_the_newcomer(coordinator, meeting)

    stage.set_clock(AT_THE_TABLE)
    desk = stage.enter("st-travel")
    newcomer_is_marked_as_present(desk, meeting)
    stage.set_clock(AFTER_THE_LAST)
    attendance_is_sealed_when_the_meeting_closes(desk, stage.enter("st-coord"), meeting)


def focal_point_accepts_the_role(focal: Someone) -> str:
    focal.follow("Answer the role that you are offered")
    focal.press("Accept focal point")
    focal.open("/")
    focal.click(focal.page.get_by_role("main").get_by_role("link", name=re.compile("^Lodge your party")))
    meeting = focal.path.removesuffix("/nominations")
    focal.sees("KIM Po-gi", "not lodged yet")
    return meeting


def person_without_an_address_is_nominated(focal: Someone, meeting: str) -> None:
    focal.open(f"{meeting}/nominations")
    focal.follow("Name a person")
    focal.fill_in({"Name as the person styles it": NEWCOMER, "Name in its own script": NATIVE, "Family name": "Rim"})
    focal.choose("Capacity", "observer")
    focal.press("Put on the list")
    focal.sees(f"{NEWCOMER} is on the waiting list", NATIVE)


def coordinator_raises_the_seats(coordinator: Someone, meeting: str) -> None:
    coordinator.open(f"{meeting}/nominations")
    coordinator.press(f"Approve a seat for {NEWCOMER}")
    coordinator.sees("4 of 3 seats taken")


def nobody_else_learns_of_it(other: Someone, meeting: str) -> None:
    for page in ("participants", "participants?q=RIM", "nominations"):
        other.open(f"{meeting}/{page}")
        other.does_not_see(NEWCOMER, NATIVE, "KIM Po-gi", "Democratic People's Republic of Korea")


def lists_are_submitted(focal: Someone, coordinator: Someone, meeting: str) -> None:
    focal.open(f"{meeting}/nominations")
    focal.follow("Lodge the list…")
    focal.sees(NEWCOMER, "none: you register and confirm them")
    focal.press("Lodge the list")
    focal.sees("The list is lodged. It stays sealed")
    for _party in ("CN", "JP", "KR"):
        coordinator.open(f"{meeting}/nominations")
        coordinator.follow("Lodge the list…")
        coordinator.press("Lodge the list")
        coordinator.sees("The list is lodged. It stays sealed")
    coordinator.does_not_see("not lodged yet")


def lists_open_at_the_exchange_time(stage: Stage, other: Someone, meeting: str) -> None:
    with stage.app.app_context():
        assert open_due_lists() == 1
        assert open_due_lists() == 0
    stage.deliver()
    (email,) = [email for email in stage.emails_to("ru1@example.invalid") if "open" in str(email)]
    assert "KIM" not in str(email)
    assert NEWCOMER not in str(email)
    other.open(f"{meeting}/participants")
    other.sees("Alexandra SAMPLEWOOD", "D. ZAGVAR")
    other.does_not_see(NEWCOMER)


def focal_point_registers_the_newcomer(focal: Someone, meeting: str) -> None:
    focal.open(f"{meeting}/nominations")
    focal.click(focal.page.get_by_role("row", name=NEWCOMER).get_by_role("link", name="Register"))
    focal.press("Accept on their behalf")
    focal.sees("accepted on their behalf")
    focal.follow("Your name" if focal.page.get_by_role("link", name="Your name").count() else "Name")
    focal.press("Save and go on")
    focal.fill_in({"Affiliation": "Academy of Hypothetical Sciences"})
    focal.press("Save and go on")
    focal.tick("Korean")
    focal.press("Save and go on")
    focal.fill_in({"From": "2027-10-18", "Until": "2027-10-22"})
    focal.press("Save and close")
    focal.sees("Academy of Hypothetical Sciences", "KO")


def change_is_announced(stage: Stage, other: Someone, meeting: str) -> None:
    other.open(f"{meeting}/participants")
    other.sees(NEWCOMER, NATIVE, "Changes since the lists were opened")
    stage.deliver()
    assert not any(NEWCOMER in str(email) for email in stage.emails_to("ru1@example.invalid"))


def focal_point_downloads_the_calendar_file(focal: Someone, meeting: str) -> None:
    focal.open(f"{meeting}/nominations")
    row = focal.page.get_by_role("row", name=NEWCOMER)
    with focal.page.expect_download() as coming:
        row.get_by_role("link", name="Calendar file").click()
    calendar = Calendar.from_ical(coming.value.path().read_bytes())
    text = calendar.to_ical().decode()
    # Observers are admitted to all sessions except LVR-1-04; one more entry covers the days of the meeting.
    assert len(calendar.events) == 7
    assert "Risk reduction" not in text
    assert "Lavaux" not in text
    assert NEWCOMER not in text


def coordinator_approves_the_newcomer(coordinator: Someone, meeting: str) -> None:
    coordinator.open(f"{meeting}/participants?q=RIM")
    coordinator.click(coordinator.page.get_by_role("main").get_by_role("link", name=NEWCOMER))
    coordinator.press("Approve…")
    coordinator.sees(NEWCOMER, "Something is missing of one registration")
    coordinator.tick("Approve these as well")
    coordinator.press("Approve")
    coordinator.sees("is approved")


def newcomer_is_marked_as_present(desk: Someone, meeting: str) -> None:
    desk.open(f"{meeting}/attendance")
    desk.sees("running now")
    desk.does_not_see("Purpose and rules of engagement")
    desk.click(desk.page.get_by_role("main").get_by_role("link", name="Mark").first)
    desk.fill_in({"Search by name or party": "RIM"})
    desk.click(desk.page.get_by_role("button", name="Search"))
    desk.page.get_by_role("button", name=f"Mark {NEWCOMER}").click()
    desk.sees("1 of", "Present")


def attendance_is_sealed_when_the_meeting_closes(desk: Someone, coordinator: Someone, meeting: str) -> None:
    coordinator.open(f"{meeting}/settings")
    coordinator.follow("Close this meeting…")
    coordinator.press("Close the meeting")
    desk.open(f"{meeting}/attendance")
    desk.sees("sealed")
    desk.does_not_see(NEWCOMER)
