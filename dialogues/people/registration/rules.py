"""What a person writes about themself, one step after the other, and when they are there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from difflib import SequenceMatcher
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.meetings.dialogues.rules.kinds import Gender, NameOrder
from dialogues.people.participants.rules.details import fingerprint
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.participants.rules.kinds import Audience, Shown


class Changeable(Enum):
    """What the office looks at before it changes; the value is the column."""

    NAME = "name"
    NATIVE = "native"
    FAMILY = "family"
    GIVEN = "given"
    NAME_ORDER = "name_order"
    SORT_KEY = "sort_key"
    AFFILIATION = "affiliation"
    LANGUAGES = "languages"
    LISTENS_IN = "listens_in"


#: A value as it is sealed: text, the word of a choice, or several texts.
Plain = str | list[str]
#: One field: what stood there when the change was asked for, and what is wanted.
Asking = Mapping[Changeable, tuple[Plain, Plain]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAsked(ParticipationEvent):
    """Someone who is approved asked for a change."""

    action: ClassVar[str] = "change.asked"

    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTakenBack(ParticipationEvent):
    """A change that was asked for is asked for no more: taken back, or the person comes no more."""

    action: ClassVar[str] = "change.taken_back"

    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDecided(ParticipationEvent):
    """The office accepted or declined a change."""

    action: ClassVar[str] = "change.decided"

    request_id: UUID
    accepted: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that stand on both sides, or on one only."""

    text: str
    differs: bool


def plain(value: Any) -> Plain:
    """The value as it is sealed; the order of several texts means nothing."""
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, str) else sorted(str(one) for one in value)


def asking(now: Mapping[Changeable, Plain], waiting: Asking, wanted: Mapping[Changeable, Plain]) -> Asking:
    """All that is asked for: what waits already, and over it what is wanted now, without what is so already."""
    all_wanted = {**{one: to for one, (_was, to) in waiting.items()}, **wanted}
    return {one: (now[one], to) for one, to in all_wanted.items() if now[one] != to}


def refuse_decided(is_there: bool) -> None:
    """:raises Refusal: the change was decided, replaced or taken back while it was looked at."""
    if not is_there:
        raise Refusal(
            N_("This is no longer open: it was decided by someone else, taken back, or replaced by a newer one.")
        )


def refuse_no_reason(accepts: bool, reason: str) -> None:
    """:raises Refusal: something is declined without a word."""
    if not accepts and not reason:
        raise Refusal(N_("Write in a few words why this is declined: the person reads it."), field="reason")


def marked(was: str, wanted: str) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Both texts in pieces, those that differ marked as whole words."""
    left, right = was.split(), wanted.split()
    pieces = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        tuple(_marks((left[start:end], tag != "equal") for tag, start, end, _from, _to in pieces)),
        tuple(_marks((right[start:end], tag != "equal") for tag, _from, _to, start, end in pieces)),
    )


def _marks(pieces: Iterator[tuple[list[str], bool]]) -> Iterator[Mark]:
    for words, differs in pieces:
        if words:
            yield Mark(" ".join(words), differs)


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


def check_interpretation_language(listens_in: str, working_languages: Sequence[str], spoken: Iterable[str]) -> None:
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


def check_rules_version(accepted: str, rules: str) -> None:
    """:raises Refusal: the rules of the meeting have changed since they were shown."""
    if accepted != fingerprint(rules):
        raise Refusal(N_("The rules have changed since you opened this page. Please read them again."))


def listed_under(typed: str, before: str, proposed: str) -> str:
    """By what the person is sorted: what they typed, as they wrote it, else what their name proposes.

    A proposal that is only handed back, as the page showed it, follows the name.
    """
    return typed if typed and typed != before else proposed


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationChanged(ParticipationEvent):
    """A person changed what is written of them for a meeting: name, days, languages, detail of own calendar."""

    action: ClassVar[str] = "registration.changed"


WORDS: dict[Enum, str] = {
    Changeable.NAME: N_("Name"),
    Changeable.NATIVE: N_("Name in its own script"),
    Changeable.FAMILY: N_("Family name"),
    Changeable.GIVEN: N_("Given name"),
    Changeable.NAME_ORDER: N_("Order of the parts"),
    Changeable.SORT_KEY: N_("Listed under"),
    Changeable.AFFILIATION: N_("Affiliation"),
    Changeable.LANGUAGES: N_("Languages"),
    Changeable.LISTENS_IN: N_("Listens in"),
}
