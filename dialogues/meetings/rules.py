"""Words and decisions about dialogues, meetings, parties and roles."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import ClassVar
from uuid import UUID

from dialogues.common.happening import Happening
from dialogues.common.refusal import N_, Refusal
from dialogues.policy import Role


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


def sort_key(name: str, family: str, given: str, order: NameOrder) -> str:
    """By which a person stands in a list: the family name, or the given name where that is what people go by."""
    parts = (given, family) if order is NameOrder.PATRONYMIC_GIVEN else (family, given)
    written = " ".join(part for part in parts if part) or name
    bare = unicodedata.normalize("NFKD", written.casefold())
    return "".join(character for character in bare if not unicodedata.combining(character))[:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueFacts:
    """A dialogue as it is written down."""

    code: str
    title: str
    themes: tuple[str, ...] = ()
    phase: int = 1
    existence: Existence = Existence.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """A party as it is written down: its names by language, English always among them."""

    code: str
    names: dict[str, str]
    city: str | None = None
    kind: PartyKind = PartyKind.PARTY


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionFacts:
    """An institution as it is written down."""

    name: str
    acronym: str = ""
    aliases: tuple[str, ...] = ()
    party_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days of a meeting: at the table from `starts_on` to `ends_on`, travelling around them."""

    starts_on: date
    ends_on: date
    arrive_on: date | None = None
    depart_on: date | None = None

    @property
    def first(self) -> date:
        return self.arrive_on or self.starts_on

    @property
    def last(self) -> date:
        return self.depart_on or self.ends_on

    def moved_to(self, starts_on: date) -> "Days":
        """The same days, as far from each other, around another first day at the table."""
        by = starts_on - self.starts_on
        return Days(
            starts_on=starts_on,
            ends_on=self.ends_on + by,
            arrive_on=self.arrive_on + by if self.arrive_on else None,
            depart_on=self.depart_on + by if self.depart_on else None,
        )


#: Longer than any series of online meetings; a slip in the year is caught by it.
LONGEST = timedelta(days=366)


def refuse_disorder(days: Days) -> None:
    """:raises Refusal: the days do not follow each other as arrival, start, end and departure do."""
    if days.ends_on < days.starts_on:
        raise Refusal(N_("The last day is before the first day: swap them, or correct the year."), field="ends_on")
    if days.ends_on - days.starts_on > LONGEST:
        raise Refusal(N_("The meeting would last longer than a year: check the year of its last day."), field="ends_on")
    if days.arrive_on and days.arrive_on > days.starts_on:
        raise Refusal(
            N_("People would arrive after the first day: choose that day or an earlier one."), field="arrive_on"
        )
    if days.depart_on and days.depart_on < days.ends_on:
        raise Refusal(N_("People would leave before the last day: choose that day or a later one."), field="depart_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    """A meeting as it is planned; the hour at which registration closes is on the clocks of its zone."""

    code: str
    title: str
    zone: str
    days: Days
    venue_id: UUID | None = None
    city: str | None = None
    status: MeetingStatus = MeetingStatus.PROVISIONAL
    format: MeetingFormat = MeetingFormat.IN_PERSON
    existence: Existence = Existence.NORMAL
    default_rule: Rule = Rule.CHATHAM_HOUSE
    party_attribution: PartyAttribution = PartyAttribution.NEVER
    profile: InviteProfile = InviteProfile.DISCREET
    observers_told: bool = False
    working_languages: tuple[str, ...] = ()
    registration_closes: datetime | None = None
    parties: frozenset[UUID] = frozenset()
    seats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticalFacts:
    """What helps people to be there: the way, the hotel, whom to call at night."""

    way: str = ""
    hotel: str = ""
    night_telephone: str = ""
    more: str = ""


#: What a coordinator offers by hand; participants and observers are invited instead.
OFFERED_ROLES = tuple(role for role in Role if role not in {Role.PARTICIPANT, Role.OBSERVER})


def refuse_last_coordinator(role: Role, others: int) -> None:
    """:raises Refusal: nobody would be left to run the dialogue."""
    if role is Role.COORDINATOR and others == 0:
        raise Refusal(
            N_(
                "The dialogue would be left without a coordinator: offer the role to someone else first, "
                "and wait for the acceptance."
            )
        )


def dialling(telephone: str) -> str:
    """The number as a telephone dials it; empty when it holds no number."""
    digits = "".join(character for character in telephone if character.isascii() and character.isdigit())
    return ("+" if telephone.strip().startswith("+") else "") + digits if digits else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueOpened(Happening):
    """A dialogue began; who opened it is its first coordinator."""

    action: ClassVar[str] = "dialogue.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueChanged(Happening):
    """What is written of a dialogue changed."""

    action: ClassVar[str] = "dialogue.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAdded(Happening):
    """A party joined a dialogue."""

    action: ClassVar[str] = "party.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyChanged(Happening):
    """What is written of a party changed."""

    action: ClassVar[str] = "party.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionAdded(Happening):
    """An institution was written down."""

    action: ClassVar[str] = "institution.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionChanged(Happening):
    """What is written of an institution changed."""

    action: ClassVar[str] = "institution.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlanned(Happening):
    """A meeting was planned."""

    action: ClassVar[str] = "meeting.planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCopied(Happening):
    """A meeting was planned after the model of another: its draft follows, `by_days` later."""

    action: ClassVar[str] = "meeting.copied"

    model_id: UUID
    by_days: int
    zone: str
    same_venue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingChanged(Happening):
    """What is said of a meeting changed, neither its days nor its place."""

    action: ClassVar[str] = "meeting.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingMoved(Happening):
    """A meeting takes place on other days, in another house or in another zone.

    The draft follows by `by_days` where it keeps its distance from the first day; else it must lie within the new days.
    """

    action: ClassVar[str] = "meeting.moved"

    by_days: int
    first_day: date
    last_day: date
    zone: str
    same_venue: bool
    keeps_distance: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCancelled(Happening):
    """A meeting will not take place."""

    action: ClassVar[str] = "meeting.cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticalChanged(Happening):
    """The practical page of a meeting changed."""

    action: ClassVar[str] = "practical.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleOffered(Happening):
    """A role was offered to a person; it counts once accepted."""

    action: ClassVar[str] = "role.offered"

    person_id: UUID
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAccepted(Happening):
    """A person accepted a role."""

    action: ClassVar[str] = "role.accepted"

    person_id: UUID
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDeclined(Happening):
    """A person did not want a role."""

    action: ClassVar[str] = "role.declined"

    person_id: UUID
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEnded(Happening):
    """A role was taken back, or given back."""

    action: ClassVar[str] = "role.ended"

    person_id: UUID
    role: Role
