"""Decisions about attendance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.textsearch.folding import haystack, words


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceChanged(DomainEvent):
    """Attendance of a session changed.

    The audit log has it once a day, without who marked and who was marked.
    """

    action: ClassVar[str] = "attendance.changed"
    coarse: ClassVar[bool] = True


def refuse_sealed(sealed: bool) -> None:
    """:raises Refusal: the meeting was closed, so that its record is sealed."""
    if sealed:
        raise Refusal(N_("The meeting was closed, and its attendance record sealed: nothing is marked any more."))


def refuse_early(day: date, today: date) -> None:
    """:raises Refusal: the session is on a later day."""
    if today < day:
        raise Refusal(N_("This session is on a later day: mark who is there on that day."))


def is_expected(guest: Any, day: date) -> bool:
    """Whether the person registered to be there on that day; `present_from` and `present_to` may have no limit."""
    begins, ends = guest.present_from, guest.present_to
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def matches_search(search: str, names: Iterable[str]) -> bool:
    """Whether every word of the search occurs in the names, ignoring case and accents."""
    names_to_search = haystack(*names)
    return all(word in names_to_search for word in words(search))


def code_address(base_url: str, secret: str) -> str:
    """Return the URL in a code. It opens a page for the liaison desk only."""
    return f"{base_url}/attendance/code/{secret}"
