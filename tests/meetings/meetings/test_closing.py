"""Closing a meeting is explained, permanent, and seals data that nobody can read afterwards."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.models import SecretLink
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.core.outbox.models import Email
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.queries import meetings as dialogues
from dialogues.meetings.dialogues.rules.facts import Days, MeetingFacts
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.meetings.meetings import commands as meetings
from dialogues.meetings.precedence import queries as precedence
from dialogues.onsite.attendance import commands as attendance
from dialogues.onsite.attendance.models import AttendanceMark, AttendanceSeal
from dialogues.people.invitations.operations import mint_personal_link
from dialogues.people.participants.models import Participation
from tests.beds.forms import complaints, page, send
from tests.beds.web import set_clock
from tests.cast import MIDDLE_OF_TRD_1, Cast

LAST_DAY = MIDDLE_OF_TRD_1.replace(day=27, hour=8)
MORNING = "TRD-1-07"


@pytest.fixture
def last_day(app: Flask) -> Iterator[Cast]:
    """The personas on the last day of TRD-1; kr1 was marked present the day before."""
    cast = Cast(app)
    set_clock(app, LAST_DAY)
    with app.app_context():
        attendance.mark(
            cast.viewer("st-travel", meeting="TRD-1"),
            cast.session(MORNING),
            part_of(cast, "kr1"),
            present=True,
            now=clock.now(),
        )
    return cast


def part_of(cast: Cast, who: str) -> UUID:
    found = select(Participation.id).where(
        Participation.meeting_id == cast.meeting(), Participation.person_id == cast.person(who)
    )
    return cast._one(found)


def address(cast: Cast, rest: str = "") -> str:
    with cast.app.app_context():
        return f"/meetings/{cast.meeting()}{rest}"


def close(cast: Cast) -> FlaskClient:
    """Close TRD-1 on its page as coordinator."""
    client = cast.client("st-coord")
    assert send(client, address(cast, "/close")).status_code == 303
    return client


def test_the_page_explains_closing_beforehand(last_day: Cast) -> None:
    said = page(last_day.client("st-coord").get(address(last_day, "/close"))).select_one("main").get_text(" ")

    for words in ("sealed", "Registration is closed", "codes for the table end", "cannot be taken back"):
        assert words in said


def test_closing_seals_the_attendance_record_at_once(last_day: Cast, read) -> None:
    client = close(last_day)

    meeting = read(select(Meeting).where(Meeting.code == "TRD-1"))
    assert (meeting.status, meeting.closed_at is not None) == (MeetingStatus.CLOSED, True)
    assert read(select(AttendanceSeal)).sealed_at == meeting.closed_at
    assert "closed" in page(client.get(address(last_day))).select_one(".status").get_text()


def test_a_meeting_cannot_be_closed_before_its_last_day(app: Flask) -> None:
    cast = Cast(app)

    answer = send(cast.client("st-coord"), address(cast, "/close"))

    assert answer.status_code == 422
    assert "last day" in complaints(answer)


def test_after_closing_the_liaison_desk_cannot_read_or_change_attendance(last_day: Cast, read) -> None:
    cast = last_day
    with cast.app.app_context():
        table, about = address(cast, f"/attendance/{cast.session(MORNING)}"), part_of(cast, "kr1")
    desk = cast.client("st-travel")
    assert desk.get(table).status_code == 200

    close(cast)

    shown = desk.get(address(cast, "/attendance"))
    assert "The record is sealed" in shown.text
    assert "marked" not in page(shown).select_one("main").get_text().replace("is marked any more", "")
    for closed in (table, address(cast, f"/attendance/people/{about}"), address(cast, "/attendance/codes")):
        assert desk.get(closed).status_code == 404
    with cast.app.app_context():
        viewer, session = cast.viewer("st-travel", meeting="TRD-1"), cast.session(MORNING)
        for present in (True, False):
            with pytest.raises(Refusal, match="sealed"):
                attendance.mark(viewer, session, about, present=present, now=clock.now())
        with pytest.raises(Refusal, match="sealed"):
            attendance.make_cards(viewer, everyone=True, now=clock.now())
    assert read(select(AttendanceMark.session_id)) is not None


@pytest.mark.parametrize("who", ["st-coord", "st-arch"])
def test_coordinator_and_archivist_see_a_line_without_names(last_day: Cast, who: str) -> None:
    client = last_day.client(who)
    assert "Attendance record" not in client.get(address(last_day, "/archive")).text

    close(last_day)

    line = page(client.get(address(last_day, "/archive"))).select_one("main").get_text(" ")
    assert "It exists, sealed since Thursday 27 May 2027" in line


@pytest.mark.parametrize("who", ["st-host", "ch1", "kr1", "us4", "st-rap2"])
def test_other_roles_do_not_see_the_line(last_day: Cast, who: str) -> None:
    close(last_day)

    answer = last_day.client(who).get(address(last_day, "/archive"))

    assert answer.status_code == 200
    assert "Attendance record" not in answer.text


def test_without_attendance_marks_no_record_is_listed(app: Flask) -> None:
    cast = Cast(app)
    set_clock(app, LAST_DAY)

    close(cast)

    assert "Attendance record" not in cast.client("st-coord").get(address(cast, "/archive")).text


def test_personal_links_and_codes_end_with_the_meeting(last_day: Cast, read) -> None:
    cast = last_day
    with cast.app.app_context():
        about = part_of(cast, "kr1")
        with upkeep(system(Purpose.SAMPLE)):
            mint_personal_link(about, clock.now())
            later = datetime.max.replace(tzinfo=LAST_DAY.tzinfo)
            code = accounts.mint_link(
                LinkPurpose.ATTENDANCE, about, expires_at=later, single_use=False, now=clock.now()
            )

    close(cast)

    alive = select(SecretLink.purpose).where(SecretLink.subject == about, SecretLink.revoked_at.is_(None))
    assert read(alive) is None
    assert cast.client("st-travel").get(f"/attendance/code/{code}").status_code == 404


def test_closing_sends_no_email(last_day: Cast) -> None:
    def queued() -> int:
        with last_day.app.app_context():
            return len(db.session.scalars(select(Email.id)).all())

    before = queued()
    close(last_day)
    assert queued() == before


def test_a_closed_meeting_cannot_be_reopened_and_the_page_says_why(last_day: Cast) -> None:
    client = close(last_day)
    settings = address(last_day, "/settings")

    found = page(client.get(settings))
    assert [option["value"] for option in found.select("#status option")] == ["closed"]
    assert "cannot be opened again" in found.select_one("#status-hint").get_text()
    assert send(client, settings, status="confirmed").status_code == 422
    assert send(client, settings, title="Said otherwise").status_code == 303


def test_the_edit_command_cannot_reopen_a_closed_meeting(last_day: Cast) -> None:
    close(last_day)

    with last_day.app.app_context():
        viewer = last_day.viewer("st-coord", meeting="TRD-1")
        found = dialogues.meeting(viewer)
        for changed, reason in (
            (facts_of(viewer, status=MeetingStatus.CONFIRMED), "cannot be opened again"),
            (facts_of(viewer, ends_on=found.ends_on.replace(day=28), depart_on=None), "stay as they were"),
        ):
            with pytest.raises(Refusal, match=reason):
                meetings.edit_meeting(viewer, changed, version=found.version, now=clock.now())


def facts_of(viewer: Viewer, *, status: MeetingStatus = MeetingStatus.CLOSED, **days: Any) -> MeetingFacts:
    """Return the meeting's facts with these changes."""
    found = dialogues.meeting(viewer)
    kept = {day: getattr(found, day) for day in ("arrive_on", "starts_on", "ends_on", "depart_on")}
    return MeetingFacts(
        code=found.code,
        title=found.title,
        zone=found.zone,
        venue_id=found.venue_id,
        days=Days(**kept | days),
        status=status,
        parties=frozenset(party.id for party in precedence.parties_in_order(viewer)),
    )


@pytest.mark.parametrize("page_of", ["/close", "/cancel"])
def test_a_closed_meeting_is_neither_closed_nor_cancelled_again(last_day: Cast, page_of: str, read) -> None:
    client = last_day.client("st-coord")
    stale = page(client.get(address(last_day, page_of))).select_one("main form")
    close(last_day)

    version = read(select(Meeting.version).where(Meeting.code == "TRD-1"))
    typed = {"version": version, "csrf_token": stale.select_one("[name=csrf_token]")["value"]}
    answer = client.post(address(last_day, page_of), data=typed, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 422
    assert read(select(Meeting.status).where(Meeting.code == "TRD-1")) is MeetingStatus.CLOSED


def test_a_meeting_with_the_old_status_closed_can_still_be_closed(last_day: Cast, read) -> None:
    """ "closed" was once a status to choose in the settings."""
    with last_day.app.app_context(), upkeep(system(Purpose.SAMPLE)):
        db.session.execute(update(Meeting).where(Meeting.code == "TRD-1").values(status=MeetingStatus.CLOSED))

    close(last_day)

    assert read(select(AttendanceSeal)) is not None


def test_participant_cannot_withdraw_from_a_closed_meeting(last_day: Cast, read) -> None:
    """Withdrawing would remove access to past documents, and a past day from the calendar."""
    client = last_day.client("us4")
    own = address(last_day, "/registration")
    assert "Withdraw…" in client.get(own).text
    close(last_day)
    queued = read(select(func.count()).select_from(Email))

    answer = send(client, own + "/withdraw")

    assert "cancelled or closed" in complaints(answer)
    assert read(select(func.count()).select_from(Email)) == queued
    assert "Withdraw…" not in client.get(own).text
