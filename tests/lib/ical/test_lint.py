"""The lint finds one seeded defect per rule and nothing in a valid file."""

import pytest

from tests.lib.ical.lint import BYTE_RULES, CALENDAR_RULES, findings
from tests.lib.ical.samples import GOLDEN, golden

FILED, MAILED, CANCELLED, FEED = (
    golden(name) for name in ("filed-discreet", "mailed-full", "mailed-cancel-discreet", "feed-of-three-zones")
)


#: Rule, valid file, text in it, and its replacement that breaks the rule.
DEFECTS: list[tuple[str, bytes, bytes, bytes]] = [
    ("lines_end_with_crlf", FILED, b"LOCATION:Geneva\r\n", b"LOCATION:Gen\neva\r\n"),
    ("ends_with_the_calendar", FILED, b"END:VCALENDAR\r\n", b"END:VCALENDAR\r\n\r\n"),
    ("has_no_byte_order_mark", FILED, b"BEGIN:VCALENDAR", b"\xef\xbb\xbfBEGIN:VCALENDAR"),
    ("lines_are_at_most_75_bytes", FILED, b"LOCATION:Geneva", b"LOCATION:Geneva" + b"." * 70),
    ("each_line_is_whole_utf8", FILED, b"LOCATION:Geneva", b"LOCATION:Gen\xc3\r\n \xa8ve"),
    ("has_no_control_characters", FILED, b"LOCATION:Geneva", b"LOCATION:Gen\x07eva"),
    ("has_no_control_characters", FILED, b"LOCATION:Geneva", "LOCATION:Gen\u2028eva".encode()),
    ("no_fold_splits_an_escape", FILED, b"LOCATION:Geneva", b"LOCATION:Geneva\\\r\n \\"),
    ("every_line_is_in_the_grammar", FILED, b"LOCATION:Geneva", b"LOCATION Geneva"),
    ("begin_and_end_balance", FILED, b"END:VEVENT\r\n", b""),
    ("begin_and_end_balance", FILED, b"END:VEVENT\r\nEND:VCALENDAR", b"END:VCALENDAR\r\nEND:VEVENT"),
    ("has_one_version_and_product", FILED, b"VERSION:2.0\r\n", b""),
    ("has_at_most_one_method", MAILED, b"METHOD:REQUEST\r\n", b"METHOD:REQUEST\r\nMETHOD:REQUEST\r\n"),
    ("each_event_is_identified_once", FILED, b"DTSTAMP:20270110T083000Z\r\n", b""),
    ("nothing_single_is_repeated", FILED, b"LOCATION:Geneva\r\n", b"LOCATION:Geneva\r\nLOCATION:Vevey\r\n"),
    ("stamps_are_in_utc", FILED, b"DTSTAMP:20270110T083000Z", b"DTSTAMP:20270110T083000"),
    ("times_are_dates_or_zoned", FILED, b"DTSTART;TZID=Europe/Zurich:", b"DTSTART:"),
    ("each_event_ends_after_its_start", FILED, b":20270524T123000", b":20270524T090000"),
    (
        "each_event_ends_after_its_start",
        FILED,
        b"DTEND;TZID=Europe/Zurich:20270524T123000",
        b"DTEND;VALUE=DATE:20270525",
    ),
    ("words_are_from_their_lists", FILED, b"STATUS:CONFIRMED", b"STATUS:BOGUS"),
    ("words_are_from_their_lists", MAILED, b"ROLE=REQ-PARTICIPANT", b"ROLE=REQ-PERSON"),
    ("sequences_are_whole_numbers", FILED, b"SEQUENCE:0", b"SEQUENCE:-1"),
    ("addresses_are_plain", MAILED, b"mailto:bold@example.mn", b"mailto:B. Bold <bold@example.mn>"),
    ("each_zone_is_defined_once_and_used", FILED, b"TZID=Europe/Zurich:20270524T", b"TZID=Europe/Berlin:20270524T"),
    ("zones_come_before_events", FEED, b"END:VCALENDAR", b"BEGIN:VTIMEZONE\r\nEND:VTIMEZONE\r\nEND:VCALENDAR"),
    ("each_zone_has_the_shape_all_readers_know", FILED, b"BYDAY=-1SU", b"BYDAY=-1SU;UNTIL=20300101T000000Z"),
    ("each_zone_has_the_shape_all_readers_know", FILED, b"STANDARD", b"DAYLIGHT"),
    ("value_types_are_explicit", FEED, b"REFRESH-INTERVAL;VALUE=DURATION:", b"REFRESH-INTERVAL:"),
    ("a_request_invites_one_person_to_one_event", MAILED, b"STATUS:CONFIRMED", b"STATUS:CANCELLED"),
    ("a_request_invites_one_person_to_one_event", MAILED, b"SUMMARY:Water dialogue: opening session\r\n", b""),
    ("a_cancel_takes_one_event_back", CANCELLED, b"STATUS:CANCELLED", b"STATUS:CONFIRMED"),
    ("a_publication_names_nobody_but_its_organiser", FILED, b"CALSCALE:", b"METHOD:PUBLISH\r\nCALSCALE:"),
    ("a_file_without_method_names_nobody", MAILED, b"METHOD:REQUEST\r\n", b""),
    ("a_confidential_event_tells_nothing_more", MAILED, b"CLASS:PRIVATE", b"CLASS:CONFIDENTIAL"),
    ("a_confidential_event_tells_nothing_more", FILED, b"LOCATION:Geneva", b"URL:https://dialogues.example.org/"),
    ("a_confidential_event_tells_nothing_more", CANCELLED, b"ROLE=REQ-PARTICIPANT", b"ROLE=CHAIR"),
    ("a_link_leads_to_a_page_that_exists", MAILED, b"URL:https://", b"URL:ftp://"),
    ("a_link_leads_to_a_page_that_exists", MAILED, b"STATUS:CONFIRMED", b"STATUS:CANCELLED"),
]


@pytest.mark.parametrize(("rule", "good", "sound", "spoilt"), DEFECTS)
def test_the_lint_catches_a_seeded_defect(rule: str, good: bytes, sound: bytes, spoilt: bytes) -> None:
    assert sound in good
    assert rule in findings(good.replace(sound, spoilt))


def test_every_rule_has_a_seeded_defect() -> None:
    rules = {rule.__name__ for rule in (*BYTE_RULES, *CALENDAR_RULES)}
    assert rules | {"every_line_is_in_the_grammar", "begin_and_end_balance"} == {rule for rule, *_ in DEFECTS}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_the_lint_finds_nothing_in_a_golden_file(name: str) -> None:
    assert findings(golden(name)) == []
