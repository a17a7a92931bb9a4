"""Enumerations of dialogues, meetings and parties, with their labels."""

from enum import Enum

from dialogues.lib.refusal import N_
from dialogues.policy import Role


class Existence(Enum):
    """Whether outsiders may know that a dialogue or meeting takes place.

    A confidential one is known only to people with a role in it.
    """

    NORMAL = "normal"
    CONFIDENTIAL = "confidential"


class PartyKind(Enum):
    """A party, the host, or an observing organisation."""

    PARTY = "party"
    HOST = "host"
    OBSERVER = "observer"

    @property
    def capacities(self) -> "tuple[Capacity, ...]":
        """The capacities its people may have; an observing organisation has no participants."""
        return tuple(one for one in Capacity if self is not PartyKind.OBSERVER or one is not Capacity.PARTICIPANT)


class Capacity(Enum):
    PARTICIPANT = "participant"
    OBSERVER = "observer"
    SPECIAL_OBSERVER = "special_observer"
    RESOURCE_PERSON = "resource_person"

    @property
    def role(self) -> Role:
        """The role that comes with the capacity; everyone except participants sees what observers see."""
        return Role.PARTICIPANT if self is Capacity.PARTICIPANT else Role.OBSERVER


class NameOrder(Enum):
    FAMILY_FIRST = "family_first"
    GIVEN_FIRST = "given_first"
    PATRONYMIC_GIVEN = "patronymic_given"


class MeetingStatus(Enum):
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class MeetingFormat(Enum):
    IN_PERSON = "in_person"
    HYBRID = "hybrid"
    ONLINE = "online"


class Gender(Enum):
    """As the person states it; used only for totals of a whole meeting."""

    FEMALE = "f"
    MALE = "m"
    OTHER = "other"
    UNDISCLOSED = "undisclosed"


class PartyOrder(Enum):
    """How the lists of a meeting sort its parties: by name in a language, or by city.

    Seoul and Pyongyang sort Korean letters differently. Both orders exist and neither is a default.
    """

    ENGLISH = "en"
    FRENCH = "fr"
    RUSSIAN = "ru"
    PINYIN = "zh"
    KOREAN = "ko"
    KOREAN_LATE_IEUNG = "ko_late_ieung"
    CITY = "city"


class Rule(Enum):
    """The rule of a session, from least to most strict."""

    ON_THE_RECORD = "on_the_record"
    CHATHAM_HOUSE = "chatham_house"
    OFF_THE_RECORD = "off_the_record"
    CLOSED = "closed"

    @property
    def has_notes(self) -> bool:
        """Whether a rapporteur takes notes and writes a summary."""
        return self in {Rule.ON_THE_RECORD, Rule.CHATHAM_HOUSE}


class PartyAttribution(Enum):
    """Whether a released text may name a party."""

    NEVER = "never"
    WITH_CONSENT = "with_co_chairs_consent"


class InviteProfile(Enum):
    """What a calendar file may contain: a neutral word and the city, or title and room."""

    DISCREET = "discreet"
    FULL = "full"


#: Languages of party names and of meetings, each by its own name.
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


WORDS: dict[Enum, str] = {
    Existence.NORMAL: N_("not secret"),
    Existence.CONFIDENTIAL: N_("confidential"),
    PartyKind.PARTY: N_("party"),
    PartyKind.HOST: N_("host"),
    PartyKind.OBSERVER: N_("observing organisation"),
    Capacity.PARTICIPANT: N_("participant"),
    Capacity.OBSERVER: N_("observer"),
    Capacity.SPECIAL_OBSERVER: N_("special observer"),
    Capacity.RESOURCE_PERSON: N_("resource person"),
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
    Gender.FEMALE: N_("female"),
    Gender.MALE: N_("male"),
    Gender.OTHER: N_("other"),
    Gender.UNDISCLOSED: N_("not said"),
    PartyOrder.ENGLISH: N_("by their names in English"),
    PartyOrder.FRENCH: N_("by their names in French"),
    PartyOrder.RUSSIAN: N_("by their names in Russian"),
    PartyOrder.PINYIN: N_("by their names in Chinese, in pinyin"),
    PartyOrder.KOREAN: N_("by their names in Korean, letters as ordered in Seoul"),
    PartyOrder.KOREAN_LATE_IEUNG: N_("by their names in Korean, letters as ordered in Pyongyang"),
    PartyOrder.CITY: N_("by their cities"),
    Rule.ON_THE_RECORD: N_("on the record"),
    Rule.CHATHAM_HOUSE: N_("Chatham House Rule"),
    Rule.OFF_THE_RECORD: N_("off the record"),
    Rule.CLOSED: N_("closed: no notes at all"),
    PartyAttribution.NEVER: N_("never"),
    PartyAttribution.WITH_CONSENT: N_("with the co-chairs' consent"),
    InviteProfile.DISCREET: N_("discreet"),
    InviteProfile.FULL: N_("full"),
}
