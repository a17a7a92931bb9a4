"""Calendar files: equal bytes for equal facts, the same result in two parsers, and nothing outside their profile."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject

from dialogues.lib.ical.calendar_file import EventFacts, calendar_file, filed_event
from dialogues.lib.ical.parts import Answer, Role, State
from dialogues.settings import ROOT
from tests.lib.ical.lint import findings, unfolded
from tests.lib.ical.samples import (
    CANCELLED,
    DESK,
    FIRST_OF_TWO,
    FULL,
    GOLDEN,
    JERUSALEM,
    SECRETS,
    ULAANBAATAR,
    WRONG,
    ZURICH,
    digest,
    email_part,
    feed,
    file,
    golden,
)

local = datetime.fromisoformat


def lines(data: bytes, name: str) -> list[str]:
    """The content lines with that name."""
    return [line for line in unfolded(data) if re.split("[;:]", line)[0] == name]


def icalendar_events(data: bytes) -> list[Any]:
    calendar = icalendar.Calendar.from_ical(data)
    assert not calendar.errors
    return list(calendar.walk("VEVENT"))


# Golden files


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_each_file_equals_its_golden_copy(name: str) -> None:
    assert GOLDEN[name] == golden(name)


def test_every_golden_copy_belongs_to_a_file() -> None:
    assert {path.stem for path in Path(__file__).with_name("golden").glob("*.ics")} == set(GOLDEN)


@pytest.mark.parametrize("name", sorted(name for name in GOLDEN if "full" not in name))
def test_a_discreet_file_contains_no_word_of_the_title(name: str) -> None:
    whole = "\n".join(unfolded(golden(name)))
    assert [secret for secret in SECRETS if secret in whole] == []


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_icalendar_reads_a_golden_file_and_writes_it_back(name: str) -> None:
    calendar = icalendar.Calendar.from_ical(golden(name))
    again = icalendar.Calendar.from_ical(calendar.to_ical())
    assert not [part for part in calendar.walk() if part.errors]
    assert sorted(again.to_ical().split(b"\r\n")) == sorted(calendar.to_ical().split(b"\r\n"))


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_two_parsers_agree_on_start_end_text_and_sequence(name: str) -> None:
    other = vobject.readOne(golden(name).decode())
    read = {event.uid.value: event for event in other.vevent_list}
    for event in icalendar_events(golden(name)):
        twin = read[str(event["UID"])]
        assert _instant(twin.dtstart.value) == _instant(event["DTSTART"].dt)
        assert _instant(twin.dtend.value) == _instant(event["DTEND"].dt)
        assert twin.summary.value == str(event["SUMMARY"])
        assert int(twin.sequence.value) == event["SEQUENCE"]
        assert hasattr(twin, "attendee") == ("ATTENDEE" in event)
        if "ATTENDEE" in event:
            assert twin.attendee.value == str(event["ATTENDEE"]) == "mailto:bold@example.mn"


def _instant(value: date | datetime) -> date | datetime:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


# The same facts in two forms


@pytest.mark.parametrize("facts", [ZURICH, FULL, ULAANBAATAR, replace(ZURICH, **CANCELLED)])
def test_emailed_and_downloaded_events_differ_only_in_people_and_method(facts: Any) -> None:
    extra = {line for line in unfolded(email_part(facts)) if line not in unfolded(file(facts))}
    assert {re.split("[;:]", line)[0] for line in extra} == {
        "METHOD",
        "ORGANIZER",
        "ATTENDEE",
        "X-MICROSOFT-CDO-BUSYSTATUS",
        "X-MICROSOFT-DISALLOW-COUNTER",
    }
    assert set(unfolded(file(facts))) <= set(unfolded(email_part(facts)))


def test_a_discreet_email_has_addresses_without_names() -> None:
    assert lines(email_part(ZURICH), "ORGANIZER") == [f"ORGANIZER:mailto:{DESK.mail}"]
    assert "CN=" not in email_part(ZURICH).decode()


def test_a_full_email_names_its_one_guest() -> None:
    part = "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
    assert lines(email_part(FULL), "ATTENDEE") == [f'ATTENDEE;CN="Bold, B.";{part}:mailto:bold@example.mn']


@pytest.mark.parametrize(("facts", "summary"), [(ZURICH, "Appointment K7"), (FULL, "Water dialogue: opening session")])
def test_a_cancelled_event_is_emailed_as_cancel_with_its_title(facts: EventFacts, summary: str) -> None:
    data = email_part(replace(facts, **CANCELLED))
    assert lines(data, "METHOD") == ["METHOD:CANCEL"]
    assert lines(data, "STATUS") == ["STATUS:CANCELLED"]
    assert lines(data, "SUMMARY") == [f"SUMMARY:{summary}"]
    assert "RSVP" not in data.decode()


def test_a_discreet_event_says_the_neutral_word_the_short_code_and_the_city() -> None:
    data = email_part(ZURICH, role=Role.CHAIR)
    assert lines(data, "SUMMARY") == ["SUMMARY:Appointment K7"]
    assert lines(data, "LOCATION") == ["LOCATION:Geneva"]
    assert lines(data, "DESCRIPTION") == lines(data, "URL") == []
    assert ";ROLE=REQ-PARTICIPANT;" in lines(data, "ATTENDEE")[0]


def test_a_full_event_has_a_link_and_the_role() -> None:
    data = email_part(FULL, role=Role.CHAIR)
    assert lines(data, "URL") == ["URL:https://dialogues.example.org/a/1"]
    assert ";ROLE=CHAIR;" in lines(data, "ATTENDEE")[0]


def test_a_session_of_a_series_asks_for_no_answer() -> None:
    assert ";PARTSTAT=ACCEPTED;RSVP=FALSE:" in lines(email_part(FULL, Answer.ACCEPTED, asks=False), "ATTENDEE")[0]


@pytest.mark.parametrize(
    ("facts", "busy"),
    [
        (ZURICH, "BUSY"),
        (replace(ZURICH, state=State.TENTATIVE), "TENTATIVE"),
        (replace(ZURICH, transparent=True), "FREE"),
        (replace(ZURICH, **CANCELLED), "FREE"),
    ],
)
def test_the_file_has_the_busy_status_for_outlook(facts: Any, busy: str) -> None:
    assert lines(email_part(facts), "X-MICROSOFT-CDO-BUSYSTATUS") == [f"X-MICROSOFT-CDO-BUSYSTATUS:{busy}"]


# Time


def test_time_zones_are_sorted_and_unique_before_the_events() -> None:
    data = file(ZURICH, ULAANBAATAR, FULL)
    assert lines(data, "TZID") == ["TZID:Asia/Ulaanbaatar", "TZID:Europe/Zurich"]


def test_in_an_irregular_zone_downloads_are_in_utc_and_emails_in_local_time() -> None:
    assert lines(file(JERUSALEM), "DTSTART")[-1] == "DTSTART:20270524T060000Z"
    assert lines(email_part(JERUSALEM), "DTSTART")[-1] == "DTSTART;TZID=Asia/Jerusalem:20270524T090000"


def test_a_feed_can_contain_summer_and_winter_of_an_irregular_zone() -> None:
    winter = replace(
        JERUSALEM, uid="winter", local_start=local("2027-12-24T09:00"), local_end=local("2027-12-24T10:00")
    )
    assert findings(feed(JERUSALEM, winter)) == []
    assert [event["DTSTART"].dt.hour for event in icalendar_events(feed(JERUSALEM, winter))] == [6, 7]


def test_a_feed_can_contain_years_around_a_change_of_law() -> None:
    days = [local(f"{year}-06-01T09:00") for year in (2024, 2025, 2026, 2027, 2028)]
    events = [
        replace(
            ZURICH, uid=f"e{day.year}", tzid="Africa/Casablanca", local_start=day, local_end=day + timedelta(hours=1)
        )
        for day in days
    ]
    data = feed(*events)
    assert findings(data) == []
    assert [event["DTSTART"].dt.astimezone(UTC).hour for event in icalendar_events(data)] == [8, 8, 8, 9, 9]


@pytest.mark.parametrize("make", [file, email_part])
@pytest.mark.parametrize(("fold", "starts"), [(0, "20271031T001500Z"), (1, "20271031T011500Z")])
def test_both_of_two_equal_local_times_are_in_utc(make: Callable[[Any], bytes], fold: int, starts: str) -> None:
    data = make(replace(FIRST_OF_TWO, fold=fold))
    assert lines(data, "DTSTART") == [f"DTSTART:{starts}"]
    assert vobject.readOne(data.decode()).vevent.dtstart.value == datetime.strptime(starts, "%Y%m%dT%H%M%S%z")


def test_an_end_at_the_first_of_two_equal_times_is_in_utc() -> None:
    facts = replace(ZURICH, local_start=local("2027-10-31T00:30"), local_end=local("2027-10-31T02:00"))
    assert lines(file(facts), "DTEND") == ["DTEND:20271031T000000Z"]


def test_an_event_across_equal_times_that_begins_and_ends_outside_them_keeps_its_zone() -> None:
    facts = replace(ZURICH, local_start=local("2027-10-31T01:30"), local_end=local("2027-10-31T03:00"))
    assert lines(file(facts), "DTEND")[-1] == "DTEND;TZID=Europe/Zurich:20271031T030000"


def test_an_event_may_end_earlier_by_the_clock_than_it_starts() -> None:
    facts = replace(ZURICH, local_start=local("2027-10-31T02:45"), local_end=local("2027-10-31T02:15"), end_fold=1)
    assert findings(file(facts)) == []
    assert lines(file(facts), "DTEND") == ["DTEND:20271031T011500Z"]


def test_utc_needs_no_zone() -> None:
    assert lines(file(replace(ZURICH, tzid="UTC")), "DTSTART") == ["DTSTART:20270524T090000Z"]


def test_an_all_day_event_excludes_its_end_and_needs_no_zone() -> None:
    data = golden("filed-all-day-full")
    assert lines(data, "DTSTART") + lines(data, "DTEND") == ["DTSTART;VALUE=DATE:20270524", "DTEND;VALUE=DATE:20270528"]
    assert b"VTIMEZONE" not in data


# Feeds


def test_a_feed_has_its_name_twice_and_a_typed_refresh_interval() -> None:
    data = feed(ZURICH, name="Calendar; mine, \\N")
    assert lines(data, "NAME") == ["NAME:Calendar\\; mine\\, \\\\N"]
    assert lines(data, "X-WR-CALNAME") == ["X-WR-CALNAME:Calendar\\; mine\\, \\\\N"]
    assert lines(data, "REFRESH-INTERVAL") == ["REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    assert lines(data, "X-PUBLISHED-TTL") == ["X-PUBLISHED-TTL:PT1H"]


@pytest.mark.parametrize(("minutes", "told"), [(30, "PT30M"), (60, "PT1H"), (90, "PT1H30M"), (1440, "PT24H")])
def test_a_refresh_interval_is_in_hours_and_minutes(minutes: int, told: str) -> None:
    assert f"X-PUBLISHED-TTL:{told}\r\n".encode() in calendar_file([], refresh=timedelta(minutes=minutes))


def test_a_feed_of_a_thousand_prepared_events_is_the_same_as_made_one_by_one() -> None:
    facts = [replace(ZURICH, uid=f"e{n}") for n in range(1000)]
    prepared = [filed_event(one) for one in facts]
    assert calendar_file(iter(prepared)) == calendar_file(filed_event(one) for one in facts)
    assert len(icalendar_events(calendar_file(prepared[:50]))) == 50


# Refused input


@pytest.mark.parametrize(("make", "sentence"), WRONG.values(), ids=list(WRONG))
def test_invalid_facts_are_refused_with_a_message(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()


# The same bytes in every process


def run(*flags: str, code: str, **environment: str) -> str:
    """The output of a separate Python process in that environment."""
    command = [sys.executable, *flags, "-c", code]
    result = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "America/New_York", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONTZPATH": "/nonexistent"},
        {"PYTHONHASHSEED": "3", "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8"},
    ],
)
def test_the_bytes_are_the_same_in_any_process_zone_and_locale(environment: dict[str, str]) -> None:
    code = "from tests.lib.ical.samples import digest; print(digest())"
    assert run(code=code, **environment) == digest()


def test_checks_also_work_without_assert_statements() -> None:
    code = "from tests.lib.ical.samples import digest, wrongly_accepted; print(digest(), wrongly_accepted())"
    assert run("-O", code=code) == f"{digest()} []"
