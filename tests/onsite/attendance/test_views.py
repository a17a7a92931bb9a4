"""The liaison desk marks attendance: times and rooms, one button per person; pressing twice does no harm."""

import json
import re
from datetime import date

import pytest
from sqlalchemy import select

from dialogues.core.audit.models import AuditDetail, AuditEntry
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.onsite.attendance.models import AttendanceMark
from dialogues.people.participants.models import Participation
from tests.beds.forms import SAME_ORIGIN, page
from tests.beds.web import set_clock
from tests.cast import MIDDLE_OF_TRD_1, Cast
from tests.onsite.attendance.conftest import LATER, MORNING, RESTRICTED, Desk

IN_SHORT = {"Accept": "application/json"}
BILATERALS = "TRD-1-09"
DURING_THE_SESSION = MIDDLE_OF_TRD_1.replace(hour=1, minute=30)


def test_the_liaison_desk_sees_sessions_of_today_first_by_time_and_place(desk: Desk) -> None:
    found = page(desk.browser.get(desk.address()))

    assert [head.get_text() for head in found.select("main h2")] == ["Today", "Earlier days", "Later days"]
    assert found.select_one("main .desk-list .time-span").get_text(strip=True) == "09:00–10:30"
    assert found.select_one("main .desk-list .desk-name .quiet").get_text() == "Plenary hall"


def test_the_liaison_desk_sees_no_session_titles(desk: Desk) -> None:
    seen = "".join(desk.browser.get(one).text for one in (desk.address(), desk.table()))

    for word in ("Climate", "Flood", "Breakouts", "statement", "Chatham", "Bilateral"):
        assert word not in seen


@pytest.mark.parametrize("code", [RESTRICTED, BILATERALS])
def test_attendance_of_restricted_sessions_is_not_recorded(desk: Desk, code: str) -> None:
    assert "Not taken here" in desk.browser.get(desk.address()).text
    assert desk.browser.get(desk.table(code)).status_code == 404
    assert desk.mark("kr1", code).status_code == 404


def test_pressing_marks_a_person_and_pressing_again_removes_the_mark(desk: Desk, name_of) -> None:
    answer = desk.mark("kr1")

    assert answer.status_code == 303
    assert answer.location.endswith(f"#p-{desk.participation('kr1')}")
    assert desk.marked() == [name_of("kr1")]

    desk.mark("kr1", present=False)
    assert desk.marked() == []


def test_repeated_and_late_requests_change_nothing(desk: Desk) -> None:
    for _press in range(3):
        assert desk.mark("kr1").status_code == 303
    assert desk.figures().startswith("1 of ")

    for _press in range(2):
        assert desk.mark("kr1", present=False).status_code == 303
    assert desk.figures().startswith("0 of ")


def test_marks_belong_to_one_session(desk: Desk) -> None:
    desk.mark("kr1", "TRD-1-04")

    assert desk.figures("TRD-1-04").startswith("1 of ")
    assert desk.figures(MORNING).startswith("0 of ")
    assert "1 of " in desk.browser.get(desk.address()).text


def test_the_script_of_the_page_gets_numbers_instead_of_a_page(desk: Desk) -> None:
    answer = desk.mark("kr1", headers=IN_SHORT)

    said = json.loads(answer.text)
    assert (said["present"], said["marked"]) == (True, 1)
    assert said["expected"] == int(re.search(r"of (\d+)", desk.figures())[1])


def test_a_person_with_other_days_is_not_expected_but_can_be_marked(desk: Desk) -> None:
    before = int(re.search(r"of (\d+)", desk.figures())[1])
    about = desk.participation("kr1")
    with upkeep(system(Purpose.SAMPLE)):
        db.session.get_one(Participation, about).present_to = date(2027, 5, 25)

    assert int(re.search(r"of (\d+)", desk.figures())[1]) == before - 1
    line = page(desk.browser.get(desk.table())).select_one(f"#p-{about}")
    assert "Not expected on this day" in line.get_text()
    desk.mark("kr1")
    assert desk.figures().startswith("1 of ")


def test_a_session_of_a_later_day_is_marked_on_its_day(desk: Desk) -> None:
    assert desk.browser.get(desk.table(LATER)).status_code == 404

    answer = desk.mark("kr1", LATER, headers=IN_SHORT)

    assert answer.status_code == 409
    assert "later day" in json.loads(answer.text)["refusal"]


@pytest.mark.parametrize("search", ["park", "PARK", "kr", "no such name"])
def test_people_are_found_by_any_part_of_their_name_or_by_their_party(desk: Desk, search: str) -> None:
    everyone = page(desk.browser.get(desk.table())).select(".desk-line")
    wanted = [line["id"] for line in everyone if search.casefold() in line.select_one(".desk-name").text.casefold()]

    found = page(desk.browser.get(desk.table(), query_string={"q": search})).select(".desk-line")

    assert [line["id"] for line in found] == wanted
    assert bool(wanted) == (search != "no such name")


def test_without_javascript_every_button_is_a_form(desk: Desk) -> None:
    found = page(desk.browser.get(desk.table()))

    buttons = found.select(".desk-form button[formaction]")
    assert len(buttons) == len(found.select(".desk-line")) > 20
    answer = desk.browser.post(
        buttons[0]["formaction"],
        data={
            "csrf_token": found.select_one(".desk-form input[name=csrf_token]")["value"],
            "back": found.select_one(".desk-form input[name=back]")["value"],
            buttons[0]["name"]: buttons[0]["value"],
        },
        headers=SAME_ORIGIN,
    )
    assert answer.status_code == 303
    assert desk.figures().startswith("1 of ")


@pytest.mark.parametrize("who", ["st-coord", "st-host", "ch1", "kr1", "xo2", "in-ko1", "st-rap2", "st-arch"])
def test_other_roles_cannot_see_or_mark_attendance(desk: Desk, cast: Cast, who: str) -> None:
    desk.mark("kr1")
    other = cast.client(who)

    for address in (desk.address(), desk.table(), desk.address("/codes")):
        assert other.get(address).status_code == 404


def test_pages_send_as_many_queries_for_many_marks_as_for_none(desk: Desk, queries_of) -> None:
    addresses = (desk.address(), desk.table(), desk.address(f"/people/{desk.participation('kr1')}"))
    for one in addresses:
        desk.browser.get(one)
    before = [queries_of(lambda one=one: desk.browser.get(one)) for one in addresses]

    for who in ("kr1", "kr2", "kp1", "us1", "mn1", "jp1", "ru1"):
        for code in (MORNING, "TRD-1-04"):
            desk.mark(who, code)

    assert [queries_of(lambda one=one: desk.browser.get(one)) for one in addresses] == before
    assert max(before) <= 12


def test_the_audit_log_records_attendance_changes_without_people(desk: Desk) -> None:
    for who in ("kr1", "kp1"):
        desk.mark(who)
    set_clock(desk.cast.app, DURING_THE_SESSION)
    desk.mark("kr1", present=False)

    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("attendance"))).all()
    assert [entry.object for entry in entries] == [str(desk.cast.session(MORNING))]
    assert entries[0].at.hour == entries[0].at.minute == 0
    details = select(AuditDetail).where(AuditDetail.seq == entries[0].seq)
    assert db.session.scalars(details).all() == []


def test_a_mark_in_the_database_contains_no_person(desk: Desk) -> None:
    desk.mark("kr1")
    desk.mark("kr1", "TRD-1-04")

    one, other = db.session.scalars(select(AttendanceMark)).all()
    about = desk.participation("kr1")
    assert one.who != other.who
    for mark in (one, other):
        assert about.bytes not in mark.participation
        assert about.hex not in mark.who
