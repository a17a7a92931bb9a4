"""What a release holds of a session, and what has changed from one to the next."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dialogues.agenda.rules.words import ChangeKind, Fact, Part


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


@dataclass(frozen=True, slots=True)
class Difference:
    """A session that a release adds, moves, changes or cancels; with both states where there are two."""

    session_id: UUID
    kind: ChangeKind
    was: Snapshot | None
    now: Snapshot | None


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
