"""What a release holds of a session, and what has changed from one to the next."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_
from dialogues.policy import Role

#: Those who sit at the table by their role; rapporteurs and interpreters are admitted where they are named.
_AT_THE_TABLE = frozenset({Role.HOST_LEAD, Role.COORDINATOR, Role.CO_CHAIR, Role.FOCAL_POINT, Role.PARTICIPANT})


class Admits(Enum):
    """Who is admitted to a session; observers' rights belong to the session, not to the meeting."""

    PARTICIPANTS = "participants"
    OBSERVERS_TOO = "observers_too"
    INVITED = "invited"


def open_to(roles: Iterable[Role]) -> frozenset[Admits]:
    """The kinds of admission that let in someone with these roles who is not named in the session.

    An observer who speaks for a party gains nothing here: that adds nominations and travel, no substance.
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
    """Whether a person is admitted: named in the session in whatever part, or let in by role."""
    return named or admits in open_to(roles)


def expected(admits: Admits, named: Collection[UUID], roles: Mapping[UUID, frozenset[Role]]) -> int:
    """How many people a room must hold: everyone who is admitted, staff included."""
    return sum(admitted(admits, held, named=person in named) for person, held in roles.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaReleased(DomainEvent):
    """The draft became the agenda that people see; `about` is the release."""

    action: ClassVar[str] = "agenda.released"

    number: int
    session_ids: tuple[UUID, ...]
    new_ids: tuple[UUID, ...] = ()
    moved_ids: tuple[UUID, ...] = ()
    changed_ids: tuple[UUID, ...] = ()
    cancelled_ids: tuple[UUID, ...] = ()
    #: Taken over from elsewhere, such as a sample: it is followed up, and nobody is written to.
    silent: bool = False

    @property
    def concerned_ids(self) -> frozenset[UUID]:
        """All sessions that this release adds, moves, changes or cancels."""
        return frozenset(self.new_ids + self.moved_ids + self.changed_ids + self.cancelled_ids)


class Part(Enum):
    """What a person does in a session."""

    CHAIR = "chair"
    LEAD = "lead"
    RAPPORTEUR = "rapporteur"
    INTERPRETER = "interpreter"
    INVITED = "invited"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session as it would be, or was, released: its facts in plain JSON types, and who does what in it, in order."""

    session_id: UUID
    frozen: Mapping[str, Any]
    people: tuple[tuple[UUID, Part], ...]

    @property
    def digest(self) -> str:
        """Equal for equal content; which version of the tz database it was reckoned with is no content."""
        content = {key: value for key, value in self.frozen.items() if key != "tz_version"}
        content["people"] = [[str(person), part.value] for person, part in self.people]
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def in_order(people: Iterable[tuple[UUID, Part, int]]) -> tuple[tuple[UUID, Part], ...]:
    """People with their part and place in it, in the one order in which they are shown and compared."""
    parts = list(Part)
    ordered = sorted(people, key=lambda one: (parts.index(one[1]), one[2], str(one[0])))
    return tuple((person, part) for person, part, _position in ordered)


class ChangeKind(Enum):
    """What a release does to a session."""

    NEW = "new"
    MOVED = "moved"
    CHANGED = "changed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Difference:
    """A session that a release adds, moves, changes or cancels; with both states where there are two."""

    session_id: UUID
    kind: ChangeKind
    was: Snapshot | None
    now: Snapshot | None


class Fact(Enum):
    """What can change about a session."""

    TIME = "time"
    ROOM = "room"
    TITLE = "title"
    CODE = "code"
    KIND = "kind"
    RULE = "rule"
    ADMITS = "admits"
    LANGUAGES = "languages"
    PEOPLE = "people"


#: Which entries of the frozen facts say what.
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
    """What differs between two states of one session."""
    changed = {
        fact
        for fact, entries in _ENTRIES.items()
        if any(was.frozen.get(entry) != now.frozen.get(entry) for entry in entries)
    }
    return frozenset(changed | ({Fact.PEOPLE} if was.people != now.people else set()))


def differences(was: Mapping[UUID, Snapshot], now: Mapping[UUID, Snapshot]) -> list[Difference]:
    """What a release of `now` after a release of `was` changes, in the order of time."""
    found = []
    for session_id in was.keys() | now.keys():
        before, after = was.get(session_id), now.get(session_id)
        kind = _kind(before, after)
        if kind is not None:
            found.append(Difference(session_id, kind, before, after))
    return sorted(found, key=_order)


def _kind(was: Snapshot | None, now: Snapshot | None) -> ChangeKind | None:
    if was is None or now is None:
        return ChangeKind.NEW if was is None else ChangeKind.CANCELLED
    if was.digest == now.digest:
        return None
    return ChangeKind.MOVED if changed_facts(was, now) & {Fact.TIME, Fact.ROOM} else ChangeKind.CHANGED


def _order(difference: Difference) -> tuple[str, str]:
    state = difference.now or difference.was
    return (state.frozen["starts"] if state else "", str(difference.session_id))


class SessionKind(Enum):
    """What kind of slot a session is."""

    PLENARY = "plenary"
    BREAKOUT = "breakout"
    STEERING = "steering"
    BILATERAL = "bilateral"
    EXERCISE = "exercise"
    SOCIAL = "social"
    BREAK = "break"


#: Only the English wording is definitive, so this text is shown as it stands in every language.
CHATHAM_HOUSE_RULE = (
    "When a meeting, or part thereof, is held under the Chatham House Rule, participants are free to use the "
    "information received, but neither the identity nor the affiliation of the speaker(s), nor that of any other "
    "participant, may be revealed."
)


WORDS: dict[Enum, str] = {
    SessionKind.PLENARY: N_("Plenary"),
    SessionKind.BREAKOUT: N_("Breakout"),
    SessionKind.STEERING: N_("Steering"),
    SessionKind.BILATERAL: N_("Bilateral"),
    SessionKind.EXERCISE: N_("Exercise"),
    SessionKind.SOCIAL: N_("Social"),
    SessionKind.BREAK: N_("Break"),
    Admits.PARTICIPANTS: N_("Participants"),
    Admits.OBSERVERS_TOO: N_("Participants and observers"),
    Admits.INVITED: N_("Only those who are named"),
    Part.CHAIR: N_("chair"),
    Part.LEAD: N_("lead"),
    Part.RAPPORTEUR: N_("rapporteur"),
    Part.INTERPRETER: N_("interpreter"),
    Part.INVITED: N_("invited"),
    ChangeKind.NEW: N_("new"),
    ChangeKind.MOVED: N_("moved"),
    ChangeKind.CHANGED: N_("changed"),
    ChangeKind.CANCELLED: N_("cancelled"),
    Fact.TIME: N_("Time"),
    Fact.ROOM: N_("Room"),
    Fact.TITLE: N_("Title"),
    Fact.CODE: N_("Number"),
    Fact.KIND: N_("Kind"),
    Fact.RULE: N_("Rule"),
    Fact.ADMITS: N_("Admitted"),
    Fact.LANGUAGES: N_("Languages"),
    Fact.PEOPLE: N_("People"),
}
