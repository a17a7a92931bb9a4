"""Sealed fields of a person: the parts of each kind, validation and retention dates."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.wall_time import check_range
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.participants.rules.kinds import SealedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFieldEntered(DomainEvent):
    """A sealed field was entered or cleared. `about` is the person."""

    action: ClassVar[str] = "sealed_field.entered"

    kind: SealedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFieldSeen(DomainEvent):
    """Someone read a sealed field. `about` is the person, `reason` the hash of the reason the reader gave."""

    action: ClassVar[str] = "sealed_field.seen"

    kind: SealedKind
    look_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisaStatusChanged(ParticipationEvent):
    action: ClassVar[str] = "visa_status.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFieldsDestroyed(DomainEvent):
    """Sealed fields of a meeting were destroyed. `about` is the certificate."""

    action: ClassVar[str] = "sealed_field.destroyed"

    fields: int


#: The parts of each kind in form order. Dates and times are stored in ISO form.
PARTS: dict[SealedKind, tuple[str, ...]] = {
    SealedKind.PASSPORT: ("nationality", "number", "valid_until"),
    SealedKind.VISA: ("number", "valid_from", "valid_until", "note"),
    SealedKind.FLIGHTS: ("arrives_at", "arrival", "departs_at", "departure", "note"),
    SealedKind.DIET: ("text",),
    SealedKind.ACCESS: ("text",),
    SealedKind.MEDICAL: ("text",),
}
#: The liaison desk enters PAPERS and only reads NEEDS. An empty need is stored, because "none" is an answer.
PAPERS = (SealedKind.PASSPORT, SealedKind.VISA, SealedKind.FLIGHTS)
NEEDS = (SealedKind.DIET, SealedKind.ACCESS, SealedKind.MEDICAL)


#: Retention after departure.
RETENTION_AFTER_DEPARTURE = timedelta(days=30)
#: Purge date of a field that its person cleared. It is in the past, so that a change of days never restores the field.
CLEARED_PURGE_DATE = date(1970, 1, 1)


LONGEST_NOTE = 1000
LONGEST_REASON = 300
SHORTEST_REASON = 5


_NUMBER = re.compile(r"[0-9A-Z]{5,20}")
#: Plain text is padded to a multiple of this many bytes, because the length of the sealed value would reveal its size.
_PADDING = 256


#: Why each kind is asked for.
PURPOSES: dict[SealedKind, str] = {
    SealedKind.PASSPORT: N_("For letters to consulates, and for tickets and hotels that ask for it."),
    SealedKind.VISA: N_("So that the travel desk can tell the border and the airline what you hold."),
    SealedKind.FLIGHTS: N_("So that you are fetched and brought, and so that a delay is noticed."),
    SealedKind.DIET: N_("For meals during the meeting."),
    SealedKind.ACCESS: N_("For rooms, ways and transport that suit you."),
    SealedKind.MEDICAL: N_("For help in an emergency, if you want us to know."),
}


Parts = Mapping[str, str]


def normalize_parts(kind: SealedKind, typed: Parts) -> dict[str, str]:
    """Keeps the known, non-empty parts. Passport numbers become upper case without spaces and separators."""
    parts = {name: typed.get(name, "") for name in PARTS[kind]}
    if kind is SealedKind.PASSPORT:
        parts["number"] = re.sub(r"[\s./\u2010-\u2015\u2212\u30fc-]", "", parts["number"]).upper()
    return {name: text for name, text in parts.items() if text}


#: Longest plausible validity of a passport and of a visa, and distance of a journey from the meeting.
_PASSPORT_LASTS, _VISA_LASTS, _TRAVEL = timedelta(days=16 * 366), timedelta(days=11 * 366), timedelta(days=60)


def check_parts(kind: SealedKind, parts: Parts, first_day: date, last_day: date) -> None:
    """Checks that the parts of one kind fit together and fit the meeting.

    :raises Refusal: a passport is incomplete or expires before `last_day` of the meeting, dates are out of order, or a
        year is not plausible.
    """
    if kind is SealedKind.PASSPORT and parts:
        _check_passport(parts, last_day)
    elif kind is SealedKind.VISA and _is_reversed(parts, "valid_from", "valid_until"):
        raise Refusal(
            N_("This visa would end before it begins: swap the two days, or correct the year."),
            field="visa_valid_until",
        )
    elif kind is SealedKind.FLIGHTS and _is_reversed(parts, "arrives_at", "departs_at"):
        raise Refusal(
            N_("You would leave before you arrive: swap the two times, or correct the day."),
            field="flights_departs_at",
        )
    _check_years(kind, parts, first_day, last_day)


def _check_years(kind: SealedKind, parts: Parts, first_day: date, last_day: date) -> None:
    ranges = {
        (SealedKind.PASSPORT, "valid_until"): (last_day, last_day + _PASSPORT_LASTS),
        (SealedKind.VISA, "valid_from"): (first_day - _VISA_LASTS, last_day),
        (SealedKind.VISA, "valid_until"): (first_day, last_day + _VISA_LASTS),
        (SealedKind.FLIGHTS, "arrives_at"): (first_day - _TRAVEL, last_day),
        (SealedKind.FLIGHTS, "departs_at"): (first_day, last_day + _TRAVEL),
    }
    for (of_kind, name), (first, last) in ranges.items():
        if of_kind is kind and name in parts:
            check_range(datetime.fromisoformat(parts[name]).date(), first, last, field=f"{kind.value}_{name}")


def _check_passport(parts: Parts, last_day: date) -> None:
    if "nationality" not in parts:
        raise Refusal(
            N_("Write the nationality as well, as it stands in the passport; or leave all of the passport empty."),
            field="passport_nationality",
        )
    if not _NUMBER.fullmatch(parts.get("number", "")):
        raise Refusal(
            N_("Write the number of the passport as it stands there: five to twenty letters A–Z and digits."),
            field="passport_number",
        )
    if "valid_until" not in parts:
        raise Refusal(N_("Write until which day the passport is valid."), field="passport_valid_until")
    if date.fromisoformat(parts["valid_until"]) < last_day:
        raise Refusal(
            N_("This passport ends before the meeting does (%(last)s): check the day, or enter the one you will use."),
            field="passport_valid_until",
            last=last_day,
        )


def _is_reversed(parts: Parts, first: str, last: str) -> bool:
    # Text comparison is enough, because ISO dates and times sort as text.
    return first in parts and last in parts and parts[last] < parts[first]


def serialize_parts(parts: Parts) -> str:
    """Serializes the parts as canonical JSON, padded with spaces."""
    text = json.dumps(dict(parts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    length = len(text.encode())
    return text + " " * (-length % _PADDING)


def deserialize_parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = json.loads(text)
    return parts


def purge_date(departure: date) -> date:
    """Returns the day on which all sealed fields of a person who leaves on `departure` are destroyed."""
    return departure + RETENTION_AFTER_DEPARTURE


def departure_date(present_to: date | None, first_day: date, last_day: date) -> date:
    """Returns the person's last day if it is within the meeting, else the last day of the meeting."""
    return present_to if present_to is not None and first_day <= present_to <= last_day else last_day


def check_reason(reason: str) -> str:
    """Returns the reason, which the person concerned will read.

    :raises Refusal: it is too short or too long.
    """
    if len(reason) < SHORTEST_REASON:
        raise Refusal(N_("Write why you need to see it: the person will read your reason."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refusal(N_("Write the reason in at most %(most)s characters."), field="reason", most=LONGEST_REASON)
    return reason


def reason_hash(reason: str) -> str:
    """Returns the SHA-256 of a reason for the audit log, so that a later change of the reason is detectable."""
    return hashlib.sha256(reason.encode()).hexdigest()


def local_time(parts: Parts, name: str) -> datetime | None:
    """Local time at the place of the meeting."""
    return datetime.fromisoformat(parts[name]) if name in parts else None
