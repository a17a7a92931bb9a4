"""What each persona finds on the home page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from dialogues.agenda.planning.models import DraftItem
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.meetings.dialogues.models import Meeting
from tests.beds.forms import page
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast


def words_at_home(app: Flask, name: str) -> str:
    answer = Cast(app).client(name).get("/")
    assert answer.status_code == 200
    return " ".join(page(answer).select_one("main").get_text(" ").split())


def test_a_participant_sees_todays_sessions_with_their_zone(app: Flask) -> None:
    words = words_at_home(app, "us4")

    assert "Climate resilience - exchanging seasonal outlooks" in words
    assert "Asia/Ulaanbaatar" in words


def test_an_open_invitation_refers_to_its_email_and_has_no_link(app: Flask) -> None:
    home = page(Cast(app).client("kp2").get("/"))
    [waits] = [task for task in home.select(".task") if "open the link in its letter" in task.get_text()]

    assert waits.select("a") == []


def test_the_liaison_desk_sees_times_and_places_of_today_without_titles(app: Flask) -> None:
    words = words_at_home(app, "st-travel")

    assert "Plenary hall" in words
    assert "Climate resilience" not in words


def test_an_observer_does_not_see_a_session_closed_to_observers(app: Flask) -> None:
    assert "Bilateral room slots" not in words_at_home(app, "xo2")
    assert "Bilateral room slots" in words_at_home(app, "us4")


def test_a_meeting_with_an_open_invitation_is_not_shown(app: Flask) -> None:
    words = words_at_home(app, "kr1")

    assert "LVR-1" not in words
    assert "Vevey" not in words
    assert "You have an invitation" in words


def test_a_rapporteur_is_reminded_of_summaries_of_sessions_that_are_over(app: Flask) -> None:
    assert "Finish the summaries of 2 sessions" in words_at_home(app, "st-rap1")


def test_there_is_no_reminder_for_sessions_that_have_not_taken_place(app: Flask) -> None:
    set_clock(app, datetime(2027, 5, 20, 8, 0, tzinfo=UTC))

    assert "summar" not in words_at_home(app, "st-rap1")


def test_before_registration_closes_the_coordinator_sees_who_has_not_answered(app: Flask) -> None:
    set_clock(app, datetime(2027, 10, 1, 8, 0, tzinfo=UTC))

    assert "13 people have not answered" in words_at_home(app, "st-coord")
    assert "not answered" not in words_at_home(app, "st-rap1")


def test_after_a_move_participants_are_asked_for_their_days_again(app: Flask) -> None:
    set_clock(app, BEFORE_LVR_1)
    assert "of your registration" not in words_at_home(app, "us4")

    with app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        meeting = session.get_one(Meeting, Cast(app).meeting("LVR-1"))
        meeting.arrive_on, meeting.starts_on = date(2027, 10, 25), date(2027, 10, 26)
        meeting.ends_on, meeting.depart_on = date(2027, 10, 28), date(2027, 10, 29)

    assert "Save the last step of your registration LVR-1" in words_at_home(app, "us4")


def test_the_coordinator_sees_the_number_of_unpublished_changes(app: Flask) -> None:
    assert "differ" not in words_at_home(app, "st-coord")

    moved(app, "TRD-1-09", hours=1)
    assert "One session differs from what others see TRD-1" in words_at_home(app, "st-coord")
    moved(app, "TRD-1-04", hours=-1)
    assert "2 sessions differ from what others see TRD-1" in words_at_home(app, "st-coord")
    for name in ("st-host", "ch1", "us4", "st-rap1"):
        assert "differ" not in words_at_home(app, name)


def test_unpublished_changes_of_a_past_meeting_are_not_shown(app: Flask) -> None:
    moved(app, "TRD-1-09", hours=1)
    set_clock(app, datetime(2027, 6, 5, 8, 0, tzinfo=UTC))

    assert "differ" not in words_at_home(app, "st-coord")


def moved(app: Flask, code: str, *, hours: int) -> None:
    """Move that session of the draft by so much."""
    with app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        item = session.get_one(DraftItem, Cast(app).session(code))
        item.local_start, item.local_end = (at + timedelta(hours=hours) for at in (item.local_start, item.local_end))
        item.starts_utc, item.ends_utc = (at + timedelta(hours=hours) for at in (item.starts_utc, item.ends_utc))


@pytest.mark.parametrize("name", ["st-host", "ch1", "in-ko1", "st-arch"])
def test_a_user_without_tasks_sees_that_there_are_none(app: Flask, name: str) -> None:
    assert "Nothing waits for you." in words_at_home(app, name)


def test_the_page_of_all_components_exists_only_in_the_demonstration(app: Flask) -> None:
    assert app.test_client().get("/design").status_code == 200
    app.config["DEMO"] = False
    assert app.test_client().get("/design").status_code == 404
