"""The words that dialogues, meetings and parties are described by."""

from enum import Enum

from dialogues.common.refusal import N_


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


WORDS: dict[Enum, str] = {
    Existence.NORMAL: N_("not secret"),
    Existence.CONFIDENTIAL: N_("confidential"),
    PartyKind.PARTY: N_("party"),
    PartyKind.HOST: N_("host"),
    PartyKind.OBSERVER: N_("observing organisation"),
    NameOrder.FAMILY_FIRST: N_("family name first"),
    NameOrder.GIVEN_FIRST: N_("given name first"),
    NameOrder.PATRONYMIC_GIVEN: N_("patronymic, then given name"),
    MeetingStatus.PROVISIONAL: N_("provisional"),
    MeetingStatus.CONFIRMED: N_("confirmed"),
    MeetingStatus.CANCELLED: N_("cancelled"),
    MeetingStatus.CLOSED: N_("closed"),
    MeetingFormat.IN_PERSON: N_("in person"),
    MeetingFormat.HYBRID: N_("in person and online"),
    MeetingFormat.ONLINE: N_("online"),
    Rule.ON_THE_RECORD: N_("on the record"),
    Rule.CHATHAM_HOUSE: N_("Chatham House Rule"),
    Rule.OFF_THE_RECORD: N_("off the record"),
    Rule.CLOSED: N_("closed: no notes at all"),
    PartyAttribution.NEVER: N_("never"),
    PartyAttribution.WITH_CONSENT: N_("with the co-chairs' consent"),
    InviteProfile.DISCREET: N_("discreet"),
    InviteProfile.FULL: N_("full"),
}


#: The languages that parties' names and meetings are written in, by themselves.
LANGUAGES = {
    "en": "English",
    "fr": "français",
    "ru": "русский",
    "zh": "中文",
    "ko": "조선말 / 한국어",
    "ja": "日本語",
    "mn": "монгол",
    "de": "Deutsch",
}
