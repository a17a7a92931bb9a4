"""What a person writes about themself, one step after the other, and when they are there."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from dialogues.common.refusal import N_, Refusal
from dialogues.meetings.rules import Days, Gender, NameOrder
from dialogues.participants.rules.kinds import Audience, Shown

#: How many times of absence one person can write down.
MOST_ABSENCES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A name as its holder writes it, and under what it is listed."""

    name: str
    native: str = ""
    family: str = ""
    given: str = ""
    name_order: NameOrder = NameOrder.GIVEN_FIRST
    sort_key: str = ""
    gender: Gender = Gender.UNDISCLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """Where someone comes from, for identification purposes only."""

    affiliation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """The languages someone speaks, and the one of the meeting's that they listen in; "": no interpretation needed."""

    languages: tuple[str, ...] = ()
    listens_in: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """From when to when someone is not at the table, on the clocks of the meeting."""

    away_from: datetime
    away_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """The days that someone is there, the hours of them that they are not, and whether they join from elsewhere."""

    present_from: date
    present_to: date
    away: tuple[Absence, ...] = ()
    remote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """What each audience is shown of someone, and whether their calendar entries always say as little as can be."""

    shown: Mapping[Audience, Shown] = field(default_factory=dict)
    always_discreet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAccepted:
    """That someone accepts the rules of the meeting, by the fingerprint of the words that their page showed."""

    words: str


Filled = Identity | Affiliation | Languages | Presence | Visibility | RulesAccepted


def is_among(present_from: date | None, present_to: date | None, days: Days) -> bool:
    """Whether someone has said for which of these days they come; after a meeting has moved, they have not."""
    return present_from is not None and present_to is not None and days.first <= present_from <= present_to <= days.last


def refuse_absence(presence: Presence, days: Days) -> None:
    """:raises Refusal: days or hours are in disorder, or not among the days of the meeting."""
    if presence.present_to < presence.present_from:
        raise Refusal(N_("You would leave before you arrive: swap the two days."), field="present_to")
    for name, day in (("present_from", presence.present_from), ("present_to", presence.present_to)):
        if not days.first <= day <= days.last:
            raise Refusal(
                N_("The meeting is from %(first)s to %(last)s: choose a day among these."),
                field=name,
                first=days.first,
                last=days.last,
            )
    _refuse_odd_hours(presence.away, presence)


def _refuse_odd_hours(away: Sequence[Absence], presence: Presence) -> None:
    arrives = datetime.combine(presence.present_from, time())
    leaves = datetime.combine(presence.present_to + timedelta(days=1), time())
    before = arrives
    for number, absence in sorted(enumerate(away, 1), key=lambda one: one[1].away_from):
        if absence.away_to <= absence.away_from:
            raise Refusal(N_("You would be back before you leave: swap the two times."), field=f"away_{number}_to")
        if absence.away_from < arrives or absence.away_to > leaves:
            raise Refusal(
                N_("These hours are not within your days: change the hours or the days."), field=f"away_{number}_from"
            )
        if absence.away_from < before:
            raise Refusal(
                N_("These hours overlap with others that you are away: write them as one."),
                field=f"away_{number}_from",
            )
        before = absence.away_to


def refuse_foreign_ear(listens_in: str, working_languages: Sequence[str], spoken: Iterable[str]) -> None:
    """:raises Refusal: someone wants to listen in a language of neither the meeting nor their own.

    In one's own language, which may be whispered, one may ask to listen whatever the meeting is held in.
    """
    if listens_in and listens_in not in {*working_languages, *spoken}:
        raise Refusal(
            N_(
                "The meeting is not held in this language, and you do not say that you speak it: choose one of the "
                "meeting's, or tick this one among those that you speak."
            ),
            field="listens_in",
        )


def fingerprint(words: str) -> str:
    """By which two texts are known to be the same."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def refuse_other_words(accepted: str, rules: str) -> None:
    """:raises Refusal: the rules of the meeting have changed since they were shown."""
    if accepted != fingerprint(rules):
        raise Refusal(N_("The rules have changed since you opened this page. Please read them again."))


def listed_under(typed: str, before: str, proposed: str) -> str:
    """By what the person is sorted: what they typed, as they wrote it, else what their name proposes.

    A proposal that is only handed back, as the page showed it, follows the name.
    """
    return typed if typed and typed != before else proposed
