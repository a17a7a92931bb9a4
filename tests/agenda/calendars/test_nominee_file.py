"""The calendar file of a person without an email address, for their focal point; no email is sent."""

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
from tests.agenda.calendars.calendars import NEUTRAL
from tests.cast import MIDDLE_OF_TRD_1, Cast


def address(cast: Cast, name: str) -> str:
    """The address of the calendar file of a persona of TRD-1."""
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
def with_full_details(cast: Cast) -> Cast:
    """TRD-1, whose calendar files show all details."""
    with cast.app.app_context(), upkeep(system(Purpose.SAMPLE)):
        there = db.session.execute(select(Meeting).where(Meeting.code == "TRD-1")).scalar_one()
        there.profile = InviteProfile.FULL
        db.session.flush()
        calendars.update_meetings([MeetingChanged(at=MIDDLE_OF_TRD_1, about=there.id, meeting_id=there.id)])
    return cast


def test_the_focal_point_downloads_the_meeting_and_its_sessions(cast: Cast) -> None:
    answer = cast.client("kp2").get(address(cast, "kp3"))

    assert answer.status_code == 200
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert len([event for event in events if event["TRANSP"] == "TRANSPARENT"]) == 1
    assert len(events) > 5


@pytest.mark.parametrize("name", ["kp2", "st-coord"])
def test_the_file_is_discreet_even_in_a_meeting_with_full_details(with_full_details: Cast, name: str) -> None:
    content = with_full_details.client(name).get(address(with_full_details, "kp3")).text

    own = with_full_details.client("us4").get(f"/meetings/{meeting(with_full_details)}/calendar.ics").text
    assert "CLASS:PRIVATE" in own
    assert content.count("CLASS:CONFIDENTIAL") == content.count("BEGIN:VEVENT")
    assert all(NEUTRAL.fullmatch(summary) for summary in summaries(content))
    for telling in ("ATTENDEE", "ORGANIZER", "DESCRIPTION", "TRD", "example.invalid"):
        assert telling not in content


def summaries(content: str) -> list[Any]:
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(content).walk("VEVENT")]


@pytest.mark.parametrize("name", ["kr1", "us4", "ch1", "st-host", "st-rap1", "st-travel", "xo2"])
def test_the_file_is_not_found_for_other_roles(cast: Cast, name: str) -> None:
    assert cast.client(name).get(address(cast, "kp3")).status_code == 404


def test_there_is_no_file_for_a_person_with_an_email_address(cast: Cast) -> None:
    assert cast.client("st-coord").get(address(cast, "us4")).status_code == 404


def test_there_is_no_file_for_a_person_with_an_unconfirmed_address(cast: Cast) -> None:
    with cast.app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(
            update(Participation)
            .where(Participation.person_id == cast.person("kp3"))
            .values(claimed_email="someone@example.invalid")
        )

    assert cast.client("kp2").get(address(cast, "kp3")).status_code == 404


def test_no_email_is_queued_for_a_person_without_an_address(with_full_details: Cast) -> None:
    with with_full_details.app.app_context():
        queued = db.session.scalars(select(Email.id).where(Email.person_id == with_full_details.person("kp3"))).all()

    assert queued == []


def test_the_file_is_not_found_after_the_person_left(cast: Cast) -> None:
    with cast.app.app_context():
        kp3 = cast.person("kp3")
        there = db.session.execute(
            select(Participation.id).where(Participation.meeting_id == cast.meeting(), Participation.person_id == kp3)
        ).scalar_one()
        db.session.rollback()
        invitations.take_back(cast.viewer("st-coord", meeting="TRD-1"), there, now=MIDDLE_OF_TRD_1)

        assert db.session.scalars(select(Email.id).where(Email.person_id == kp3)).all() == []
