"""Emailed entries hold the answer given on the web; after a change of days the registration page asks again."""

from datetime import date, timedelta
from typing import Any

from dialogues.extensions import db
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.people.invitations.commands import answering
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import Answer
from dialogues.people.roster import commands as roster
from tests.agenda.calendars.calendars import Calendars, calendar_part

DAYS = Days(
    starts_on=date(2027, 6, 1), ends_on=date(2027, 6, 3), arrive_on=date(2027, 5, 31), depart_on=date(2027, 6, 4)
)
QUESTION = "Can you still come?"


def entry(calendars: Calendars, name: str = "us4", dialogue: str = "TRD") -> tuple[dict[str, Any], str]:
    """The parameters of the guest in the one emailed entry, and the text of its email."""
    (letter,) = calendars.emails(name, dialogue)
    return calendar_part(letter)[0]["ATTENDEE"].params, letter.get_body(("plain",)).get_content()


def registration(calendars: Calendars) -> str:
    return f"/meetings/{calendars.cast.meeting()}/registration"


def can_come(calendars: Calendars, days_version: int) -> str:
    """The page after us4 has pressed "I can still come" on a page that shows these days."""
    page = registration(calendars)
    return str(calendars.post("us4", page, f"{page}/days/confirm", version=str(days_version)).text)


def move(calendars: Calendars, days: int = 0) -> None:
    calendars.edit_meeting(days=DAYS.moved_to(DAYS.starts_on + timedelta(days=days)))


def test_the_first_entry_after_an_acceptance_on_the_web_is_accepted(calendars: Calendars) -> None:
    calendars.answer("kr1", "LVR-1", Answer.ACCEPT)
    guest, text = entry(calendars, "kr1", "LVR")
    assert (guest["PARTSTAT"], guest["RSVP"]) == ("ACCEPTED", "TRUE")
    assert "whether you can come" not in text


def test_a_change_of_days_asks_again_on_the_registration_page(calendars: Calendars) -> None:
    assert QUESTION not in calendars.download("us4", registration(calendars)).text
    move(calendars)
    guest, text = entry(calendars)
    assert guest["PARTSTAT"] == "NEEDS-ACTION"
    assert f"say whether you can come:\r\n\r\nhttp://localhost{registration(calendars)}\r\n" in text
    page = calendars.download("us4", registration(calendars)).text
    assert QUESTION in page
    assert "Monday 31 May 2027 to Friday 4 June 2027" in page


def test_an_answer_on_the_registration_page_is_in_later_entries(calendars: Calendars) -> None:
    move(calendars)
    calendars.emails("us4")
    page = can_come(calendars, 1)
    assert "Your answer is saved" in page
    assert QUESTION not in page
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    assert entry(calendars)[0]["PARTSTAT"] == "ACCEPTED"


def test_an_answer_to_earlier_days_does_not_count_for_later_ones(calendars: Calendars) -> None:
    move(calendars)
    can_come(calendars, 1)
    move(calendars, 7)
    assert entry(calendars)[0]["PARTSTAT"] == "NEEDS-ACTION"


def test_an_answer_on_a_page_with_earlier_days_is_refused(calendars: Calendars) -> None:
    move(calendars)
    move(calendars, 7)
    page = can_come(calendars, 1)
    assert "The days have changed again. Read the new days, then answer." in page
    assert QUESTION in page
    assert entry(calendars)[0]["PARTSTAT"] == "NEEDS-ACTION"


def test_a_new_look_keeps_the_answer(calendars: Calendars) -> None:
    calendars.show_full_details()
    assert entry(calendars)[0]["PARTSTAT"] == "ACCEPTED"
    assert QUESTION not in calendars.download("us4", registration(calendars)).text


def test_a_person_whom_the_office_admits_again_is_asked(calendars: Calendars) -> None:
    participation = calendars.cast.participation("us4")
    done = roster.apply_bulk_action(calendars.coordinator(), BulkKind.TAKE_BACK, [participation], now=calendars.later())
    calendars.emails("us4")
    db.session.rollback()
    roster.undo(calendars.coordinator(), done, now=calendars.later())
    assert entry(calendars)[0]["PARTSTAT"] == "NEEDS-ACTION"
    assert QUESTION in calendars.download("us4", registration(calendars)).text


def test_a_person_who_accepts_again_on_the_web_has_accepted(calendars: Calendars) -> None:
    calendars.answer("kr1", "LVR-1", Answer.ACCEPT)
    calendars.emails("kr1", "LVR")
    answering.withdraw(calendars.cast.viewer("kr1", meeting="LVR-1"), now=calendars.later())
    assert entry(calendars, "kr1", "LVR")[0]["PARTSTAT"] == "DECLINED"
    calendars.answer("kr1", "LVR-1", Answer.ACCEPT)
    assert entry(calendars, "kr1", "LVR")[0]["PARTSTAT"] == "ACCEPTED"


def test_a_person_without_the_question_may_answer_it_without_effect(calendars: Calendars) -> None:
    before = calendars.number_of_emails()
    assert "Your answer is saved" in can_come(calendars, 0)
    assert calendars.number_of_emails() == before


def test_nobody_answers_for_a_cancelled_meeting(calendars: Calendars) -> None:
    move(calendars)
    calendars.cancel_meeting()
    page = can_come(calendars, 1)
    assert "This meeting was cancelled or closed" in page
    assert QUESTION not in page
