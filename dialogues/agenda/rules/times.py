"""When a session is: a day and two times as typed, read on the clocks of the meeting's zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dialogues.common.refusal import N_, Refusal
from dialogues.common.wall_time import WallClock, on_the_clock

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class When:
    """Day and times as typed; a fold says which of two equal times is meant, None where nobody said."""

    day: date
    starts: time
    ends: time
    next_day: bool = False
    fold_start: int | None = None
    fold_end: int | None = None


@dataclass(frozen=True, slots=True)
class MeetingDays:
    """The days of a meeting, from arrival to departure, in its zone."""

    first: date
    last: date
    zone: str


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
        return on_the_clock(local, zone, fold)
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
