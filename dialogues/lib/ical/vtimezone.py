"""The time zones of calendar files, written from PyPI's tzdata so that every known calendar reads them right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo

import tzdata

#: Definitions are anchored in 1970 and never dated by today, so nothing earlier can be written.
FIRST_YEAR = 1970
LAST_YEAR = 2199


_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_OFFSET = r"[+-]?\d{1,3}(?::\d{2}){0,2}"
_NAME = r"<[^>]+>|[A-Za-z]+"
_FOOTER = re.compile(rf"({_NAME})({_OFFSET})(?:({_NAME})({_OFFSET})?,([^,]+),([^,]+))?")
_NTH_WEEKDAY = re.compile(rf"M(\d+)\.(\d)\.(\d)(?:/({_OFFSET}))?")


class Change(NamedTuple):
    """A change of offset: when it comes, and what is in force after it."""

    at: datetime
    offset: timedelta


@dataclass(frozen=True, slots=True)
class Onset:
    """One half of a yearly rule: from the nth weekday of a month, at a time in the old offset, the new one holds."""

    month: int
    week: int
    weekday: int
    time: timedelta
    before: timedelta
    after: timedelta
    name: str

    def local(self, year: int) -> datetime:
        """The moment of that year's change as the clocks show it just before (naive)."""
        first = date(year, self.month, 1)
        day = first + timedelta(days=(self.weekday - first.isoweekday()) % 7, weeks=self.week - 1)
        while day.month != self.month:
            day -= timedelta(weeks=1)
        return datetime(day.year, day.month, day.day) + self.time  # noqa: DTZ001  local time, its offset stands beside it

    def change(self, year: int) -> Change:
        """The same moment on the UTC line."""
        return Change((self.local(year) - self.before).replace(tzinfo=UTC), self.after)

    @property
    def rule(self) -> str:
        """The yearly RRULE with its single BYDAY."""
        week = -1 if self.week == 5 else self.week
        return f"RRULE:FREQ=YEARLY;BYMONTH={self.month};BYDAY={week}{_WEEKDAYS[self.weekday]}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What the footer of a tz file says about every year to come: one offset for good, or two onsets a year."""

    offset: timedelta
    name: str
    onsets: tuple[Onset, ...]

    def changes(self, first: int, last: int) -> list[Change]:
        """Every change from the year `first` to the year `last`, both included."""
        return sorted(onset.change(year) for year in range(first, last + 1) for onset in self.onsets)


def tz_version() -> str:
    """The version of the tz database in use, such as "2026f"; prepared events are good for one version only."""
    return str(tzdata.IANA_VERSION)


def zone(tzid: str) -> ZoneInfo:
    """The zone of that IANA name out of PyPI's tzdata, whatever the operating system holds.

    :raises ValueError: the tz database has no zone of this name.
    """
    return _zone(tzid, tz_version())


def instant(local: datetime, tzid: str, fold: int = 0, *, skipped: bool = False) -> datetime:
    """The UTC instant of a naive local time.

    :param fold: 0 for the first, 1 for the second of two equal times; means nothing elsewhere.
    :param skipped: take a time that the clocks skip as if they did not, for days that begin in a gap, as in Beirut.
    :raises ValueError: the zone is unknown, the time aware, or the clocks skip it.
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
    """The VTIMEZONE that the zone's rule gives for every year to come, or None where the rule cannot be written.

    :raises ValueError: the zone is unknown.
    """
    return _lasting(tzid, tz_version())


def definition(tzid: str, start: datetime, end: datetime) -> bytes | None:
    """The VTIMEZONE that is right for an event between two aware instants.

    It is the lasting one if the rule holds from the year before to the year after; else the one offset in force at the
    event; None if the offset changes within it, so that only UTC says it right.

    :raises ValueError: the zone is unknown.
    """
    version = tz_version()
    place = _zone(tzid, version)
    opens, closes = start.astimezone(place), end.astimezone(place)
    if _rule_holds(tzid, version, opens.year - 1, closes.year + 1):
        return _lasting(tzid, version)
    if next(changes(place, start, end), None) is not None:
        return None
    return _written(tzid, [_standard(_offset(place, start), opens.tzname() or "")])


@lru_cache(maxsize=1)
def _known(version: str) -> frozenset[str]:  # noqa: ARG001  the version is what the cache goes by
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def _file(tzid: str, version: str) -> resources.abc.Traversable:
    if tzid not in _known(version):
        raise ValueError(f"{tzid!r} is no time zone of the tz database")
    return resources.files("tzdata").joinpath("zoneinfo", *tzid.split("/"))


@cache
def _zone(tzid: str, version: str) -> ZoneInfo:
    with _file(tzid, version).open("rb") as data:
        return ZoneInfo.from_file(data, key=tzid)


@cache
def _rule(tzid: str, version: str) -> Rule | None:
    """The rule in the last line of the tz file; None if it is none that a single BYDAY can say."""
    footer = _file(tzid, version).read_bytes().rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")
    parts = _FOOTER.fullmatch(footer)
    if parts is None:
        return None
    name, offset = parts[1].strip("<>"), -_duration(parts[2])
    if parts[3] is None:
        return Rule(offset, name, ())
    summer_name, summer = parts[3].strip("<>"), -_duration(parts[4]) if parts[4] else offset + timedelta(hours=1)
    begins = _onset(parts[5], before=offset, after=summer, name=summer_name)
    ends = _onset(parts[6], before=summer, after=offset, name=name)
    return Rule(offset, name, (begins, ends)) if begins and ends else None


def _onset(day: str, *, before: timedelta, after: timedelta, name: str) -> Onset | None:
    parts = _NTH_WEEKDAY.fullmatch(day)
    if parts is None:
        return None
    time = _duration(parts[4]) if parts[4] else timedelta(hours=2)
    if not timedelta(0) <= time < timedelta(days=1):
        return None  # "26 hours after the fourth Thursday" is no nth Friday.
    return Onset(int(parts[1]), int(parts[2]), int(parts[3]), time, before, after, name)


def _duration(text: str) -> timedelta:
    hours, minutes, seconds = (int(part) for part in (text.lstrip("+-") + ":0:0").split(":")[:3])
    duration = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -duration if text.startswith("-") else duration


@cache
def _rule_holds(tzid: str, version: str, first: int, last: int) -> bool:
    """Whether the rule gives every offset of these years, as the data have them."""
    rule, place = _rule(tzid, version), _zone(tzid, version)
    if rule is None:
        return False
    opens, closes = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    found = list(changes(place, opens, closes))
    if not rule.onsets:
        return not found and _offset(place, opens) == rule.offset
    return found == rule.changes(first, last)


def changes(place: ZoneInfo, start: datetime, end: datetime) -> Iterator[Change]:
    """The changes of offset within (start, end], sought on the UTC line, where no hour is skipped or comes twice."""
    before, offset = start, _offset(place, start)
    while before < end:
        after = min(before + timedelta(days=1), end)
        if (new := _offset(place, after)) != offset:
            yield Change(_first_instant(place, before, after), new)
        before, offset = after, new


def _first_instant(place: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the offset of `before` ends."""
    offset = _offset(place, before)
    while (width := after - before) > timedelta(seconds=1):
        middle = before + timedelta(seconds=width // timedelta(seconds=2))
        before, after = (middle, after) if _offset(place, middle) == offset else (before, middle)
    return after


def _offset(place: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(place).utcoffset() or timedelta(0)


@cache
def _lasting(tzid: str, version: str) -> bytes | None:
    rule = _rule(tzid, version)
    if rule is None:
        return None
    if not rule.onsets:
        return _written(tzid, [_standard(rule.offset, rule.name)])
    # Ireland's law calls summer the standard; calendars expect the larger offset under DAYLIGHT.
    return _written(
        tzid, [_yearly(onset) for onset in sorted(rule.onsets, key=lambda onset: onset.after, reverse=True)]
    )


def _yearly(onset: Onset) -> list[str]:
    kind = "DAYLIGHT" if onset.after > onset.before else "STANDARD"
    return _observance(kind, onset.local(FIRST_YEAR), onset.before, onset.after, onset.name, onset.rule)


def _standard(offset: timedelta, name: str) -> list[str]:
    return _observance("STANDARD", datetime(FIRST_YEAR, 1, 1), offset, offset, name)  # noqa: DTZ001  a local time


def _observance(kind: str, begins: datetime, before: timedelta, after: timedelta, name: str, *rule: str) -> list[str]:
    offsets = [f"TZOFFSETFROM:{_signed(before)}", f"TZOFFSETTO:{_signed(after)}"]
    return [f"BEGIN:{kind}", f"DTSTART:{begins:%Y%m%dT%H%M%S}", *rule, *offsets, f"TZNAME:{name}", f"END:{kind}"]


def _signed(offset: timedelta) -> str:
    minutes, seconds = divmod(abs(offset) // timedelta(seconds=1), 60)
    sign = "-" if offset < timedelta(0) else "+"
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")


def _written(tzid: str, observances: list[list[str]]) -> bytes:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{tzid}", *(line for part in observances for line in part), "END:VTIMEZONE"]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")
