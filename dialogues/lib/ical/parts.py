"""What a calendar entry tells its reader, when its SEQUENCE rises, and the token that its answers come back to."""

from dataclasses import dataclass
from enum import Enum


class Profile(Enum):
    """How much a calendar entry tells; discreet unless a meeting says otherwise, and a person may always choose it."""

    DISCREET = "discreet"
    FULL = "full"


class State(Enum):
    """Where an entry stands; the names are those of calendar files."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Method(Enum):
    """What a mailed calendar file asks for; files and feeds ask nothing."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Role(Enum):
    """The part of the invited person, in the words of calendar files."""

    CHAIR = "CHAIR"
    REQUIRED = "REQ-PARTICIPANT"
    OPTIONAL = "OPT-PARTICIPANT"
    OBSERVER = "NON-PARTICIPANT"


class Answer(Enum):
    """What the invited person has answered (PARTSTAT)."""

    NONE = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True, slots=True)
class Words:
    """All that an entry says in words; None is not written at all."""

    summary: str
    location: str | None
    description: str | None
    confidentiality: str


def words_for(
    profile: Profile,
    *,
    neutral_word: str,
    title: str | None,
    place: str | None,
    city: str | None,
    description: str | None,
) -> Words:
    """The words that a reader of this profile may see; the neutral word stays the same when an entry is cancelled.

    :param place: room, house and city on one line.
    :raises ValueError: the full profile without a title, or no neutral word.
    """
    if not neutral_word.strip():
        raise ValueError("An entry needs its neutral word")
    if profile is Profile.DISCREET:
        return Words(neutral_word, city, None, "CONFIDENTIAL")
    if not (title or "").strip():
        raise ValueError("An entry in the full profile needs a title")
    return Words(title or "", place or city, description, "PRIVATE")
