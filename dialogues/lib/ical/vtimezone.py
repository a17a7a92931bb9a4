"""VTIMEZONE definitions from the tzdata package, in a form that all known calendar programs read correctly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo

import tzdata

from dialogues.lib.wall_time import known_zones

#: Definitions start in 1970 and do not depend on today's date, so earlier times cannot be written.
FIRST_YEAR = 1970
LAST_YEAR = 2199

_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_OFFSET = r"[+-]?\d{1,3}(?::\d{2}){0,2}"
_NAME = r"<[^>]+>|[A-Za-z]+"
_FOOTER = re.compile(rf"({_NAME})({_OFFSET})(?:({_NAME})({_OFFSET})?,([^,]+),([^,]+))?")
_NTH_WEEKDAY = re.compile(rf"M(\d+)\.(\d)\.(\d)(?:/({_OFFSET}))?")


class Change(NamedTuple):
    at: datetime
    offset: timedelta


@dataclass(frozen=True, slots=True)
class YearlyChange:
    """One half of a yearly rule: a new offset from the nth weekday of a month, at a time in the old offset."""

    month: int
    week: int
    weekday: int
    time: timedelta
    before: timedelta
    after: timedelta
    name: str

    def local(self, year: int) -> datetime:
        """The local time of that year's change, as clocks show it just before (naive)."""
        first = date(year, self.month, 1)
        day = first + timedelta(days=(self.weekday - first.isoweekday()) % 7, weeks=self.week - 1)
        while day.month != self.month:
            day -= timedelta(weeks=1)
        return datetime(day.year, day.month, day.day) + self.time  # noqa: DTZ001  local time, its offset is in `before`

    def change(self, year: int) -> Change:
        return Change((self.local(year) - self.before).replace(tzinfo=UTC), self.after)

    @property
    def rule(self) -> str:
        week = -1 if self.week == 5 else self.week
        return f"RRULE:FREQ=YEARLY;BYMONTH={self.month};BYDAY={week}{_WEEKDAYS[self.weekday]}"


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule for future years in the last line of a tz file: one constant offset, or two changes per year."""

    offset: timedelta
    name: str
    yearly_changes: tuple[YearlyChange, ...]

    def changes(self, first: int, last: int) -> list[Change]:
        return sorted(yearly.change(year) for year in range(first, last + 1) for yearly in self.yearly_changes)


def tz_version() -> str:
    """The version of the tz database, such as "2026f"; prepared events are valid for one version only."""
    return str(tzdata.IANA_VERSION)


def zone(tzid: str) -> ZoneInfo:
    """:raises ValueError: the tz database has no zone of this name."""
    return _zone(tzid)


def instant(local: datetime, tzid: str, fold: int = 0, *, skipped: bool = False) -> datetime:
    """The UTC time of a naive local time.

    :param fold: 0 for the first, 1 for the second of two equal times; otherwise ignored.
    :param skipped: accept a time that the clocks skip, for days that begin in a gap, as in Beirut.
    :raises ValueError: the zone is unknown, the time is aware, or the clocks skip it.
    """
    if local.tzinfo is not None:
        raise ValueError(f"{local} must be a local time without zone")
    if not FIRST_YEAR < local.year <= LAST_YEAR:
        raise ValueError(f"{local} does not lie between {FIRST_YEAR + 1} and {LAST_YEAR}")
    place = zone(tzid)
    found = local.replace(tzinfo=place, fold=fold).astimezone(UTC)
    if not skipped and found.astimezone(place).replace(tzinfo=None) != local:
        raise ValueError(f"{local} does not exist in {tzid}: the clocks skip it")
    return found


def lasting_definition(tzid: str) -> bytes | None:
    """The VTIMEZONE of the zone's rule for all future years, or None if the rule cannot be written."""
    return _lasting(tzid)


def definition(tzid: str, start: datetime, end: datetime) -> bytes | None:
    """The VTIMEZONE for an event between two aware times.

    The lasting one if its rule is right from the year before to the year after; else the offset at the event; None if
    the offset changes during the event, so that only UTC is right.

    :raises ValueError: the zone is unknown.
    """
    place = _zone(tzid)
    local_start, local_end = start.astimezone(place), end.astimezone(place)
    if _rule_holds(tzid, local_start.year - 1, local_end.year + 1):
        return _lasting(tzid)
    if next(changes(place, start, end), None) is not None:
        return None
    return _vtimezone(tzid, [_standard(_offset(place, start), local_start.tzname() or "")])


def _file(tzid: str) -> resources.abc.Traversable:
    if tzid not in known_zones():
        raise ValueError(f"{tzid!r} is no time zone of the tz database")
    return resources.files("tzdata").joinpath("zoneinfo", *tzid.split("/"))


@cache
def _zone(tzid: str) -> ZoneInfo:
    with _file(tzid).open("rb") as data:
        return ZoneInfo.from_file(data, key=tzid)


@cache
def _rule(tzid: str) -> Rule | None:
    """The rule in the last line of the tz file; None if a single BYDAY cannot express it."""
    footer = _file(tzid).read_bytes().rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")
    parts = _FOOTER.fullmatch(footer)
    if parts is None:
        return None
    name, offset = parts[1].strip("<>"), -_duration(parts[2])
    if parts[3] is None:
        return Rule(offset, name, ())
    summer_name, summer = parts[3].strip("<>"), -_duration(parts[4]) if parts[4] else offset + timedelta(hours=1)
    begins = _parse_yearly_change(parts[5], before=offset, after=summer, name=summer_name)
    ends = _parse_yearly_change(parts[6], before=summer, after=offset, name=name)
    return Rule(offset, name, (begins, ends)) if begins and ends else None


def _parse_yearly_change(day: str, *, before: timedelta, after: timedelta, name: str) -> YearlyChange | None:
    parts = _NTH_WEEKDAY.fullmatch(day)
    if parts is None:
        return None
    time = _duration(parts[4]) if parts[4] else timedelta(hours=2)
    if not timedelta(0) <= time < timedelta(days=1):
        return None  # "26 hours after the fourth Thursday" is not always the fourth Friday.
    return YearlyChange(int(parts[1]), int(parts[2]), int(parts[3]), time, before, after, name)


def _duration(text: str) -> timedelta:
    hours, minutes, seconds = (int(part) for part in (text.lstrip("+-") + ":0:0").split(":")[:3])
    duration = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -duration if text.startswith("-") else duration


@cache
def _rule_holds(tzid: str, first: int, last: int) -> bool:
    """Whether the rule gives every offset of these years in the tz data."""
    rule, place = _rule(tzid), _zone(tzid)
    if rule is None:
        return False
    since, until = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    found = list(changes(place, since, until))
    if not rule.yearly_changes:
        return not found and _offset(place, since) == rule.offset
    return found == rule.changes(first, last)


def changes(place: ZoneInfo, start: datetime, end: datetime) -> Iterator[Change]:
    before, offset = start, _offset(place, start)
    while before < end:
        after = min(before + timedelta(days=1), end)
        if (new := _offset(place, after)) != offset:
            yield Change(_first_instant(place, before, after), new)
        before, offset = after, new


def _first_instant(place: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second at which the offset of `before` is no longer valid."""
    offset = _offset(place, before)
    while (width := after - before) > timedelta(seconds=1):
        middle = before + timedelta(seconds=width // timedelta(seconds=2))
        before, after = (middle, after) if _offset(place, middle) == offset else (before, middle)
    return after


def _offset(place: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(place).utcoffset() or timedelta(0)


@cache
def _lasting(tzid: str) -> bytes | None:
    rule = _rule(tzid)
    if rule is None:
        return None
    if not rule.yearly_changes:
        return _vtimezone(tzid, [_standard(rule.offset, rule.name)])
    # The larger offset is always DAYLIGHT, because calendar programs expect it, although Irish law calls summer time
    # standard.
    by_offset = sorted(rule.yearly_changes, key=lambda yearly: yearly.after, reverse=True)
    return _vtimezone(tzid, [_yearly_observance(yearly) for yearly in by_offset])


def _yearly_observance(yearly: YearlyChange) -> list[str]:
    kind = "DAYLIGHT" if yearly.after > yearly.before else "STANDARD"
    return _observance(kind, yearly.local(FIRST_YEAR), yearly.before, yearly.after, yearly.name, yearly.rule)


def _standard(offset: timedelta, name: str) -> list[str]:
    return _observance("STANDARD", datetime(FIRST_YEAR, 1, 1), offset, offset, name)  # noqa: DTZ001  a local time


def _observance(kind: str, begins: datetime, before: timedelta, after: timedelta, name: str, *rule: str) -> list[str]:
    offsets = [f"TZOFFSETFROM:{_format_offset(before)}", f"TZOFFSETTO:{_format_offset(after)}"]
    return [f"BEGIN:{kind}", f"DTSTART:{begins:%Y%m%dT%H%M%S}", *rule, *offsets, f"TZNAME:{name}", f"END:{kind}"]


def _format_offset(offset: timedelta) -> str:
    minutes, seconds = divmod(abs(offset) // timedelta(seconds=1), 60)
    sign = "-" if offset < timedelta(0) else "+"
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")


def _vtimezone(tzid: str, observances: list[list[str]]) -> bytes:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{tzid}", *(line for part in observances for line in part), "END:VTIMEZONE"]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")
