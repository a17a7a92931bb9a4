"""A lint for bytes of calendar files, without a parser; one function per rule that calendar programs need."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_NAME = r"[A-Z][A-Z0-9-]*"
_VALUE = r'(?:"[^"]*"|[^",;:]*)'
_LINE = re.compile(rf"({_NAME})((?:;{_NAME}={_VALUE}(?:,{_VALUE})*)*):(.*)", re.DOTALL)
_PARAMETER = re.compile(rf";({_NAME})=({_VALUE}(?:,{_VALUE})*)")
_UTC = re.compile(r"\d{8}T\d{6}Z")
_WALL_TIME = re.compile(r"\d{8}T\d{6}")
_DATE = re.compile(r"\d{8}")
_MAILTO = re.compile(r"mailto:[A-Za-z0-9.!$'*+_~%-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


_REPEATABLE = {"ATTENDEE", "COMMENT", "CATEGORIES", "CONFERENCE", "RDATE", "EXDATE", "BEGIN", "END"}
_WORDS = {
    "STATUS": {"CONFIRMED", "TENTATIVE", "CANCELLED"},
    "CLASS": {"PUBLIC", "PRIVATE", "CONFIDENTIAL"},
    "TRANSP": {"OPAQUE", "TRANSPARENT"},
    "METHOD": {"PUBLISH", "REQUEST", "CANCEL"},
    "CALSCALE": {"GREGORIAN"},
}
_PARAMETER_WORDS = {
    "PARTSTAT": {"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"},
    "ROLE": {"CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"},
    "CUTYPE": {"INDIVIDUAL"},
    "RSVP": {"TRUE", "FALSE"},
}
_EXPLICIT = {"REFRESH-INTERVAL": "DURATION", "SOURCE": "URI", "CONFERENCE": "URI", "IMAGE": "URI"}


@dataclass(frozen=True)
class Line:
    name: str
    parameters: dict[str, str]
    value: str


@dataclass
class Part:
    """A component with its lines and nested components."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    parts: list["Part"] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def value(self, name: str) -> str | None:
        return next((line.value for line in self.all(name)), None)

    def within(self, kind: str) -> list["Part"]:
        return [part for part in self.parts if part.kind == kind]

    def walk(self) -> Iterator["Part"]:
        yield self
        for part in self.parts:
            yield from part.walk()


def findings(data: bytes) -> list[str]:
    """The names of the rules that these bytes break; empty for a valid file."""
    broken = [rule.__name__ for rule in BYTE_RULES if not rule(data)]
    lines = [_LINE.fullmatch(line) for line in unfolded(data)]
    if not all(lines):
        return [*broken, "every_line_is_in_the_grammar"]
    calendar = tree([_line(found) for found in lines if found])
    if calendar is None:
        return [*broken, "begin_and_end_balance"]
    return broken + [rule.__name__ for rule in CALENDAR_RULES if not rule(calendar)]


def unfolded(data: bytes) -> list[str]:
    """The unfolded content lines; unfolding works on bytes, before decoding."""
    text = data.replace(b"\r\n ", b"").decode("utf-8", errors="replace")
    return text.removesuffix("\r\n").split("\r\n")


def _line(found: re.Match[str]) -> Line:
    return Line(found[1], dict(_PARAMETER.findall(found[2])), found[3])


def tree(lines: list[Line]) -> Part | None:
    """The calendar as a tree, or None if BEGIN and END are not balanced."""
    root = Part("")
    open_parts = [root]
    for line in lines:
        if line.name == "BEGIN":
            part = Part(line.value)
            open_parts[-1].parts.append(part)
            open_parts.append(part)
        elif line.name == "END":
            if open_parts[-1].kind != line.value:
                return None
            open_parts.pop()
        else:
            open_parts[-1].lines.append(line)
    whole = open_parts == [root] and not root.lines and [part.kind for part in root.parts] == ["VCALENDAR"]
    return root.parts[0] if whole else None


# Rules for bytes


def lines_end_with_crlf(data: bytes) -> bool:
    return not re.search(rb"\r(?!\n)|(?<!\r)\n", data)


def ends_with_the_calendar(data: bytes) -> bool:
    return data.endswith(b"\r\nEND:VCALENDAR\r\n")


def has_no_byte_order_mark(data: bytes) -> bool:
    return b"\xef\xbb\xbf" not in data and data.startswith(b"BEGIN:VCALENDAR")


def lines_are_at_most_75_bytes(data: bytes) -> bool:
    return all(len(line) <= 75 for line in data.split(b"\r\n"))


def each_line_is_whole_utf8(data: bytes) -> bool:
    return all(line.decode("utf-8", errors="replace").encode() == line for line in data.split(b"\r\n"))


def has_no_control_characters(data: bytes) -> bool:
    return not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]", data)


def no_fold_splits_an_escape(data: bytes) -> bool:
    pieces = [piece for line in re.split(rb"\r\n(?! )", data) for piece in line.split(b"\r\n ")[:-1]]
    return all((len(piece) - len(piece.rstrip(mark))) % 2 == 0 for piece in pieces for mark in (b"\\", b"^"))


# Rules for the calendar


def _once(part: Part, *names: str) -> bool:
    return all(len(part.all(name)) == 1 for name in names)


def _events(calendar: Part) -> list[Part]:
    return calendar.within("VEVENT")


def has_one_version_and_product(calendar: Part) -> bool:
    return _once(calendar, "VERSION", "PRODID") and calendar.value("VERSION") == "2.0"


def has_at_most_one_method(calendar: Part) -> bool:
    return len(calendar.all("METHOD")) <= 1


def each_event_is_identified_once(calendar: Part) -> bool:
    return all(_once(event, "UID", "DTSTAMP", "DTSTART") for event in _events(calendar))


def nothing_single_is_repeated(calendar: Part) -> bool:
    counts = (Counter(line.name for line in part.lines) for part in calendar.walk())
    return all(count == 1 or name in _REPEATABLE for names in counts for name, count in names.items())


def stamps_are_in_utc(calendar: Part) -> bool:
    stamps = ("DTSTAMP", "CREATED", "LAST-MODIFIED")
    return all(_UTC.fullmatch(line.value) for part in calendar.walk() for name in stamps for line in part.all(name))


def times_are_dates_or_zoned(calendar: Part) -> bool:
    return all(
        _is_time(line) for event in _events(calendar) for name in ("DTSTART", "DTEND") for line in event.all(name)
    )


def _is_time(line: Line) -> bool:
    if line.parameters.get("VALUE") == "DATE":
        return bool(_DATE.fullmatch(line.value)) and "TZID" not in line.parameters
    return bool((_WALL_TIME if "TZID" in line.parameters else _UTC).fullmatch(line.value))


def each_event_ends_after_its_start(calendar: Part) -> bool:
    return all(_ends_well(event) for event in _events(calendar))


def _ends_well(event: Part) -> bool:
    starts, ends = event.all("DTSTART"), event.all("DTEND")
    if not starts or not ends:
        return False
    same_kind = starts[0].parameters == ends[0].parameters and len(starts[0].value) == len(ends[0].value)
    return same_kind and starts[0].value < ends[0].value and not event.all("DURATION")


def words_are_from_their_lists(calendar: Part) -> bool:
    lines = [line for part in calendar.walk() for line in part.lines]
    values = all(line.value in _WORDS.get(line.name, {line.value}) for line in lines)
    return values and all(
        value in _PARAMETER_WORDS.get(name, {value}) for line in lines for name, value in line.parameters.items()
    )


def sequences_are_whole_numbers(calendar: Part) -> bool:
    return all(re.fullmatch(r"\d{1,10}", event.value("SEQUENCE") or "") for event in _events(calendar))


def addresses_are_plain(calendar: Part) -> bool:
    people = ("ORGANIZER", "ATTENDEE")
    return all(
        _MAILTO.fullmatch(line.value) for event in _events(calendar) for who in people for line in event.all(who)
    )


def each_zone_is_defined_once_and_used(calendar: Part) -> bool:
    defined = [zone.value("TZID") for zone in calendar.within("VTIMEZONE")]
    used = {line.parameters["TZID"] for event in _events(calendar) for line in event.lines if "TZID" in line.parameters}
    return defined == sorted(used)


def zones_come_before_events(calendar: Part) -> bool:
    kinds = [part.kind for part in calendar.parts]
    return kinds == sorted(kinds, reverse=True)


def each_zone_has_the_shape_all_readers_know(calendar: Part) -> bool:
    return all(_well_shaped(zone) for zone in calendar.within("VTIMEZONE"))


def _well_shaped(zone: Part) -> bool:
    kinds = sorted(part.kind for part in zone.parts)
    rules = [part.value("RRULE") for part in zone.parts]
    if any(part.all("RDATE") for part in zone.parts) or not all(
        _once(part, "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME") for part in zone.parts
    ):
        return False
    if kinds == ["STANDARD"]:
        return rules == [None]
    yearly = re.compile(r"FREQ=YEARLY;BYMONTH=\d{1,2};BYDAY=(?:-1|[1-4])(?:SU|MO|TU|WE|TH|FR|SA)")
    return kinds == ["DAYLIGHT", "STANDARD"] and all(yearly.fullmatch(rule or "") for rule in rules)


def value_types_are_explicit(calendar: Part) -> bool:
    lines = [line for part in calendar.walk() for line in part.lines if line.name in _EXPLICIT]
    return all(line.parameters.get("VALUE") == _EXPLICIT[line.name] for line in lines)


def a_request_invites_one_person_to_one_event(calendar: Part) -> bool:
    return calendar.value("METHOD") != "REQUEST" or _only_event(calendar, cancelled=False)


def a_cancel_takes_one_event_back(calendar: Part) -> bool:
    return calendar.value("METHOD") != "CANCEL" or _only_event(calendar, cancelled=True)


def _only_event(calendar: Part, *, cancelled: bool) -> bool:
    events = _events(calendar)
    if len(events) != 1:
        return False
    complete = _once(events[0], "ATTENDEE", "ORGANIZER", "SUMMARY", "SEQUENCE")
    return complete and (events[0].value("STATUS") == "CANCELLED") is cancelled


def a_publication_names_nobody_but_its_organiser(calendar: Part) -> bool:
    if calendar.value("METHOD") != "PUBLISH":
        return True
    return all(_once(event, "ORGANIZER") and not event.all("ATTENDEE") for event in _events(calendar))


def a_file_without_method_names_nobody(calendar: Part) -> bool:
    return bool(calendar.all("METHOD")) or not any(
        event.all("ORGANIZER") or event.all("ATTENDEE") for event in _events(calendar)
    )


def a_confidential_event_tells_nothing_more(calendar: Part) -> bool:
    return not any(_tells(event) for event in _events(calendar) if event.value("CLASS") == "CONFIDENTIAL")


def _tells(event: Part) -> bool:
    people = event.all("ORGANIZER") + event.all("ATTENDEE")
    roles = {line.parameters["ROLE"] for line in people if "ROLE" in line.parameters}
    named = any("CN" in line.parameters for line in people)
    return bool(event.all("DESCRIPTION") or event.all("URL") or named or roles - {"REQ-PARTICIPANT"})


def a_link_leads_to_a_page_that_exists(calendar: Part) -> bool:
    links = [(event, line.value) for event in _events(calendar) for line in event.all("URL")]
    return all(re.match("https?://", link) and event.value("STATUS") != "CANCELLED" for event, link in links)


BYTE_RULES: list[Callable[[bytes], bool]] = [
    lines_end_with_crlf,
    ends_with_the_calendar,
    has_no_byte_order_mark,
    lines_are_at_most_75_bytes,
    each_line_is_whole_utf8,
    has_no_control_characters,
    no_fold_splits_an_escape,
]
CALENDAR_RULES: list[Callable[[Part], bool]] = [
    has_one_version_and_product,
    has_at_most_one_method,
    each_event_is_identified_once,
    nothing_single_is_repeated,
    stamps_are_in_utc,
    times_are_dates_or_zoned,
    each_event_ends_after_its_start,
    words_are_from_their_lists,
    sequences_are_whole_numbers,
    addresses_are_plain,
    each_zone_is_defined_once_and_used,
    zones_come_before_events,
    each_zone_has_the_shape_all_readers_know,
    value_types_are_explicit,
    a_request_invites_one_person_to_one_event,
    a_cancel_takes_one_event_back,
    a_publication_names_nobody_but_its_organiser,
    a_file_without_method_names_nobody,
    a_confidential_event_tells_nothing_more,
    a_link_leads_to_a_page_that_exists,
]
