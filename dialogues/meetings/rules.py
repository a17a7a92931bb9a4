"""Words and decisions about dialogues, meetings, parties and roles."""

from enum import Enum


class Existence(Enum):
    """Whether outsiders may know that it takes place; a confidential one is there for its circle only."""

    NORMAL = "normal"
    CONFIDENTIAL = "confidential"


class PartyKind(Enum):
    """A side of the dialogue, its host, or an organisation that observes."""

    PARTY = "party"
    HOST = "host"
    OBSERVER = "observer"


class NameOrder(Enum):
    """How a name is written: family name first, given name first, patronymic and given name."""

    FAMILY_FIRST = "family_first"
    GIVEN_FIRST = "given_first"
    PATRONYMIC_GIVEN = "patronymic_given"


class MeetingStatus(Enum):
    """Where a meeting stands."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class MeetingFormat(Enum):
    """Whether people come to one place."""

    IN_PERSON = "in_person"
    HYBRID = "hybrid"
    ONLINE = "online"


class Rule(Enum):
    """The rule of a session, stricter downward (the rule ladder)."""

    ON_THE_RECORD = "on_the_record"
    CHATHAM_HOUSE = "chatham_house"
    OFF_THE_RECORD = "off_the_record"
    CLOSED = "closed"

    @property
    def has_notes(self) -> bool:
        """Whether a rapporteur keeps notes and a summary: not off the record, and not in a closed session."""
        return self in {Rule.ON_THE_RECORD, Rule.CHATHAM_HOUSE}


class PartyAttribution(Enum):
    """Whether a released text may name a party."""

    NEVER = "never"
    WITH_CONSENT = "with_co_chairs_consent"


class InviteProfile(Enum):
    """What a calendar file may say: a neutral word and the city, or title and room by explicit choice."""

    DISCREET = "discreet"
    FULL = "full"
