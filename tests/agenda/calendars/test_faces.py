"""What an entry shows: discreet the neutral word and a short code, full title, room, description, link and role."""

from urllib.parse import urlsplit

import pytest
import vobject
from sqlalchemy import select

from dialogues.agenda.versions.models import AgendaSession
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.people.invitations.commands import answering as invitations
from tests.agenda.calendars.calendars import Calendars, calendar_part, evening


def title_of_meeting(code: str = "TRD-1") -> str:
    return db.session.scalars(select(Meeting.title).where(Meeting.code == code)).one()


def short_code(calendars: Calendars, session: str) -> str:
    found = select(AgendaSession.short_code).where(AgendaSession.id == calendars.cast.session(session))
    return db.session.scalars(found).one()


def test_a_discreet_session_has_the_code_that_the_agenda_shows(calendars: Calendars) -> None:
    events = calendars.feed(calendars.feed_address("us4")).values()
    code = short_code(calendars, "TRD-1-03")
    assert f"Appointment {code}" in {str(event["SUMMARY"]) for event in events}
    meeting = calendars.cast.meeting()
    assert f">{code}<" in calendars.download("us4", f"/meetings/{meeting}/agenda").text
    assert f">{code}<" in calendars.download("us4", f"/meetings/{meeting}/calendar").text
    assert {str(event.get("LOCATION")) for event in events} == {"Ulaanbaatar"}
    assert not [event for event in events if "DESCRIPTION" in event or "URL" in event]


def test_a_full_session_has_title_room_times_and_a_link_that_needs_signing_in(calendars: Calendars) -> None:
    calendars.show_full_details()
    feed = calendars.fetch(calendars.feed_address("us4")).data.decode()
    (event,) = [event for event in vobject.readOne(feed).vevent_list if "Climate" in event.summary.value]
    assert event.location.value.startswith("Plenary hall, ")
    assert "Wednesday 26 May 2027, 09:00–10:30 Asia/Ulaanbaatar (UTC+08:00)" in event.description.value
    assert event.url.value in event.description.value
    path = urlsplit(event.url.value).path
    assert calendars.fetch(path).status_code == 303
    assert calendars.download("us4", path).status_code == 200


def test_a_full_entry_of_the_meeting_links_to_the_meeting(calendars: Calendars) -> None:
    calendars.show_full_details()
    event, _content = calendar_part(calendars.emails("us4")[0])
    assert "Monday 24 May 2027 to Friday 28 May 2027, Asia/Ulaanbaatar (UTC+08:00)" in event["DESCRIPTION"]
    assert calendars.download("us4", urlsplit(str(event["URL"])).path).status_code == 200


def test_a_cancelled_full_entry_keeps_its_title_and_has_no_link(calendars: Calendars) -> None:
    calendars.show_full_details()
    calendars.emails("us4")
    calendars.cancel_meeting()
    (letter,) = calendars.emails("us4")
    event, content = calendar_part(letter)
    assert b"METHOD:CANCEL" in content
    assert event["SUMMARY"] == title_of_meeting()
    assert "URL" not in event
    assert "http" not in event["DESCRIPTION"]
    assert str(event["SUMMARY"]) in letter.get_body(("plain",)).get_content()


def test_a_full_session_that_left_the_agenda_keeps_its_title_and_has_no_link(calendars: Calendars) -> None:
    calendars.show_full_details()
    session = calendars.plan("Last talk")
    calendars.publish()
    feed = calendars.feed_address("us4")
    calendars.remove(session)
    calendars.publish()
    (event,) = [event for event in calendars.feed(feed).values() if event["SUMMARY"] == "Last talk"]
    assert event["STATUS"] == "CANCELLED"
    assert "URL" not in event


def test_a_session_that_was_closed_to_a_person_keeps_only_its_short_code(calendars: Calendars) -> None:
    calendars.show_full_details()
    session = calendars.plan("Talk for everyone")
    calendars.publish()
    feed = calendars.feed_address("us4")
    calendars.restrict(session, calendars.cast.person("kr1"))
    calendars.publish()
    code = db.session.scalars(select(AgendaSession.short_code).where(AgendaSession.id == session)).one()
    (event,) = [event for event in calendars.feed(feed).values() if event["STATUS"] == "CANCELLED"]
    assert event["SUMMARY"] == f"Appointment {code}"
    assert not {"DESCRIPTION", "URL"} & set(event)


def test_a_person_who_withdrew_gets_a_neutral_cancellation_with_the_known_days(calendars: Calendars) -> None:
    calendars.show_full_details()
    told, _content = calendar_part(calendars.emails("us4")[0])
    invitations.withdraw(calendars.cast.viewer("us4", meeting="TRD-1"), now=calendars.later())
    (letter,) = calendars.emails("us4")
    event, content = calendar_part(letter)
    assert (event["STATUS"], event["SUMMARY"], event["LOCATION"]) == ("CANCELLED", "Appointment", "Ulaanbaatar")
    assert (event.start, event.end) == (told.start, told.end)
    assert not {"DESCRIPTION", "URL"} & set(event)
    for secret in (title_of_meeting(), "CN="):
        assert secret.encode() not in content
        assert secret not in letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize(("name", "role"), [("ch1", "CHAIR"), ("us4", "REQ-PARTICIPANT"), ("xo2", "NON-PARTICIPANT")])
def test_a_full_entry_of_the_meeting_has_the_role_of_its_guest(calendars: Calendars, name: str, role: str) -> None:
    calendars.show_full_details()
    event, _content = calendar_part(calendars.emails(name)[0])
    assert event["ATTENDEE"].params["ROLE"] == role


@pytest.mark.parametrize("name", ["ch1", "xo2"])
def test_a_discreet_entry_has_no_special_role(calendars: Calendars, name: str) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    event, _content = calendar_part(calendars.emails(name)[0])
    assert event["ATTENDEE"].params["ROLE"] == "REQ-PARTICIPANT"


def test_an_email_about_a_discreet_session_names_its_short_code(calendars: Calendars) -> None:
    session = calendars.plan("Unheard-of talk")
    calendars.publish()
    code = db.session.scalars(select(AgendaSession.short_code).where(AgendaSession.id == session)).one()
    (letter,) = calendars.emails("us4")
    assert f"– {code}: new: Wednesday 26 May 2027, 18:00–18:45" in letter.get_content()


def test_an_email_about_a_confidential_session_tells_the_short_code_only(calendars: Calendars) -> None:
    days = db.session.execute(select(Meeting.starts_on).where(Meeting.code == "LVR-1")).scalar_one()
    at = evening(21)
    session = calendars.plan("Unheard-of talk", "LVR-1", when=type(at)(days, at.starts, at.ends))
    calendars.publish("LVR-1")
    code = db.session.scalars(select(AgendaSession.short_code).where(AgendaSession.id == session)).one()
    (letter,) = calendars.emails("st-coord", "LVR")
    assert f"– {code}: new\r\n" in letter.get_content()
    for told in ("21:00", "2027", "Europe/Zurich", "Unheard-of"):
        assert told not in letter.get_content()


@pytest.mark.parametrize("name", ["us4", "st-travel", "st-rap1"])
def test_the_agenda_links_to_no_file_that_is_gone(calendars: Calendars, name: str) -> None:
    meeting = calendars.cast.meeting()
    calendars.cancel_meeting()
    page = calendars.download(name, f"/meetings/{meeting}/agenda")
    assert page.status_code == 200
    assert ".ics" not in page.text
    assert calendars.download(name, f"/meetings/{meeting}/calendar.ics").status_code == 404
