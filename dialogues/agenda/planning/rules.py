"""When a session is: a day and two times as typed, read on the clocks of the meeting's zone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import ClassVar, TypeVar
from uuid import UUID

from dialogues.agenda.versions.rules import WORDS, Admits, Part, SessionKind
from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal, refuse_all
from dialogues.lib.wall_time import WallClock, resolve_local_time
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.people.participants.rules.target import is_over

#: Fewer people than these are not told apart.
FEWEST = 5


Cell = TypeVar("Cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a party has of a meeting: full participants only; staff, interpreters and observers never count."""

    party_id: UUID
    code: str
    name: str
    taken: int
    target: int | None
    leads: int
    chairing: int

    @property
    def is_over(self) -> bool:
        """Whether the party has more seats than are meant for each."""
        return is_over(self.taken, self.target)

    @property
    def speaking(self) -> int:
        """At how many slots one of its people is set to speak, chairing or leading in."""
        return self.leads + self.chairing

    @property
    def figure(self) -> str:
        """Seats taken of those meant."""
        return str(self.taken) if self.target is None else f"{self.taken}/{self.target}"


def parts_by_party(parts: Iterable[tuple[UUID, Part]], party_of: Mapping[UUID, UUID], part: Part) -> dict[UUID, int]:
    """How often each party has that part in a session; whoever is no full participant has none."""
    counts: dict[UUID, int] = {}
    for person, theirs in parts:
        if theirs is part and person in party_of:
            counts[party_of[person]] = counts.get(party_of[person], 0) + 1
    return counts


def told_apart(counts: Mapping[Cell, int], parties: int) -> dict[Cell, int | None]:
    """The counts of a whole that may be told: None for cells under five, and for the next larger ones with them.

    Beside the hidden cells their sum is known, from the total. With the smallest cell of five or more among them, and
    every cell equal to it, it cannot be told which of them is which. With fewer than two parties, the whole would be
    a party: nothing is told.
    """
    if parties < 2:
        return dict.fromkeys(counts)
    if all(count >= FEWEST for count in counts.values()):
        return dict(counts)
    next_larger = min((count for count in counts.values() if count >= FEWEST), default=0)
    return {cell: count if count > max(next_larger, FEWEST - 1) else None for cell, count in counts.items()}


#: The field of the form at which a clash of a person in this part is shown.
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
        """Whether both take place at some time; one that begins as the other ends does not overlap."""
        return self.starts_utc < other.ends_utc and other.starts_utc < self.ends_utc


@dataclass(frozen=True, slots=True)
class Booking:
    """What a session takes up: a time, rooms by id with their names, and people with what they do in it."""

    session_id: UUID
    title: str
    slot: TimeSlot
    rooms: Mapping[UUID, str]
    people: Mapping[UUID, Part]


@dataclass(frozen=True, slots=True)
class Clash:
    """A session that is in the way of another: by a room's name, or by a person with a part in both."""

    wanted: Booking
    other: Booking
    room: str = ""
    person_id: UUID | None = None

    def refusal(self, names: Mapping[UUID, str]) -> Refusal:
        """The clash in words; a person whose name the reader may not see is not told by name."""
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
            # At no field, which would tell their part.
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
            part=WORDS[self.other.people[self.person_id]],
            **facts,
        )


def first_parts(people: Sequence[tuple[UUID, Part]]) -> dict[UUID, Part]:
    """Each person with the first of their parts in a session."""
    return dict(reversed(people))


def clashes(wanted: Booking, others: Iterable[Booking]) -> list[Clash]:
    """What is in the way of a session: first taken rooms, then people who are elsewhere."""
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
    """Every pair of sessions that are in each other's way."""
    return [clash for one, other in combinations(bookings, 2) for clash in clashes(one, [other])]


def refuse_clashes(wanted: Booking, others: Iterable[Booking], names: Mapping[UUID, str]) -> None:
    """:raises Refusal: a room is taken, or people are in other sessions then; the words name all that is to change."""
    refuse_all(clash.refusal(names) for clash in clashes(wanted, others))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlanned(DomainEvent):
    """A session was added to the draft."""

    action: ClassVar[str] = "session.planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged(DomainEvent):
    """A session of the draft was changed."""

    action: ClassVar[str] = "session.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRescheduled(DomainEvent):
    """A session of the draft was moved to another time or room."""

    action: ClassVar[str] = "session.rescheduled"

    was_starts: datetime
    was_ends: datetime
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRemoved(DomainEvent):
    """A session was taken out of the draft; the next release cancels it where it was released before."""

    action: ClassVar[str] = "session.removed"


@dataclass(frozen=True, slots=True)
class When:
    """Day and times as typed; a fold says which of two equal times is meant, None where nobody said."""

    day: date
    starts: time
    ends: time
    next_day: bool = False
    fold_start: int | None = None
    fold_end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """A session to be; `people` None leaves everyone named in it as they are, for editors who may not know them."""

    title: str
    when: When
    code: str = ""
    kind: SessionKind = SessionKind.PLENARY
    rule: Rule = Rule.CHATHAM_HOUSE
    admits: Admits = Admits.PARTICIPANTS
    rooms: tuple[UUID, ...] = ()
    people: tuple[tuple[UUID, Part], ...] | None = ()
    languages: tuple[str, ...] = ()


def refuse_empty_circle(plan: SessionPlan) -> None:
    """:raises Refusal: only those who are named are admitted, and nobody is named."""
    if plan.admits is Admits.INVITED and plan.people is not None and not plan.people:
        raise Refusal(
            N_("Only those who are named would be admitted, and nobody is: name them, or admit the participants."),
            field="invited",
        )


def refuse_notes_of_none(rule: Rule, people: Iterable[tuple[UUID, Part]]) -> None:
    """:raises Refusal: a rapporteur is named for a session of whose kind no notes are kept."""
    if not rule.has_notes and any(part is Part.RAPPORTEUR for _person, part in people):
        raise Refusal(
            N_(
                "No notes are kept of a session that is off the record or closed, so it has no rapporteur. "
                "Choose nobody, or another rule."
            ),
            field="rapporteur",
        )


LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class MeetingDays:
    """The days of a meeting, from arrival to departure, in its zone."""

    first: date
    last: date
    zone: str


def time_slot(when: When, days: MeetingDays) -> TimeSlot:
    """The slot that was typed, checked to lie within the meeting's days and to exist on its clocks.

    :raises Refusal: it lies outside, ends before it starts, lasts a day or longer, falls into a gap, or is ambiguous.
    """
    _refuse_outside(when, days)
    ends_on = when.day + timedelta(days=1) if when.next_day else when.day
    slot = TimeSlot(
        _read(datetime.combine(when.day, when.starts), days.zone, when.fold_start, "starts", "fold_start"),
        _read(datetime.combine(ends_on, when.ends), days.zone, when.fold_end, "ends", "fold_end"),
    )
    _refuse_odd_length(slot)
    return slot


def still_fits(slot: TimeSlot, days: MeetingDays) -> bool:
    """Whether the slot lies on the meeting's days and clocks; days, zone or the tz database may have changed since."""
    try:
        time_slot(when_of(slot), days)
    except Refusal:
        return False
    return True


def when_of(slot: TimeSlot) -> When:
    """The slot as it would be typed; the fold is said only where a time comes twice."""
    return When(
        day=slot.starts.local.date(),
        starts=slot.starts.local.time(),
        ends=slot.ends.local.time(),
        next_day=slot.ends.local.date() > slot.starts.local.date(),
        fold_start=slot.starts.fold,
        fold_end=slot.ends.fold,
    )


def _refuse_outside(when: When, days: MeetingDays) -> None:
    after_midnight = when.next_day and when.day == days.last and when.ends > time.min
    if days.first <= when.day <= days.last and not after_midnight:
        return
    raise Refusal(
        N_("The meeting lasts from %(first)s to %(last)s: choose a time on these days."),
        field="day",
        first=days.first,
        last=days.last,
    )


def _read(local: datetime, zone: str, fold: int | None, field: str, fold_field: str) -> WallClock:
    try:
        return resolve_local_time(local, zone, fold)
    except Refusal as refusal:
        at = fold_field if refusal.field == "fold" else field
        raise Refusal(refusal.message, field=at, **refusal.facts) from None


def _refuse_odd_length(slot: TimeSlot) -> None:
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
    if length >= LONGEST:
        raise Refusal(
            N_("A session lasts less than a day. Untick “Ends on the next day”, or choose an earlier end."),
            field="ends",
        )
