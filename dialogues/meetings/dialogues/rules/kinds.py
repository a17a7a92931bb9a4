"""Enumerations of dialogues, meetings and parties, with their labels."""

from datetime import date, timedelta

from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_
from dialogues.policy import Role


class Existence(Labelled):
    """Whether outsiders may know that a dialogue or meeting takes place.

    A confidential one is known only to people with a role in it.
    """

    NORMAL = "normal", N_("not secret")
    CONFIDENTIAL = "confidential", N_("confidential")


class PartyKind(Labelled):
    PARTY = "party", N_("party")
    HOST = "host", N_("host")
    OBSERVER = "observer", N_("observing organisation")

    @property
    def capacities(self) -> "tuple[Capacity, ...]":
        """The capacities its people may have; an observing organisation has no participants."""
        return tuple(one for one in Capacity if self is not PartyKind.OBSERVER or one is not Capacity.PARTICIPANT)


class Capacity(Labelled):
    PARTICIPANT = "participant", N_("participant")
    OBSERVER = "observer", N_("observer")
    SPECIAL_OBSERVER = "special_observer", N_("special observer")
    RESOURCE_PERSON = "resource_person", N_("resource person")

    @property
    def role(self) -> Role:
        """The role that comes with the capacity; everyone except participants sees what observers see."""
        return Role.PARTICIPANT if self is Capacity.PARTICIPANT else Role.OBSERVER


class NameOrder(Labelled):
    FAMILY_FIRST = "family_first", N_("family name first")
    GIVEN_FIRST = "given_first", N_("given name first")
    PATRONYMIC_GIVEN = "patronymic_given", N_("patronymic, then given name")


class MeetingStatus(Labelled):
    PROVISIONAL = "provisional", N_("provisional")
    CONFIRMED = "confirmed", N_("confirmed")
    CANCELLED = "cancelled", N_("cancelled")
    CLOSED = "closed", N_("closed")


#: With these statuses nothing more is planned or collected for a meeting.
OVER = frozenset({MeetingStatus.CANCELLED, MeetingStatus.CLOSED})


class MeetingFormat(Labelled):
    IN_PERSON = "in_person", N_("in person")
    HYBRID = "hybrid", N_("in person and online")
    ONLINE = "online", N_("online")


class Gender(Labelled):
    """As the person states it; used only for totals of a whole meeting."""

    FEMALE = "f", N_("female")
    MALE = "m", N_("male")
    OTHER = "other", N_("other")
    UNDISCLOSED = "undisclosed", N_("not said")


class PartyOrder(Labelled):
    """How the lists of a meeting sort its parties: by name in a language, or by city.

    Seoul and Pyongyang sort Korean letters differently. Both orders exist and neither is a default.
    """

    ENGLISH = "en", N_("by their names in English")
    FRENCH = "fr", N_("by their names in French")
    RUSSIAN = "ru", N_("by their names in Russian")
    PINYIN = "zh", N_("by their names in Chinese, in pinyin")
    KOREAN = "ko", N_("by their names in Korean, letters as ordered in Seoul")
    KOREAN_LATE_IEUNG = "ko_late_ieung", N_("by their names in Korean, letters as ordered in Pyongyang")
    CITY = "city", N_("by their cities")


class Rule(Labelled):
    """The rule of a session, from least to most strict."""

    ON_THE_RECORD = "on_the_record", N_("on the record")
    CHATHAM_HOUSE = "chatham_house", N_("Chatham House Rule")
    OFF_THE_RECORD = "off_the_record", N_("off the record")
    CLOSED = "closed", N_("closed: no notes at all")

    @property
    def has_notes(self) -> bool:
        """Whether a rapporteur takes notes and writes a summary."""
        return self in {Rule.ON_THE_RECORD, Rule.CHATHAM_HOUSE}


class PartyAttribution(Labelled):
    """Whether a released text may name a party."""

    NEVER = "never", N_("never")
    WITH_CONSENT = "with_co_chairs_consent", N_("with the co-chairs' consent")


class InviteProfile(Labelled):
    """What a calendar file may contain: a neutral word and the city, or title and room."""

    DISCREET = "discreet", N_("discreet")
    FULL = "full", N_("full")


class Invites(Labelled):
    """Which calendar entries are emailed: one for the whole meeting, or one for each session."""

    BY_DAYS = "by_days", N_("by its days")
    MEETING = "meeting", N_("for the meeting")
    SESSIONS = "sessions", N_("for each session")

    def are_per_session(self, first_day: date, last_day: date) -> bool:
        """Returns whether each session has its own, so that a series over weeks is not one entry of many days."""
        return self is Invites.SESSIONS or (self is Invites.BY_DAYS and last_day - first_day > LONGEST_IN_ONE_ENTRY)


#: A meeting whose first and last day are farther apart is emailed session by session, unless a coordinator chose.
LONGEST_IN_ONE_ENTRY = timedelta(days=3)


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
