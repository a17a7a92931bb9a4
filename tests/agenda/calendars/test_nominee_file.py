"""The calendar of someone without an e-mail address: a file for whoever looks after them, and never a letter."""

from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from dialogues.agenda.calendars import handlers as calendars
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.models import Email
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.events import MeetingChanged
from dialogues.meetings.dialogues.rules.kinds import InviteProfile
from dialogues.people.invitations.commands import inviting as invitations
from dialogues.people.participants.models import Participation
from tests.cast import MIDDLE_OF_TRD_1, Cast


def address(cast: Cast, name: str) -> str:
    """Where the file of a persona of TRD-1 is fetched."""
    with cast.app.app_context():
        found = db.session.execute(
            select(Participation.id).where(
                Participation.meeting_id == cast.meeting(), Participation.person_id == cast.person(name)
            )
        ).scalar_one()
        return f"/meetings/{cast.meeting()}/nominations/{found}/calendar.ics"


def meeting(cast: Cast) -> UUID:
    with cast.app.app_context():
        return cast.meeting()


@pytest.fixture
def told_in_full(cast: Cast) -> Cast:
    """TRD-1 has chosen that calendar files say what it is about."""
    with cast.app.app_context(), upkeep(system(Purpose.SAMPLE)):
        there = db.session.execute(select(Meeting).where(Meeting.code == "TRD-1")).scalar_one()
        there.profile = InviteProfile.FULL
        db.session.flush()
        calendars.renew_entries(MeetingChanged(at=MIDDLE_OF_TRD_1, about=there.id, meeting_id=there.id))
    return cast


def test_the_focal_point_fetches_the_meeting_and_its_sessions(cast: Cast) -> None:
    answer = cast.client("kp2").get(address(cast, "kp3"))

    assert answer.status_code == 200
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert len([event for event in events if event["TRANSP"] == "TRANSPARENT"]) == 1
    assert len(events) > 5


@pytest.mark.parametrize("name", ["kp2", "st-coord"])
def test_the_file_is_discreet_whatever_the_meeting_chose(told_in_full: Cast, name: str) -> None:
    content = told_in_full.client(name).get(address(told_in_full, "kp3")).text

    own = told_in_full.client("us4").get(f"/meetings/{meeting(told_in_full)}/calendar.ics").text
    assert "CLASS:PRIVATE" in own
    assert content.count("CLASS:CONFIDENTIAL") == content.count("BEGIN:VEVENT")
    assert set(summaries(content)) == {"Appointment"}
    for telling in ("ATTENDEE", "ORGANIZER", "DESCRIPTION", "TRD", "example.invalid"):
        assert telling not in content


def summaries(content: str) -> list[Any]:
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(content).walk("VEVENT")]


@pytest.mark.parametrize("name", ["kr1", "us4", "ch1", "st-host", "st-rap1", "st-travel", "xo2"])
def test_for_everyone_else_it_is_not_there(cast: Cast, name: str) -> None:
    assert cast.client(name).get(address(cast, "kp3")).status_code == 404


def test_whoever_has_an_address_has_a_calendar_of_their_own(cast: Cast) -> None:
    assert cast.client("st-coord").get(address(cast, "us4")).status_code == 404


def test_an_address_in_doubt_is_an_address(cast: Cast) -> None:
    with cast.app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(
            update(Participation)
            .where(Participation.person_id == cast.person("kp3"))
            .values(claimed_email="someone@example.invalid")
        )

    assert cast.client("kp2").get(address(cast, "kp3")).status_code == 404


def test_no_letter_is_owed_to_whom_no_letter_reaches(told_in_full: Cast) -> None:
    with told_in_full.app.app_context():
        owed = db.session.scalars(select(Email.id).where(Email.person_id == told_in_full.person("kp3"))).all()

    assert owed == []


def test_nor_when_they_come_no_more(cast: Cast) -> None:
    with cast.app.app_context():
        kp3 = cast.person("kp3")
        there = db.session.execute(
            select(Participation.id).where(Participation.meeting_id == cast.meeting(), Participation.person_id == kp3)
        ).scalar_one()
        db.session.rollback()
        invitations.take_back(cast.viewer("st-coord", meeting="TRD-1"), there, now=MIDDLE_OF_TRD_1)

        assert db.session.scalars(select(Email.id).where(Email.person_id == kp3)).all() == []
