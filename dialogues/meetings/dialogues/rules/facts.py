"""Input values of dialogues, parties and meetings, and checks of their days."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.wall_time import check_range
from dialogues.meetings.dialogues.rules.kinds import (
    Existence,
    InviteProfile,
    Invites,
    MeetingFormat,
    MeetingStatus,
    PartyAttribution,
    PartyKind,
    Rule,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueFacts:
    code: str
    title: str
    themes: list[str] = field(default_factory=list)
    phase: int = 1
    existence: Existence = Existence.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """A party; `names` by language code, always with "en"."""

    code: str
    names: dict[str, str]
    city: str | None = None
    kind: PartyKind = PartyKind.PARTY


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionFacts:
    name: str
    acronym: str = ""
    aliases: list[str] = field(default_factory=list)
    party_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Days of a meeting: sessions from `starts_on` to `ends_on`, travel before and after."""

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
        by = starts_on - self.starts_on
        return Days(
            starts_on=starts_on,
            ends_on=self.ends_on + by,
            arrive_on=self.arrive_on + by if self.arrive_on else None,
            depart_on=self.depart_on + by if self.depart_on else None,
        )


#: Longer than any series of online meetings; catches a mistyped year.
LONGEST = timedelta(days=366)


#: How far from today a meeting can be planned, and how long people can be at its place before and after it.
FURTHEST, LONGEST_STAY = timedelta(days=3653), timedelta(days=60)


def check_near_today(days: Days, today: date) -> None:
    """:raises Refusal: the meeting is more than ten years away."""
    check_range(days.starts_on, today - FURTHEST, today + FURTHEST, field="starts_on")


def check_closing(closes: datetime, days: Days, now: datetime) -> None:
    """Check the time when registration closes; both times are local.

    :raises Refusal: it is past, or after the last day of the meeting.
    """
    if closes.date() > days.last:
        raise Refusal(
            N_("Registration would close after the meeting: choose %(last)s or an earlier day."),
            field="registration_closes",
            last=days.last,
        )
    if closes <= now:
        raise Refusal(
            N_("Registration would close before now: choose a later time. Look at the year."),
            field="registration_closes",
        )


def check_days_in_order(days: Days) -> None:
    """:raises Refusal: they are not, or the meeting or the stay at its place is too long."""
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
    check_range(days.first, days.starts_on - LONGEST_STAY, days.starts_on, field="arrive_on")
    check_range(days.last, days.ends_on, days.ends_on + LONGEST_STAY, field="depart_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    """A meeting as typed.

    `registration_closes` is a local time in `zone`. `seats` is the number of participant seats per party.
    """

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
    invites: Invites = Invites.BY_DAYS
    observers_may_read: bool = False
    working_languages: list[str] = field(default_factory=list)
    registration_closes: datetime | None = None
    rules_text: str = ""
    parties: frozenset[UUID] = frozenset()
    seats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticalFacts:
    way: str = ""
    hotel: str = ""
    night_telephone: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationWindow:
    """When a meeting accepts registrations; `takes_place` is False once it is cancelled or closed."""

    takes_place: bool
    closes_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        return self.takes_place and (self.closes_at is None or now < self.closes_at)
