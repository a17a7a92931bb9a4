"""What an entry tells its guest, as it is stored, and the bytes of it, made once."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from dialogues.invites.calendar_file import EventBytes, EventFacts, filed_event
from dialogues.invites.rules import EntryObject, Numbers, Profile, Role, Seen, State, words_for
from dialogues.invites.vtimezone import tz_version

#: Stands for the neutral word where revisions are compared: in whatever language, it never changes.
_ANY_WORD = "·"
#: How many events are kept ready; one takes about a kilobyte.
_KEPT_READY = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Times, state, role, and words as far as the profile allows: guests who are told the same share one."""

    state: State
    role: Role
    local_start: datetime
    local_end: datetime
    fold_start: int
    fold_end: int
    zone: str
    starts_utc: datetime
    ends_utc: datetime
    profile: Profile
    title: str
    place: str
    city: str
    all_day: bool
    transparent: bool

    @property
    def seen(self) -> Seen:
        """The same as its guest sees it, for the rules to compare."""
        words = words_for(
            self.profile,
            neutral_word=_ANY_WORD,
            title=self.title,
            place=self.place or None,
            city=self.city or None,
            description=None,
        )
        return Seen(
            local_start=self.local_start,
            local_end=self.local_end,
            tzid=self.zone,
            starts_at=self.starts_utc,
            ends_at=self.ends_utc,
            all_day=self.all_day,
            state=self.state,
            words=words,
            role=self.role,
            transparent=self.transparent,
        )

    @property
    def starts(self) -> datetime:
        """The start on the clocks of the place."""
        return self.starts_utc.astimezone(ZoneInfo(self.zone))

    @property
    def ends(self) -> datetime:
        """The end on the clocks of the place; of days, the midnight that follows the last one."""
        return self.ends_utc.astimezone(ZoneInfo(self.zone))

    def discreet(self) -> "Telling":
        """The same in no more than the neutral word and the city."""
        return replace(self, profile=Profile.DISCREET, title="", place="")

    def taken_back(self) -> "Telling":
        """The same, cancelled: what is left is its time and the neutral word."""
        return replace(self, state=State.CANCELLED, profile=Profile.DISCREET, title="", place="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One immutable state of an entry."""

    entry_id: UUID
    uid: str
    object_kind: EntryObject
    object_id: UUID
    numbers: Numbers
    telling: Telling

    def facts(self, neutral_word: str) -> EventFacts:
        """All that the bytes of its event are made of."""
        told = self.telling
        return EventFacts(
            uid=self.uid,
            sequence=self.numbers.sequence,
            dtstamp=self.numbers.stamp,
            local_start=told.local_start,
            local_end=told.local_end,
            tzid=told.zone,
            state=told.state,
            profile=told.profile,
            neutral_word=neutral_word,
            title=told.title or None,
            place=told.place or None,
            city=told.city or None,
            fold=told.fold_start,
            end_fold=told.fold_end,
            all_day=told.all_day,
            transparent=told.transparent,
        )


def filed(revision: Revision, neutral_word: str) -> EventBytes:
    """The event of a revision as downloads and feeds carry it; equal in every process."""
    return _filed(revision, neutral_word, tz_version())


@lru_cache(maxsize=_KEPT_READY)
def _filed(revision: Revision, neutral_word: str, _version: str) -> EventBytes:
    return filed_event(revision.facts(neutral_word))
