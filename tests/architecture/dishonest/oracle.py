"""Who may know what at LVR-1, written by hand from section 4 of the practice page and its readings of 2026-11-30.

Never derived from policy.py or from a query of the application. The state machine reports what happened. Statuses
(waiting, invited, confirmed, left) are facts, so the machine reads them from the table; rights are decided here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

NOTICE = timedelta(hours=24)
COORDINATOR = "st-coord"
#: An observing organisation: it nominates only observers, and no other party waits for its list.
OBSERVING = frozenset({"XO"})
#: The people on the agenda of the sample: chairs and leads.
ON_THE_AGENDA = frozenset({"ch2", "mn1", "us2", "cn1", "ru1", "ru4", "cn2", "us3", "kp1", "kr3", "jp1", "ch1"})
CURRENT = frozenset({"nominated", "invited", "confirmed"})


class Place(Enum):
    """Kinds of content with different readers."""

    LIST = "list, seating, speaking list, search and everything else that is not listed below"
    AGENDA = "agenda, sessions, calendar files and feeds"
    EXCHANGE = "the page of the exchange, which names the proposer to those who may confirm"
    LIMITED = "everything in a limited sign-in"


@dataclass
class Someone:
    """A person and the rights that authorized people gave them."""

    key: str
    party: str
    status: str = ""
    #: The approved capacity of their participation: "participant" or "observer".
    capacity: str = "observer"
    #: The capacity of the participation they accepted and still hold.
    holds: str = ""
    is_focal_point: bool = False
    is_chair: bool = False
    is_restricted: bool = False
    was_observer: bool = False
    is_hidden_from_observers: bool = False
    #: Was on an opened list: readers see that they left.
    was_listed: bool = False

    @property
    def canary(self) -> str:
        return canary(self.key)


def canary(key: str) -> str:
    """A word that occurs only in that person's name; no canary is a prefix of another."""
    return f"Zq{key.replace('-', '')}x"


@dataclass
class Oracle:
    """The state of the meeting according to the rules."""

    now: datetime
    set_time: datetime | None
    people: dict[str, Someone] = field(default_factory=dict)
    submitted: dict[str, bool] = field(default_factory=dict)
    proposal: tuple[str, datetime | None] | None = None
    is_open: bool = False
    observers_may_read: bool = False

    # Events

    def named(self, speaker: str, key: str, party: str, capacity: str) -> None:
        """A focal point nominates a person, or changes the capacity of a person without one or of a former observer."""
        one = self.people.setdefault(key, Someone(key, party))
        by_coordinator = speaker == COORDINATOR
        needs_approval = not by_coordinator and (key == speaker or one.was_observer)
        if capacity == "participant" and party not in OBSERVING and not needs_approval:
            one.capacity = "participant"
        elif capacity != "participant":
            self._offered_to_observe(one)
        elif one.status not in {"confirmed", "invited"}:
            one.capacity = "observer"

    def invited(self, key: str, capacity: str) -> None:
        """The coordinator invites a person; a restriction applies at once."""
        if capacity == "participant":
            self.people[key].capacity = "participant"
        else:
            self._offered_to_observe(self.people[key])

    def _offered_to_observe(self, one: Someone) -> None:
        one.capacity, one.is_restricted, one.was_observer = "observer", True, True

    def approved(self, key: str) -> None:
        """The coordinator approves the person as a participant."""
        one = self.people[key]
        one.capacity = "participant"
        if one.holds:
            one.holds, one.is_restricted = "participant", False

    def accepted(self, key: str) -> None:
        """The person accepts; only accepting as a participant lifts a restriction."""
        one = self.people[key]
        one.holds, one.is_restricted = one.capacity, one.capacity != "participant"

    def ended(self, key: str) -> None:
        """The person declines or withdraws, or the invitation is withdrawn; restrictions stay."""
        self.people[key].holds = ""

    def submits(self, party: str) -> None:
        self.open_if_due()
        self.submitted[party] = True
        self.open_if_due()

    def withdraws_list(self, party: str) -> None:
        """Not possible within 24 hours before the set time, or later."""
        is_frozen = self.set_time is not None and self.now >= self.set_time - NOTICE
        if not (self.is_open or is_frozen):
            self.submitted[party] = False

    def proposed(self, key: str, at: datetime | None) -> None:
        if self.may_set(key) and not self.is_open and self._is_ahead(at):
            self.proposal = key, at

    def confirmed(self, key: str) -> None:
        """Two people set the time: co-chairs of different parties, or a coordinator and a co-chair."""
        if self.proposal is None or self.is_open:
            return
        first, at = self.proposal
        if self.may_set(first) and self.may_set(key) and self._are_two(first, key) and self._is_ahead(at):
            self.set_time, self.proposal = at, None
            self.open_if_due()

    def passed(self, now: datetime) -> None:
        self.now = now
        self.open_if_due()

    def open_if_due(self) -> None:
        everyone = all(done for party, done in self.submitted.items() if party not in OBSERVING)
        self.is_open |= self.set_time <= self.now if self.set_time is not None else everyone

    def _is_ahead(self, at: datetime | None) -> bool:
        return at is None or at >= self.now + NOTICE

    def _are_two(self, one: str, other: str) -> bool:
        return one != other and (COORDINATOR in {one, other} or self.people[one].party != self.people[other].party)

    # What a reader may know

    def may_set(self, key: str) -> bool:
        """Whether the person may propose and confirm the time of the exchange."""
        return key == COORDINATOR or (self.people[key].is_chair and not self.people[key].is_restricted)

    def reads_substance(self, key: str) -> bool:
        """Whether the person reads content closed to observers: a session that excludes them."""
        one = self.people.get(key)
        if one is None or one.is_restricted:
            return False
        speaks = one.is_focal_point and one.party not in OBSERVING
        return one.holds == "participant" or one.is_chair or speaks

    def has_part_in_meeting(self, key: str) -> bool:
        """Whether the person reads anything of the meeting in a full sign-in."""
        one = self.people.get(key)
        return one is not None and bool(one.holds or one.is_chair or one.is_focal_point)

    def may_know(self, key: str, place: Place) -> set[str]:
        """The people whose names this reader may see in that place."""
        mine = {key}
        if place is Place.LIMITED or not self.has_part_in_meeting(key):
            return mine
        me = self.people[key]
        if me.is_focal_point:
            mine |= {one.key for one in self.people.values() if one.party == me.party}
        if place is Place.EXCHANGE and self.proposal is not None and self.may_set(key):
            mine.add(self.proposal[0])
        if not self.is_open or not self.submitted[me.party]:
            return mine
        listed = {one.key for one in self.people.values() if self._is_listed(one) or self._has_left(one, place)}
        if self.reads_substance(key):
            return mine | listed
        visible = {one for one in listed if not self.people[one].is_hidden_from_observers}
        if self.observers_may_read:
            return mine | visible
        return mine | (visible & ON_THE_AGENDA) if place is Place.AGENDA else mine

    def _is_listed(self, one: Someone) -> bool:
        return self.submitted[one.party] and one.status in CURRENT

    def _has_left(self, one: Someone, place: Place) -> bool:
        """Whether the list shows that they left; the agenda names only people who come."""
        return one.was_listed and self.submitted[one.party] and place is Place.LIST

    def note_statuses(self, statuses: Mapping[str, str]) -> None:
        """Copy each person's status."""
        for key, status in statuses.items():
            one = self.people[key]
            one.status = status
            one.was_listed |= self.is_open and self._is_listed(one)

    def must_know(self, key: str) -> set[str]:
        """The people the reader must find on the list of participants, because an empty page proves nothing."""
        if not self.reads_substance(key) or not self.is_open or not self.submitted[self.people[key].party]:
            return set()
        return {one.key for one in self.people.values() if self._is_listed(one) and one.status == "confirmed"}

    def canaries(self, keys: Iterable[str]) -> set[str]:
        return {canary(key) for key in keys}
