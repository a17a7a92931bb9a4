"""Decisions about attendance, on given facts."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal

#: How long after the last day a code still opens at the desk: marks are mended on the day after.
_CODES_LAST = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceChanged(DomainEvent):
    """The attendance of a session changed: told once a day, by whom and of whom is told nowhere."""

    action: ClassVar[str] = "attendance.changed"
    coarse: ClassVar[bool] = True


def refuse_sealed(sealed: bool) -> None:
    """:raises Refusal: the meeting was closed."""
    if sealed:
        raise Refusal(N_("The meeting was closed, and its attendance record sealed: nothing is marked any more."))


def refuse_early(day: date, today: date) -> None:
    """:raises Refusal: the session is on a later day."""
    if today < day:
        raise Refusal(N_("This session is on a later day: mark who is there on that day."))


def is_expected(present_from: date | None, present_to: date | None, day: date) -> bool:
    """Whether someone who wrote down these days, or none, is expected on that day."""
    return (present_from is None or present_from <= day) and (present_to is None or day <= present_to)


def is_called(search: str, names: Iterable[str]) -> bool:
    """Whether one of the names holds every word of the search, whatever its accents and capitals."""
    called = " ".join(_bare(name) for name in names)
    return all(word in called for word in _bare(search).split())


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in spread if not unicodedata.combining(character))


def code_address(base_url: str, secret: str) -> str:
    """What a code for the table says: an address that opens something to the liaison desk alone."""
    return f"{base_url}/attendance/code/{secret}"


def codes_expire(last_day: date, zone: str) -> datetime:
    """When the codes of a meeting with that last day stop working."""
    return datetime.combine(last_day, time(), ZoneInfo(zone)) + _CODES_LAST
