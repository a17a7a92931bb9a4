"""Decisions about the draft: time slots, clashes of rooms and people, and the balance between parties."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import ClassVar, TypeVar
from uuid import UUID

from dialogues.agenda.versions.rules import Admits, Part, SessionKind
from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal, refuse_all
from dialogues.lib.wall_time import WallClock, resolve_local_time
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.people.participants.rules.seats import is_over

#: Counts below this are hidden, because so few people could be identified.
SMALLEST_SHOWN_COUNT = 5
Cell = TypeVar("Cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A party's share of a meeting. Counts full participants only, not staff, interpreters or observers."""

    code: str
    name: str
    taken: int
    target: int | None
    leads: int
    chairing: int

    @property
    def is_over(self) -> bool:
        return is_over(self.taken, self.target)

    @property
    def speaking(self) -> int:
        """Number of parts in which one of the party's people speaks, as chair or as lead."""
        return self.leads + self.chairing

    @property
    def figure(self) -> str:
        """Seats taken, with the target if there is one: "3/4"."""
        return str(self.taken) if self.target is None else f"{self.taken}/{self.target}"


def hide_small_counts(counts: Mapping[Cell, int], parties: int) -> dict[Cell, int | None]:
    """Returns the counts with None where a count must stay hidden.

    Hides counts below `SMALLEST_SHOWN_COUNT`. The total is public, so hidden counts could still be derived from it;
    therefore the smallest of the other counts, and every count equal to it, is hidden too. With fewer than two parties
    everything is hidden, because the total would describe a single party.
    """
    if parties < 2:
        return dict.fromkeys(counts)
    if all(count >= SMALLEST_SHOWN_COUNT for count in counts.values()):
        return dict(counts)
    next_larger = min((count for count in counts.values() if count >= SMALLEST_SHOWN_COUNT), default=0)
    return {
        cell: count if count > max(next_larger, SMALLEST_SHOWN_COUNT - 1) else None for cell, count in counts.items()
    }


#: The form field that shows the clash of a person with this part.
_FIELDS = {
    Part.CHAIR: "chair",
    Part.LEAD: "leads",
    Part.RAPPORTEUR: "rapporteur",
    Part.INTERPRETER: "interpreters",
    Part.INVITED: "invited",
}


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """From one wall clock time to a later one in the same zone."""

    starts: WallClock
    ends: WallClock

    @property
    def starts_utc(self) -> datetime:
        return self.starts.instant

    @property
    def ends_utc(self) -> datetime:
        return self.ends.instant

    def overlaps(self, other: "TimeSlot") -> bool:
        """Returns whether both share time. A slot that begins when the other ends does not overlap."""
        return self.starts_utc < other.ends_utc and other.starts_utc < self.ends_utc


@dataclass(frozen=True, slots=True)
class Booking:
    """What a session occupies: a time, rooms (id to name), and people (id to part)."""

    session_id: UUID
    title: str
    slot: TimeSlot
    rooms: Mapping[UUID, str]
    people: Mapping[UUID, Part]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two sessions at the same time that need the same room (`room`) or the same person (`person_id`)."""

    wanted: Booking
    other: Booking
    room: str = ""
    person_id: UUID | None = None

    def refusal(self, names: Mapping[UUID, str]) -> Refusal:
        """Returns the clash as a refusal. Names no person and no session if the person is hidden from the reader."""
        facts = {
            "starts": f"{self.other.slot.starts.local:%H:%M}",
            "ends": f"{self.other.slot.ends.local:%H:%M}",
            "title": self.other.title,
        }
        if self.person_id is None:
            return Refusal(
                N_(
                    "The room %(room)s is taken from %(starts)s to %(ends)s by “%(title)s”. "
                    "Choose another room or another time."
                ),
                field="rooms",
                room=self.room,
                **facts,
            )
        if self.person_id not in names:
            # No field, because the field would reveal the person's part.
            return Refusal(
                N_("Someone named in this session is not available from %(starts)s to %(ends)s. Choose another time."),
                starts=facts["starts"],
                ends=facts["ends"],
            )
        return Refusal(
            N_(
                "%(person)s is in “%(title)s” from %(starts)s to %(ends)s, as %(part)s. Choose another time or another "
                "person."
            ),
            field=_FIELDS[self.wanted.people[self.person_id]],
            person=names[self.person_id],
            part=self.other.people[self.person_id].label,
            **facts,
        )


def first_parts(people: Sequence[tuple[UUID, Part]]) -> dict[UUID, Part]:
    """Returns each person with the first of their parts in a session."""
    return dict(reversed(people))


def clashes(wanted: Booking, others: Iterable[Booking]) -> list[Clash]:
    """Returns the clashes of a session with others: rooms first, then people."""
    overlapping = [
        other for other in others if other.session_id != wanted.session_id and wanted.slot.overlaps(other.slot)
    ]
    taken = [
        Clash(wanted, other, room=name)
        for other in overlapping
        for room_id, name in wanted.rooms.items()
        if room_id in other.rooms
    ]
    busy = [
        Clash(wanted, other, person_id=person)
        for other in overlapping
        for person in wanted.people
        if person in other.people
    ]
    return taken + busy


def all_clashes(bookings: Iterable[Booking]) -> list[Clash]:
    return [clash for one, other in combinations(bookings, 2) for clash in clashes(one, [other])]


def refuse_clashes(wanted: Booking, others: Iterable[Booking], names: Mapping[UUID, str]) -> None:
    """:raises Refusal: rooms or people are taken at that time; it lists all clashes."""
    refuse_all(clash.refusal(names) for clash in clashes(wanted, others))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlanned(DomainEvent):
    action: ClassVar[str] = "session.planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged(DomainEvent):
    action: ClassVar[str] = "session.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRescheduled(DomainEvent):
    """A session of the draft was moved to another time or to other rooms."""

    action: ClassVar[str] = "session.rescheduled"

    was_starts: datetime
    was_ends: datetime
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRemoved(DomainEvent):
    """A session was removed from the draft. If it was published, the next version cancels it."""

    action: ClassVar[str] = "session.removed"


@dataclass(frozen=True, slots=True)
class When:
    """Day and times as typed. A fold (0 or 1) says which of two equal local times is meant; None if not chosen."""

    day: date
    starts: time
    ends: time
    next_day: bool = False
    fold_start: int | None = None
    fold_end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """A session as planned. With `people` None the people in it stay unchanged, for editors who may not know them."""

    title: str
    when: When
    code: str = ""
    kind: SessionKind = SessionKind.PLENARY
    rule: Rule = Rule.CHATHAM_HOUSE
    admits: Admits = Admits.PARTICIPANTS
    rooms: tuple[UUID, ...] = ()
    people: tuple[tuple[UUID, Part], ...] | None = ()
    languages: tuple[str, ...] = ()


def refuse_without_invited(plan: SessionPlan) -> None:
    """:raises Refusal: only named people are admitted, and nobody is named."""
    if plan.admits is Admits.INVITED and plan.people is not None and not plan.people:
        raise Refusal(
            N_("Only those who are named would be admitted, and nobody is: name them, or admit the participants."),
            field="invited",
        )


def refuse_rapporteur_without_notes(rule: Rule, people: Iterable[tuple[UUID, Part]]) -> None:
    """:raises Refusal: the rule of the session allows no notes, and a rapporteur is named."""
    if not rule.has_notes and any(part is Part.RAPPORTEUR for _person, part in people):
        raise Refusal(
            N_(
                "No notes are kept of a session that is off the record or closed, so it has no rapporteur. "
                "Choose nobody, or another rule."
            ),
            field="rapporteur",
        )


MAX_LENGTH = timedelta(hours=24)


def time_slot(when: When, days: Days, zone: str) -> TimeSlot:
    """Returns the typed slot, checked against the meeting's days (from arrival to departure) and its clock changes.

    :raises Refusal: it is outside these days, ends before it starts, lasts a day or longer, falls into a clock gap, or
        is ambiguous.
    """
    _refuse_outside(when, days)
    ends_on = when.day + timedelta(days=1) if when.next_day else when.day
    slot = TimeSlot(
        _resolve(datetime.combine(when.day, when.starts), zone, when.fold_start, "starts", "fold_start"),
        _resolve(datetime.combine(ends_on, when.ends), zone, when.fold_end, "ends", "fold_end"),
    )
    _refuse_invalid_length(slot)
    return slot


def still_fits(slot: TimeSlot, days: Days, zone: str) -> bool:
    """Returns whether the slot is still valid. Days, zone or the tz database may have changed since it was saved."""
    try:
        time_slot(when_of(slot), days, zone)
    except Refusal:
        return False
    return True


def when_of(slot: TimeSlot) -> When:
    return When(
        day=slot.starts.local.date(),
        starts=slot.starts.local.time(),
        ends=slot.ends.local.time(),
        next_day=slot.ends.local.date() > slot.starts.local.date(),
        fold_start=slot.starts.fold,
        fold_end=slot.ends.fold,
    )


def _refuse_outside(when: When, days: Days) -> None:
    after_midnight = when.next_day and when.day == days.last and when.ends > time.min
    if days.first <= when.day <= days.last and not after_midnight:
        return
    raise Refusal(
        N_("The meeting lasts from %(first)s to %(last)s: choose a time on these days."),
        field="day",
        first=days.first,
        last=days.last,
    )


def _resolve(local: datetime, zone: str, fold: int | None, field: str, fold_field: str) -> WallClock:
    try:
        return resolve_local_time(local, zone, fold)
    except Refusal as refusal:
        at = fold_field if refusal.field == "fold" else field
        raise Refusal(refusal.message, field=at, **refusal.facts) from None


def _refuse_invalid_length(slot: TimeSlot) -> None:
    length = slot.ends_utc - slot.starts_utc
    if length <= timedelta(0):
        raise Refusal(
            N_(
                "The session would end at %(ends)s, but it starts at %(starts)s. "
                "Choose a later end, or tick “Ends on the next day” if it goes past midnight."
            ),
            field="ends",
            starts=f"{slot.starts.local:%H:%M}",
            ends=f"{slot.ends.local:%H:%M}",
        )
    if length >= MAX_LENGTH:
        raise Refusal(
            N_("A session lasts less than a day. Untick “Ends on the next day”, or choose an earlier end."),
            field="ends",
        )
