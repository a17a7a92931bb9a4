"""Registration steps as typed values, their validation, and change requests after approval."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from difflib import SequenceMatcher
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.meetings.dialogues.rules.kinds import Gender, NameOrder
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.people.participants.rules.steps import Step


class Changeable(Labelled):
    """Fields that the coordinator must approve again. The value is the column name."""

    NAME = "name", N_("Name")
    NATIVE = "native", N_("Name in its own script")
    FAMILY = "family", N_("Family name")
    GIVEN = "given", N_("Given name")
    NAME_ORDER = "name_order", N_("Order of the parts")
    SORT_KEY = "sort_key", N_("Listed under")
    AFFILIATION = "affiliation", N_("Affiliation")
    LANGUAGES = "languages", N_("Languages")
    LISTENS_IN = "listens_in", N_("Listens in")


#: A value as it is encrypted: a text, an enum value, or a list of texts.
JsonValue = str | list[str]
#: Per field, the value at the time of the request and the requested value.
RequestedChanges = Mapping[Changeable, tuple[JsonValue, JsonValue]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAsked(ParticipationEvent):
    """An approved person requested a change."""

    action: ClassVar[str] = "change.asked"

    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTakenBack(ParticipationEvent):
    """A change request was withdrawn, or closed because the person left."""

    action: ClassVar[str] = "change.taken_back"

    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDecided(ParticipationEvent):
    """The coordinator accepted or declined a change request."""

    action: ClassVar[str] = "change.decided"

    request_id: UUID
    accepted: bool


#: A run of words, and whether it differs from the other side.
DiffPart = tuple[str, bool]


def json_value(value: Any) -> JsonValue:
    """Converts a value for encryption. Lists are sorted, because their order has no meaning."""
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, str) else sorted(str(one) for one in value)


def merge_changes(
    now: Mapping[Changeable, JsonValue], waiting: RequestedChanges, wanted: Mapping[Changeable, JsonValue]
) -> RequestedChanges:
    """Merges a new request into the waiting one and drops fields that already have the requested value."""
    all_wanted = {**{one: to for one, (_was, to) in waiting.items()}, **wanted}
    return {one: (now[one], to) for one, to in all_wanted.items() if now[one] != to}


def word_diff(was: str, wanted: str) -> tuple[list[DiffPart], list[DiffPart]]:
    """Word-level diff of two texts."""
    left, right = was.split(), wanted.split()
    pieces = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        [(" ".join(left[start:end]), tag != "equal") for tag, start, end, _from, _to in pieces if start < end],
        [(" ".join(right[start:end]), tag != "equal") for tag, _from, _to, start, end in pieces if start < end],
    )


#: Limit per person, because the form has a fixed number of fields.
MOST_ABSENCES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    name: str
    native: str = ""
    family: str = ""
    given: str = ""
    name_order: NameOrder = NameOrder.GIVEN_FIRST
    sort_key: str = ""
    gender: Gender = Gender.UNDISCLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """An affiliation is for identification purposes only."""

    affiliation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """Languages a person speaks, and the interpretation they listen to; "" means no interpretation needed."""

    languages: tuple[str, ...] = ()
    listens_in: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """Hours away from the table, in local time of the meeting."""

    away_from: datetime
    away_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """First and last day, hours away, and remote attendance."""

    present_from: date
    present_to: date
    away: tuple[Absence, ...] = ()
    remote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """How much each audience sees of a person. `always_discreet`: calendar entries contain the minimum."""

    shown: Mapping[Audience, Shown] = field(default_factory=dict)
    always_discreet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAccepted:
    """Acceptance of the meeting's rules. `words` is the fingerprint of the text the page showed."""

    words: str


StepData = Identity | Affiliation | Languages | Presence | Visibility | RulesAccepted


def refuse_absence(presence: Presence, days: Days) -> None:
    """:raises Refusal: days or hours are out of order, overlap, or lie outside the meeting."""
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
    _check_hours(presence.away, presence)


def _check_hours(away: Sequence[Absence], presence: Presence) -> None:
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
    """:raises Refusal: the language is neither a working language of the meeting nor one the person speaks.

    A person may ask for their own language, because interpretation can be whispered.
    """
    if listens_in and listens_in not in {*working_languages, *spoken}:
        raise Refusal(
            N_(
                "The meeting is not held in this language, and you do not say that you speak it: choose one of the "
                "meeting's, or tick this one among those that you speak."
            ),
            field="listens_in",
        )


def listed_under(typed: str, before: str, proposed: str) -> str:
    """Returns the sort key: what the person typed, else the key proposed from the name.

    A key that comes back unchanged follows the name, because the person did not type it.
    """
    return typed if typed and typed != before else proposed


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationChanged(ParticipationEvent):
    """Something changed that nothing else follows from: the affiliation, the gender, or the rules were accepted."""

    action: ClassVar[str] = "registration.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChanged(ParticipationEvent):
    action: ClassVar[str] = "registration.name_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(ParticipationEvent):
    """The days of a person at the meeting changed."""

    action: ClassVar[str] = "registration.presence_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguagesChanged(ParticipationEvent):
    action: ClassVar[str] = "registration.languages_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysConfirmed(ParticipationEvent):
    """A person who had accepted can still come, after the days changed or they were admitted again."""

    action: ClassVar[str] = "registration.days_confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibilityChanged(ParticipationEvent):
    """Who may see a person changed, or how much their calendar entries say."""

    action: ClassVar[str] = "registration.visibility_changed"


#: The event of each step of the registration; the other steps are `RegistrationChanged`.
STEP_EVENTS: dict[Step, type[ParticipationEvent]] = {
    Step.IDENTITY: NameChanged,
    Step.DAYS: PresenceChanged,
    Step.LANGUAGES: LanguagesChanged,
    Step.VISIBILITY: VisibilityChanged,
}


def events_of(fields: Collection[Changeable]) -> list[type[ParticipationEvent]]:
    """The events of a change of these fields."""
    kinds = dict.fromkeys(_FIELD_EVENTS.get(field, NameChanged) for field in fields)
    return list(kinds)


_FIELD_EVENTS: dict[Changeable, type[ParticipationEvent]] = {
    Changeable.AFFILIATION: RegistrationChanged,
    Changeable.LANGUAGES: LanguagesChanged,
    Changeable.LISTENS_IN: LanguagesChanged,
}
