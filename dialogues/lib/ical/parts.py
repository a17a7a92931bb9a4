"""Values of calendar entries: profiles, states, methods, roles, answers, and the texts a profile shows."""

from dataclasses import dataclass
from enum import Enum


class Profile(Enum):
    """How much a calendar entry shows. Discreet unless the meeting says otherwise; each person may choose it."""

    DISCREET = "discreet"
    FULL = "full"


class State(Enum):
    """The state of an entry, with the names of RFC 5545."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Method(Enum):
    """The method of an emailed calendar file (RFC 5546); downloads and feeds have none."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Role(Enum):
    CHAIR = "CHAIR"
    REQUIRED = "REQ-PARTICIPANT"
    OPTIONAL = "OPT-PARTICIPANT"
    OBSERVER = "NON-PARTICIPANT"


class Answer(Enum):
    NONE = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of an entry; None is left out."""

    summary: str
    location: str | None
    description: str | None
    link: str | None
    confidentiality: str


def words_for(
    profile: Profile,
    *,
    neutral_word: str,
    short_code: str,
    title: str | None,
    place: str | None,
    city: str | None,
    description: str | None,
    link: str | None,
) -> Words:
    """The texts that the profile shows; they stay the same when an entry is cancelled.

    :param short_code: random characters that stand for the title next to the neutral word; may be empty.
    :param place: room, building and city on one line.
    :raises ValueError: the full profile without a title, or no neutral word.
    """
    if not neutral_word.strip():
        raise ValueError("An entry needs its neutral word")
    if profile is Profile.DISCREET:
        return Words(f"{neutral_word} {short_code}".rstrip(), city, None, None, "CONFIDENTIAL")
    if not (title or "").strip():
        raise ValueError("An entry in the full profile needs a title")
    return Words(title or "", place or city, description, link, "PRIVATE")
