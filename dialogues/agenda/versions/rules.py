"""Who is admitted to a session, what a published version stores of it, and how two versions differ."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any, ClassVar, cast
from uuid import UUID

import rfc8785

from dialogues.core.common.events import DomainEvent
from dialogues.lib.ical.vtimezone import tz_version
from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_
from dialogues.lib.wall_time import WallClock
from dialogues.policy import Role

#: Maximum number of characters of a session's title.
TITLE_LONGEST = 200
#: Rapporteurs and interpreters are missing because they are admitted only to sessions that name them.
_AT_THE_TABLE = frozenset({Role.HOST_LEAD, Role.COORDINATOR, Role.CO_CHAIR, Role.FOCAL_POINT, Role.PARTICIPANT})


#: Without vowels, so that no word comes out, and without characters that look alike.
_LETTERS, _DIGITS = "BCDFGHJKMPQRTVWXY", "2346789"


def random_short_code(chance: Random, length: int) -> str:
    """Returns a code that names a session where its title may not be shown, such as "K7".

    It is random, so that neither the code nor a missing one tells the order or number of sessions. It begins with a
    letter, so that nobody takes it for a number.
    """
    return chance.choice(_LETTERS) + "".join(chance.choices(_LETTERS + _DIGITS, k=length - 1))


class Admits(Labelled):
    """Who is admitted to a session. Observers are admitted per session, not per meeting."""

    PARTICIPANTS = "participants", N_("Participants")
    OBSERVERS_TOO = "observers_too", N_("Participants and observers")
    INVITED = "invited", N_("Only those who are named")


def open_to(roles: Iterable[Role]) -> frozenset[Admits]:
    """Returns the kinds of admission that let in a person with these roles without being named in the session.

    The focal point of an observing organisation stays an observer: that role adds nominations and travel, no content.
    """
    held = frozenset(roles)
    if Role.OBSERVER in held:
        held -= {Role.FOCAL_POINT}
    if held & _AT_THE_TABLE:
        return frozenset({Admits.PARTICIPANTS, Admits.OBSERVERS_TOO})
    if Role.OBSERVER in held:
        return frozenset({Admits.OBSERVERS_TOO})
    return frozenset()


def admitted(admits: Admits, roles: Iterable[Role], *, named: bool) -> bool:
    """Returns whether a person is admitted: named in the session with any part, or let in by role."""
    return named or admits in open_to(roles)


def expected(admits: Admits, named: Collection[UUID], roles: Mapping[UUID, frozenset[Role]]) -> int:
    """Returns how many people the room must hold: everyone who is admitted, staff included."""
    return sum(admitted(admits, held, named=person in named) for person, held in roles.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaReleased(DomainEvent):
    """The draft was published as a new version; `about` is the id of the `Release`."""

    action: ClassVar[str] = "agenda.released"

    number: int
    session_ids: tuple[UUID, ...]
    new_ids: tuple[UUID, ...] = ()
    moved_ids: tuple[UUID, ...] = ()
    changed_ids: tuple[UUID, ...] = ()
    cancelled_ids: tuple[UUID, ...] = ()
    #: Set for imported agendas such as the sample: handlers run, but nobody gets an email.
    silent: bool = False


class Part(Labelled):
    CHAIR = "chair", N_("chair")
    LEAD = "lead", N_("lead")
    RAPPORTEUR = "rapporteur", N_("rapporteur")
    INTERPRETER = "interpreter", N_("interpreter")
    INVITED = "invited", N_("invited")


def frozen_times(starts: WallClock, ends: WallClock) -> dict[str, str]:
    """The times of a session as a version stores them: local times, zone, instants, and the time zone data used."""
    return {
        "local_start": starts.local.isoformat(timespec="minutes"),
        "local_end": ends.local.isoformat(timespec="minutes"),
        "starts": starts.instant.isoformat(timespec="minutes"),
        "ends": ends.instant.isoformat(timespec="minutes"),
        "zone": starts.zone,
        "tz_version": tz_version(),
    }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session as published, or as it would be published: `frozen` holds plain JSON types, `people` is in display
    order.
    """

    session_id: UUID
    frozen: Mapping[str, Any]
    people: tuple[tuple[UUID, Part], ...]

    @property
    def starts(self) -> WallClock:
        return self._clock("local_start", "starts")

    @property
    def ends(self) -> WallClock:
        return self._clock("local_end", "ends")

    def _clock(self, local: str, instant: str) -> WallClock:
        frozen = self.frozen
        return WallClock.at(
            datetime.fromisoformat(frozen[instant]), datetime.fromisoformat(frozen[local]), frozen["zone"]
        )

    def is_over(self, now: datetime) -> bool:
        return datetime.fromisoformat(self.frozen["ends"]) <= now

    @property
    def with_present_instants(self) -> "Snapshot":
        """The same local times, with instants computed from the installed time zone data."""
        return replace(self, frozen={**self.frozen, **frozen_times(self.starts, self.ends)})

    @property
    def content(self) -> dict[str, Any]:
        """What two versions compare: all but `tz_version`, because a new tz database alone is not a change."""
        people = [[str(person), part.value] for person, part in self.people]
        return {key: value for key, value in self.frozen.items() if key != "tz_version"} | {"people": people}

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(rfc8785.dumps(self.content)).hexdigest()


def in_order(people: Iterable[tuple[UUID, Part, int]]) -> tuple[tuple[UUID, Part], ...]:
    """Sorts people by part, then by position, then by id: the one order in which they are shown and compared."""
    parts = list(Part)
    ordered = sorted(people, key=lambda one: (parts.index(one[1]), one[2], str(one[0])))
    return tuple((person, part) for person, part, _position in ordered)


def people_by_session(rows: Iterable[Any]) -> dict[UUID, tuple[tuple[UUID, Part], ...]]:
    """Groups rows with session_id, person_id, part and position by session, each in display order."""
    people: dict[UUID, list[tuple[UUID, Part, int]]] = {}
    for row in rows:
        people.setdefault(row.session_id, []).append((row.person_id, row.part, row.position))
    return {session_id: in_order(named) for session_id, named in people.items()}


class ChangeKind(Labelled):
    NEW = "new", N_("new")
    MOVED = "moved", N_("moved")
    CHANGED = "changed", N_("changed")
    CANCELLED = "cancelled", N_("cancelled")


@dataclass(frozen=True, slots=True)
class Difference:
    """A session that differs between two versions. `was` is None if it is new, `now` is None if it is cancelled."""

    session_id: UUID
    kind: ChangeKind
    was: Snapshot | None
    now: Snapshot | None

    @property
    def state(self) -> Snapshot:
        """The session as it is now or, if it is cancelled, as it was."""
        return self.now if self.now is not None else cast(Snapshot, self.was)


class Fact(Labelled):
    TIME = "time", N_("Time")
    ROOM = "room", N_("Room")
    TITLE = "title", N_("Title")
    CODE = "code", N_("Number")
    KIND = "kind", N_("Kind")
    RULE = "rule", N_("Rule")
    ADMITS = "admits", N_("Admitted")
    LANGUAGES = "languages", N_("Languages")
    PEOPLE = "people", N_("People")


#: The keys of `Snapshot.frozen` behind each fact.
_ENTRIES = {
    Fact.TIME: ("starts", "ends", "local_start", "local_end", "zone"),
    Fact.ROOM: ("rooms",),
    Fact.TITLE: ("title",),
    Fact.CODE: ("code",),
    Fact.KIND: ("kind",),
    Fact.RULE: ("rule",),
    Fact.ADMITS: ("admits",),
    Fact.LANGUAGES: ("languages",),
}


def changed_facts(was: Snapshot, now: Snapshot) -> frozenset[Fact]:
    changed = {
        fact
        for fact, entries in _ENTRIES.items()
        if any(was.frozen.get(entry) != now.frozen.get(entry) for entry in entries)
    }
    return frozenset(changed | ({Fact.PEOPLE} if was.people != now.people else set()))


def differences(was: Mapping[UUID, Snapshot], now: Mapping[UUID, Snapshot]) -> list[Difference]:
    """Returns the sessions that differ between version `was` and version `now`, in order of time."""
    found = []
    for session_id in was.keys() | now.keys():
        before, after = was.get(session_id), now.get(session_id)
        kind = _kind(before, after)
        if kind is not None:
            found.append(Difference(session_id, kind, before, after))
    return sorted(found, key=lambda one: (one.state.frozen["starts"], str(one.session_id)))


def _kind(was: Snapshot | None, now: Snapshot | None) -> ChangeKind | None:
    if was is None or now is None:
        return ChangeKind.NEW if was is None else ChangeKind.CANCELLED
    if was.content == now.content:
        return None
    return ChangeKind.MOVED if changed_facts(was, now) & {Fact.TIME, Fact.ROOM} else ChangeKind.CHANGED


class SessionKind(Labelled):
    PLENARY = "plenary", N_("Plenary")
    BREAKOUT = "breakout", N_("Breakout")
    STEERING = "steering", N_("Steering")
    BILATERAL = "bilateral", N_("Bilateral")
    EXERCISE = "exercise", N_("Exercise")
    SOCIAL = "social", N_("Social")
    BREAK = "break", N_("Break")


#: Not translated, because only the English wording of the rule is definitive.
CHATHAM_HOUSE_RULE = (
    "When a meeting, or part thereof, is held under the Chatham House Rule, participants are free to use the "
    "information received, but neither the identity nor the affiliation of the speaker(s), nor that of any other "
    "participant, may be revealed."
)
