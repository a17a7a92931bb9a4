"""Time zones in calendar files agree with the tz database and have a form that every calendar program reads."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache

import pytest
from dateutil.tz import tzical

from dialogues.lib.ical import vtimezone
from dialogues.lib.ical.vtimezone import definition, instant, lasting_definition, tz_version, zone
from tests.lib.ical.lint import each_zone_has_the_shape_all_readers_know, findings
from tests.lib.ical.samples import file

FIXED = [
    "Asia/Ulaanbaatar",
    "Asia/Hovd",
    "Asia/Choibalsan",
    "Asia/Pyongyang",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Asia/Kathmandu",
]
REGULAR = [
    "Europe/Zurich",
    "Europe/Dublin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Asia/Beirut",
]
CHANGED_LAW = ["America/Vancouver", "Africa/Casablanca", "Asia/Almaty", "Asia/Vladivostok"]
IRREGULAR = ["Asia/Jerusalem", "Asia/Gaza", "America/Nuuk", "America/Santiago", "Africa/Cairo"]
SAMPLE = FIXED + REGULAR + CHANGED_LAW + IRREGULAR


ZURICH = b"""BEGIN:VTIMEZONE
TZID:Europe/Zurich
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
""".replace(b"\n", b"\r\n")


ULAANBAATAR = b"""BEGIN:VTIMEZONE
TZID:Asia/Ulaanbaatar
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
TZNAME:+08
END:STANDARD
END:VTIMEZONE
""".replace(b"\n", b"\r\n")


def at(text: str) -> datetime:
    """The UTC time of an ISO text; a text without offset is in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def hour_from(tzid: str, start: datetime) -> bytes | None:
    return definition(tzid, start, start + timedelta(hours=1))


@cache
def read(text: bytes) -> tzinfo:
    """The zone as dateutil reads it, because dateutil does not look up its name."""
    return tzical(io.StringIO(text.decode())).get()


def instants(tzid: str, first: int, last: int) -> Iterator[datetime]:
    """Times every 37 hours in these years, and every 15 minutes within 4 hours of each change."""
    opens, closes = at(f"{first}-01-01"), at(f"{last + 1}-01-01")
    yield from (opens + timedelta(hours=37 * n) for n in range((closes - opens) // timedelta(hours=37)))
    for change in vtimezone.changes(zone(tzid), opens, closes):
        yield from (change.at + timedelta(minutes=15 * n) for n in range(-16, 17))


def is_ambiguous(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def wrong_instants(tzid: str, first: int, last: int) -> list[datetime]:
    """The times for which the written zone has another offset than the tz database."""
    wrong = []
    for moment in instants(tzid, first, last):
        local, text = moment.astimezone(zone(tzid)), definition(tzid, moment, moment)
        written_offset = local.replace(tzinfo=read(text)).utcoffset() if text else None
        if written_offset != local.utcoffset() and not is_ambiguous(local):
            wrong.append(moment)
    return wrong


@pytest.mark.parametrize("tzid", SAMPLE)
def test_a_second_parser_finds_no_wrong_offset(tzid: str) -> None:
    assert wrong_instants(tzid, 2025, 2030) == []


@pytest.mark.parametrize(
    ("tzid", "year"), [("Asia/Pyongyang", 2015), ("Asia/Pyongyang", 2018), ("Asia/Ulaanbaatar", 2016)]
)
def test_a_second_parser_finds_no_wrong_offset_around_a_change_of_law(tzid: str, year: int) -> None:
    assert wrong_instants(tzid, year - 1, year + 1) == []


@pytest.mark.parametrize("tzid", SAMPLE)
def test_every_definition_has_the_form_that_all_parsers_support(tzid: str) -> None:
    texts = {
        hour_from(tzid, moment) for moment in (at("2025-01-15"), at("2026-07-15"), at("2027-05-24"), at("2030-12-01"))
    }
    for text in texts:
        body = file().replace(b"END:VCALENDAR", (text or b"") + b"END:VCALENDAR")
        assert each_zone_has_the_shape_all_readers_know.__name__ not in findings(body)


def test_a_regular_zone_is_two_yearly_rules_anchored_in_1970() -> None:
    assert hour_from("Europe/Zurich", at("2027-05-24")) == lasting_definition("Europe/Zurich") == ZURICH


def test_a_fixed_zone_is_one_standard() -> None:
    assert hour_from("Asia/Ulaanbaatar", at("2027-05-24")) == lasting_definition("Asia/Ulaanbaatar") == ULAANBAATAR


def test_dublin_has_daylight_in_summer_whatever_its_law_calls_it() -> None:
    text = (lasting_definition("Europe/Dublin") or b"").decode()
    daylight, standard = text.split("END:DAYLIGHT")
    assert "BYMONTH=3" in daylight
    assert "TZNAME:IST" in daylight
    assert "BYMONTH=10" in standard


def test_a_change_of_name_without_a_change_of_offset_is_ignored() -> None:
    winter, summer = hour_from("America/Vancouver", at("2027-12-20")), hour_from("America/Vancouver", at("2027-06-20"))
    assert winter == summer == lasting_definition("America/Vancouver")
    assert b"TZOFFSETTO:-0700" in (winter or b"")


def test_vancouver_before_its_change_of_law_has_the_offset_in_force() -> None:
    text = hour_from("America/Vancouver", at("2026-01-20")) or b""
    assert b"TZOFFSETFROM:-0800\r\nTZOFFSETTO:-0800\r\nTZNAME:PST" in text
    assert b"RRULE" not in text


def test_jerusalem_has_no_permanent_rule_and_the_current_offset() -> None:
    assert lasting_definition("Asia/Jerusalem") is None
    assert b"TZOFFSETTO:+0300" in (hour_from("Asia/Jerusalem", at("2027-05-24")) or b"")
    assert b"TZOFFSETTO:+0200" in (hour_from("Asia/Jerusalem", at("2027-12-24")) or b"")


def test_an_event_across_an_irregular_change_has_no_definition() -> None:
    assert definition("Asia/Pyongyang", at("2018-05-04T14:00"), at("2018-05-04T16:00")) is None


def test_an_event_across_a_regular_change_keeps_the_rule() -> None:
    assert definition("Europe/Zurich", at("2027-03-27"), at("2027-03-29")) == ZURICH


def test_a_definition_never_depends_on_the_year_of_the_event() -> None:
    assert {hour_from("Europe/Zurich", at(f"{year}-06-01")) for year in (2019, 2027, 2044)} == {ZURICH}


@pytest.mark.parametrize(
    ("local", "tzid", "utc"),
    [
        ("2015-08-14T23:59", "Asia/Pyongyang", "2015-08-14T14:59"),
        ("2015-08-15T00:00", "Asia/Pyongyang", "2015-08-14T15:30"),
        ("2018-05-04T23:29", "Asia/Pyongyang", "2018-05-04T14:59"),
        ("2018-05-05T00:00", "Asia/Pyongyang", "2018-05-04T15:00"),
        ("2016-07-01T12:00", "Asia/Ulaanbaatar", "2016-07-01T03:00"),
        ("2027-07-01T12:00", "Asia/Ulaanbaatar", "2027-07-01T04:00"),
        ("2024-03-01T12:00", "Asia/Almaty", "2024-03-01T07:00"),
        ("2026-12-20T12:00", "America/Vancouver", "2026-12-20T19:00"),
        ("2026-12-20T12:00", "Africa/Casablanca", "2026-12-20T12:00"),
    ],
)
def test_past_offsets_agree_with_the_tz_database(local: str, tzid: str, utc: str) -> None:
    assert instant(datetime.fromisoformat(local), tzid) == at(utc)


def test_the_fold_selects_one_of_two_equal_local_times() -> None:
    twice = datetime.fromisoformat("2027-10-31T02:30")
    assert [instant(twice, "Europe/Zurich", fold) for fold in (0, 1)] == [
        at("2027-10-31T00:30"),
        at("2027-10-31T01:30"),
    ]


def test_a_time_in_a_gap_is_refused() -> None:
    with pytest.raises(ValueError, match="skip"):
        instant(datetime.fromisoformat("2027-03-28T02:30"), "Europe/Zurich")


def test_a_day_that_begins_in_a_gap_has_a_utc_time() -> None:
    assert instant(datetime.fromisoformat("2027-03-28"), "Asia/Beirut", skipped=True) == at("2027-03-27T22:00")


@pytest.mark.parametrize(
    "tzid", ["", "Europe/Nowhere", "../zones", "/etc/localtime", "CEST", "W. Europe Standard Time"]
)
def test_only_names_of_the_tz_database_are_time_zones(tzid: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        zone(tzid)


def test_the_version_of_the_tz_database_has_a_name() -> None:
    assert tz_version()[:2] == "20"
