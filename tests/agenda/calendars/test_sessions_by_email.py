"""Meetings over weeks, and those whose coordinator chose so, are emailed session by session."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import vobject
from sqlalchemy import select

from dialogues.agenda.planning.rules import When
from dialogues.agenda.versions.rules import Part
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.meetings.dialogues.rules.kinds import InviteProfile, Invites
from dialogues.people.invitations.commands import answering
from tests.agenda.calendars.calendars import NEUTRAL, Calendars, calendar_part

#: SCD-1 lasts seven weeks.
TALK = When(date(2027, 10, 3), time(10), time(11))
LATER = When(date(2027, 10, 4), time(10), time(11))


def methods(emails: Iterable[EmailMessage]) -> list[str]:
    """The iTIP methods of emails, in their order."""
    return [str(vobject.readOne(calendar_part(letter)[1].decode()).method.value) for letter in emails]


def events(emails: Iterable[EmailMessage]) -> list[Any]:
    return [calendar_part(letter)[0] for letter in emails]


def new_session(calendars: Calendars, meeting: str = "SCD-1", **facts: Any) -> Any:
    session = calendars.plan("Unheard-of talk", meeting, **{"when": TALK} | facts)
    calendars.publish(meeting)
    return session


@pytest.mark.parametrize(
    ("invites", "days", "per_session"),
    [
        (Invites.BY_DAYS, 3, False),
        (Invites.BY_DAYS, 4, True),
        (Invites.MEETING, 49, False),
        (Invites.SESSIONS, 0, True),
    ],
)
def test_the_days_decide_unless_a_coordinator_chose(invites: Invites, days: int, per_session: bool) -> None:
    first = date(2027, 9, 22)
    assert invites.are_per_session(first, first + timedelta(days=days)) is per_session


def test_a_session_over_weeks_is_emailed_alone_and_asks_for_no_answer(calendars: Calendars) -> None:
    new_session(calendars)
    (letter,) = calendars.emails("us4", "SCD")
    event, content = calendar_part(letter)
    assert methods([letter]) == ["REQUEST"]
    assert content.count(b"BEGIN:VEVENT") == 1
    assert (event.start.date(), event["TRANSP"]) == (TALK.day, "OPAQUE")
    guest = event["ATTENDEE"].params
    assert (guest["PARTSTAT"], guest["RSVP"]) == ("ACCEPTED", "FALSE")
    assert letter["Subject"] == "Appointment"
    assert "please keep this time:" in letter.get_body(("plain",)).get_content()


def test_the_emailed_session_is_the_one_in_the_feed(calendars: Calendars) -> None:
    feed = calendars.feed_address("us4", "SCD-1")
    session = new_session(calendars)
    for to in (LATER, TALK):
        for event in events(calendars.emails("us4", "SCD")):
            twin = calendars.feed(feed)[str(event["UID"])]
            assert [twin[name] for name in ("SEQUENCE", "SUMMARY", "STATUS")] == [
                event[name] for name in ("SEQUENCE", "SUMMARY", "STATUS")
            ]
            assert (twin["DTSTAMP"].dt, twin.start) == (event["DTSTAMP"].dt, event.start)
        calendars.move(session, to, meeting="SCD-1")
        calendars.publish("SCD-1")


def test_a_life_of_one_session_by_email(calendars: Calendars) -> None:
    session = new_session(calendars)
    (invited,) = events(calendars.emails("us4", "SCD"))
    calendars.move(session, LATER, meeting="SCD-1")
    calendars.publish("SCD-1")
    emails = calendars.emails("us4", "SCD")
    (moved,) = events(emails)
    assert methods(emails) == ["REQUEST"]
    assert emails[0]["Subject"] == "Appointment: changed"
    calendars.remove(session, meeting="SCD-1")
    calendars.publish("SCD-1")
    emails = calendars.emails("us4", "SCD")
    (gone,) = events(emails)
    assert methods(emails) == ["CANCEL"]
    assert invited["UID"] == moved["UID"] == gone["UID"]
    assert invited["SEQUENCE"] < moved["SEQUENCE"] < gone["SEQUENCE"]
    assert str(invited["ORGANIZER"]) == str(moved["ORGANIZER"]) == str(gone["ORGANIZER"])


def test_a_new_version_sends_only_the_sessions_that_changed(calendars: Calendars) -> None:
    new_session(calendars)
    calendars.emails("us4", "SCD")
    new_session(calendars, when=LATER)
    (event,) = events(calendars.emails("us4", "SCD"))
    assert event.start.date() == LATER.day


def test_a_person_who_withdraws_gets_a_neutral_cancel_per_session(calendars: Calendars) -> None:
    calendars.edit_meeting(invites=Invites.SESSIONS, profile=InviteProfile.FULL)
    told = {str(event["UID"]): event for event in events(calendars.emails("us4"))}
    answering.withdraw(calendars.cast.viewer("us4", meeting="TRD-1"), now=calendars.later())
    emails = calendars.emails("us4")
    assert set(methods(emails)) == {"CANCEL"}
    for event in events(emails):
        was = told[str(event["UID"])]
        assert NEUTRAL.fullmatch(str(event["SUMMARY"]))
        assert (event.start, event.end) == (was.start, was.end)
        assert event["SEQUENCE"] > was["SEQUENCE"]


def test_a_person_who_rejoins_gets_the_same_sessions_again(calendars: Calendars) -> None:
    calendars.edit_meeting(invites=Invites.SESSIONS)
    calendars.emails("us4")
    answering.withdraw(calendars.cast.viewer("us4", meeting="TRD-1"), now=calendars.later())
    gone = {str(event["UID"]): event for event in events(calendars.emails("us4"))}
    calendars.confirm("us4")
    emails = calendars.emails("us4")
    assert set(methods(emails)) == {"REQUEST"}
    back = {str(event["UID"]): event for event in events(emails)}
    assert back.keys() == gone.keys()
    assert all(back[uid]["SEQUENCE"] > gone[uid]["SEQUENCE"] for uid in gone)


def test_a_session_that_moves_after_a_change_of_address_is_emailed_with_a_greater_sequence(
    calendars: Calendars,
) -> None:
    session = new_session(calendars)
    calendars.emails("us4", "SCD")
    calendars.change_address("us4", "new@example.invalid")
    again = [one for one in events(calendars.emails("us4", "SCD")) if str(one["STATUS"]) != "CANCELLED"]
    greatest = max(int(one["SEQUENCE"]) for one in again)
    calendars.move(session, LATER, meeting="SCD-1")
    calendars.publish("SCD-1")
    (moved,) = events(calendars.emails("us4", "SCD"))
    assert str(moved["ATTENDEE"]) == "mailto:new@example.invalid"
    assert moved["SEQUENCE"] > greatest


def test_a_full_session_is_emailed_with_the_role_of_its_guest(calendars: Calendars) -> None:
    calendars.edit_meeting("SCD-1", profile=InviteProfile.FULL)
    calendars.emails("us4", "SCD")
    new_session(calendars, people=((calendars.cast.person("us4", "SCD"), Part.CHAIR),))
    (event,) = events(calendars.emails("us4", "SCD"))
    assert event["SUMMARY"] == "Unheard-of talk"
    assert event["ATTENDEE"].params["ROLE"] == "CHAIR"
    assert str(event["URL"]).startswith("http://localhost/meetings/")


def test_a_coordinator_can_choose_each_session(calendars: Calendars) -> None:
    calendars.edit_meeting(invites=Invites.SESSIONS)
    invited = [event for event in events(calendars.emails("us4")) if event["STATUS"] == "CONFIRMED"]
    assert len({str(event["UID"]) for event in invited}) == len(invited) == 12
    assert {event["TRANSP"] for event in invited} == {"OPAQUE"}


def test_the_entry_of_the_meeting_is_cancelled_when_sessions_replace_it(calendars: Calendars) -> None:
    calendars.show_full_details()
    (banner,) = events(calendars.emails("us4"))
    calendars.edit_meeting(invites=Invites.SESSIONS)
    emails = calendars.emails("us4")
    (cancel,) = [letter for letter in emails if methods([letter]) == ["CANCEL"]]
    assert calendar_part(cancel)[0]["UID"] == banner["UID"]
    assert "one calendar entry for each session" in cancel.get_body(("plain",)).get_content()
    assert len(emails) > 10


def test_a_cancelled_meeting_cancels_each_emailed_session(calendars: Calendars) -> None:
    new_session(calendars)
    calendars.emails("us4", "SCD")
    calendars.cancel_meeting("SCD-1")
    emails = calendars.emails("us4", "SCD")
    assert emails
    assert set(methods(emails)) == {"CANCEL"}


def test_new_days_are_told_in_words_until_the_agenda_follows(calendars: Calendars) -> None:
    calendars.edit_meeting("SCD-1", days=Days(starts_on=date(2027, 9, 22), ends_on=date(2027, 11, 11)))
    (letter,) = calendars.emails("us4", "SCD")
    assert letter.get_content_type() == "text/plain"
    assert "Thursday 11 November 2027" in letter.get_content()


def test_a_confidential_meeting_emails_no_sessions(calendars: Calendars) -> None:
    calendars.edit_meeting("LVR-1", invites=Invites.SESSIONS)
    first_day = db.session.scalars(select(Meeting.starts_on).where(Meeting.code == "LVR-1")).one()
    new_session(calendars, "LVR-1", when=When(first_day, time(21), time(22)))
    assert [letter.get_content_type() for letter in calendars.emails("st-coord", "LVR")] == ["text/plain"]
