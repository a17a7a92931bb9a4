"""Local time, time zone and instant: skipped times (gaps) are refused, repeated ones (folds) need a choice."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from dialogues.lib.refusal import N_, Refusal

_CONTINENTS = (
    *("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/"),
    *("Indian/", "Pacific/"),
)


def known_zones() -> frozenset[str]:
    """The zone names of the tzdata package, independent of the operating system."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def places() -> frozenset[str]:
    """The zones of places. Others are left out: they follow no government, so their clocks differ from a town's."""
    return frozenset(name for name in known_zones() if name.startswith(_CONTINENTS))


@lru_cache(maxsize=2)
def places_with_offsets(year: int) -> tuple[tuple[str, str], ...]:
    """The places with their offset from UTC in that year: one, or the one of January and the one of July."""
    return tuple((name, _offsets(ZoneInfo(name), year)) for name in sorted(places()))


def _offsets(tz: ZoneInfo, year: int) -> str:
    found = dict.fromkeys(f"{datetime(year, month, 1, tzinfo=tz):%z}" for month in (1, 7))
    return "UTC" + "/".join(f"{offset[:3]}:{offset[3:5]}" for offset in found)


def zone(name: str, *, field: str | None = None) -> ZoneInfo:
    """:raises Refusal: there is no place of that name in the tz database."""
    if name not in places():
        raise Refusal(
            N_("“%(zone)s” is no time zone of a place: write one like Asia/Ulaanbaatar."),
            field=field,
            zone=name,
        )
    return ZoneInfo(name)


@dataclass(frozen=True, slots=True)
class WallClock:
    """A local time as typed, its zone, and which of two equal times is meant (fold 0 or 1)."""

    local: datetime
    zone: str
    fold: int = 0

    @classmethod
    def at(cls, instant: datetime, local: datetime, zone: str) -> "WallClock":
        """The wall clock that shows `local`; of two equal times the one at that instant, or else the earlier."""
        early = cls(local, zone)
        return cls(local, zone, int(early.is_twofold and early.instant != instant))

    @property
    def instant(self) -> datetime:
        return self.local.replace(tzinfo=ZoneInfo(self.zone), fold=self.fold).astimezone(UTC)

    @property
    def is_twofold(self) -> bool:
        early = self.local.replace(tzinfo=ZoneInfo(self.zone), fold=0)
        return early.utcoffset() != early.replace(fold=1).utcoffset()


def check_range(day: date, first: date, last: date, *, field: str) -> None:
    """:raises Refusal: the day is not within the range that is plausible for this field."""
    if not first <= day <= last:
        raise Refusal(
            N_("Look at the year: choose a day from %(first)s to %(last)s."), field=field, first=first, last=last
        )


def resolve_local_time(local: datetime, zone_name: str, fold: int | None = None) -> WallClock:
    """Check that the local time exists and is unambiguous.

    :param fold: 0 for the earlier, 1 for the later of two equal times; None if not chosen.
    :raises Refusal: the time is skipped (gap) or repeated without a chosen fold.
    """
    tz = ZoneInfo(zone_name)
    early = local.replace(tzinfo=tz, fold=0)
    late = local.replace(tzinfo=tz, fold=1)
    if early.utcoffset() == late.utcoffset():
        return WallClock(local, zone_name)
    if early.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != local:
        raise Refusal(
            N_("%(time)s does not exist in %(zone)s: the clocks go forward then. Choose a time before or after."),
            time=f"{local:%Y-%m-%d %H:%M}",
            zone=zone_name,
        )
    if fold is None:
        raise Refusal(
            N_("%(time)s comes twice in %(zone)s, since the clocks go back then. Say which of the two you mean."),
            field="fold",
            time=f"{local:%Y-%m-%d %H:%M}",
            zone=zone_name,
        )
    return WallClock(local, zone_name, fold)
