"""What a calendar entry shows its guest, when SEQUENCE rises (RFC 5546), and the token in the ORGANIZER address."""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from dialogues.agenda.versions.rules import Admits, Part
from dialogues.lib.ical.calendar_file import EventFacts
from dialogues.lib.ical.parts import Method, Profile, Role, State, words_for
from dialogues.lib.refusal import N_
from dialogues.policy import Role as PolicyRole

#: What discreet entries and all subjects say instead of a title.
NEUTRAL_WORD = N_("Appointment")


@dataclass(frozen=True, slots=True)
class EntryContent:
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
    #: Random characters that stand for the title of a session; "" for a meeting.
    short_code: str
    all_day: bool
    transparent: bool

    @property
    def time(self) -> tuple[object, ...]:
        """What an answer refers to. New time zone data changes a time, but not whole days, which are only dates."""
        instants = () if self.all_day else (self.starts_utc, self.ends_utc)
        return self.local_start, self.local_end, self.zone, self.all_day, *instants

    @property
    def look(self) -> tuple[object, ...]:
        """What its guest sees apart from time and state, in no language."""
        words = words_for(
            self.profile,
            neutral_word=NEUTRAL_WORD,
            short_code=self.short_code,
            title=self.title,
            place=self.place or None,
            city=self.city or None,
            description=None,
            link=None,
        )
        return words, self.role, self.transparent

    @property
    def starts(self) -> datetime:
        return self.starts_utc.astimezone(ZoneInfo(self.zone))

    @property
    def ends(self) -> datetime:
        """The end in the zone of the meeting; for all-day entries the midnight after the last day."""
        return self.ends_utc.astimezone(ZoneInfo(self.zone))

    def discreet(self) -> "EntryContent":
        return replace(self, profile=Profile.DISCREET, role=Role.REQUIRED, title="", place="")

    def cancelled(self) -> "EntryContent":
        """The cancellation for a guest who may no longer know more than the times that they have."""
        return replace(self.discreet(), state=State.CANCELLED)


def session_role(parts: Collection[Part], roles: Collection[PolicyRole]) -> Role:
    """Returns the calendar role in a session of a person with these parts and roles."""
    if Part.CHAIR in parts:
        return Role.CHAIR
    return Role.OBSERVER if PolicyRole.OBSERVER in roles else Role.REQUIRED


class EntryObject(Enum):
    """What an entry is about: the whole meeting (the umbrella entry) or one session."""

    MEETING = "meeting"
    SESSION = "session"


class Reach(Enum):
    """Which sessions the roles of a person open to them in full."""

    NOTHING = "nothing"
    NAMED = "named"
    OBSERVERS = "observers"
    TABLE = "table"

    @property
    def admits(self) -> frozenset[Admits]:
        """The kinds of admission that let the person in without being named."""
        if self is Reach.TABLE:
            return frozenset({Admits.PARTICIPANTS, Admits.OBSERVERS_TOO})
        return frozenset({Admits.OBSERVERS_TOO}) if self is Reach.OBSERVERS else frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that a person's session entries depend on. With `all_times` they get the times of every session."""

    profile: Profile = Profile.DISCREET
    reach: Reach = Reach.NOTHING
    all_times: bool = False

    def profile_for(self, admits: Admits, *, named: bool) -> Profile | None:
        """Returns the profile of the entry of such a session, or None if the person has no entry of it."""
        if self.reach is not Reach.NOTHING and (named or admits in self.reach.admits):
            return self.profile
        return Profile.DISCREET if self.all_times else None

    def sees_same_sessions(self, other: "Access") -> bool:
        return (self.reach, self.all_times) == (other.reach, other.all_times)


NO_ACCESS = Access()


class Mark(NamedTuple):
    """How often something has changed, and when last, in whole UTC seconds."""

    number: int
    stamp: datetime

    def raised(self, now: datetime, by: int = 1) -> "Mark":
        """The stamp rises by at least one second, even if the clock went back."""
        return Mark(self.number + by, max(whole_second(now), self.stamp + timedelta(seconds=1)))


class Remnant(NamedTuple):
    """What is left of a lost entry: its SEQUENCE, and whether a feed has ever shown the entry."""

    sequence: int
    in_feed: bool


class Change(Enum):
    INVITED = "invited"
    NOTHING = "nothing"
    TIME = "time"
    CERTAINTY = "certainty"
    WORDS = "words"
    CANCELLED = "cancelled"
    INVITED_AGAIN = "invited again"


@dataclass(frozen=True, slots=True)
class FiledEntry:
    """An entry as files and feeds show it, stored or derived."""

    content: EntryContent
    uid: str
    person_id: UUID
    meeting_id: UUID
    object_kind: EntryObject
    object_id: UUID
    sequence: int
    #: DTSTAMP in whole UTC seconds.
    stamp: datetime

    @property
    def path(self) -> str | None:
        """The page about the entry's object; None if it is cancelled, because the page may be gone."""
        if self.content.state is State.CANCELLED:
            return None
        meeting = f"/meetings/{self.meeting_id}"
        return meeting if self.object_kind is EntryObject.MEETING else f"{meeting}/agenda/sessions/{self.object_id}"

    def facts(self, neutral_word: str, *, description: str | None = None, link: str | None = None) -> EventFacts:
        """Returns everything that the bytes of the event depend on."""
        content = self.content
        return EventFacts(
            uid=self.uid,
            sequence=self.sequence,
            dtstamp=self.stamp,
            local_start=content.local_start,
            local_end=content.local_end,
            tzid=content.zone,
            state=content.state,
            profile=content.profile,
            neutral_word=neutral_word,
            title=content.title or None,
            place=content.place or None,
            city=content.city or None,
            description=description,
            link=link,
            short_code=content.short_code,
            fold=content.fold_start,
            end_fold=content.fold_end,
            all_day=content.all_day,
            transparent=content.transparent,
        )


@dataclass(frozen=True, slots=True)
class Revision(FiledEntry):
    """One immutable stored state of an entry, and the permanent facts of the entry."""

    entry_id: UUID
    #: ORGANIZER address and first email; None before the first email.
    organizer: str | None
    first_email_id: UUID | None
    #: The SEQUENCE of the last change of time.
    time_sequence: int
    #: Why the revision was written; NOTHING if it was read from the database.
    change: Change = Change.NOTHING


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """Whether SEQUENCE rises, which iTIP method is emailed, and whether the guest is asked for a new answer."""

    raises_sequence: bool
    method: Method | None
    asks: bool


#: SEQUENCE rises for changed text too, because Google and others ignore the update otherwise (RFC 5546 allows both).
CHANGE_EFFECTS: Mapping[Change, ChangeEffect] = {
    Change.INVITED: ChangeEffect(False, Method.REQUEST, True),
    Change.NOTHING: ChangeEffect(False, None, False),
    Change.TIME: ChangeEffect(True, Method.REQUEST, True),
    Change.CERTAINTY: ChangeEffect(True, Method.REQUEST, False),
    Change.WORDS: ChangeEffect(True, Method.REQUEST, False),
    Change.CANCELLED: ChangeEffect(True, Method.CANCEL, False),
    Change.INVITED_AGAIN: ChangeEffect(True, Method.REQUEST, True),
}


def change_between(was: EntryContent | None, now: EntryContent) -> Change:
    """Returns the most important change between two states of an entry.

    :param was: what the guest was last told; None before the first invitation.
    :param now: the current state; if it is cancelled and the guest was never told, nothing has changed for them.
    """
    if was is None:
        return Change.NOTHING if now.state is State.CANCELLED else Change.INVITED
    if now.state is State.CANCELLED:
        return Change.NOTHING if was.state is State.CANCELLED else Change.CANCELLED
    if was.state is State.CANCELLED:
        return Change.INVITED_AGAIN
    if was.time != now.time:
        return Change.TIME
    if was.state is not now.state:
        return Change.CERTAINTY
    return Change.NOTHING if was.look == now.look else Change.WORDS


def entry_uid(key: bytes, person_id: UUID, object_id: UUID) -> str:
    """Returns the UID of a person's entry of a meeting or session: 128 bits of an HMAC, which tells nothing of either.

    :param key: the random key of the meeting, which never changes.
    """
    return hmac.new(key, person_id.bytes + object_id.bytes, hashlib.sha256).hexdigest()[:32]


def first_revision(
    uid: str,
    meeting_id: UUID,
    person_id: UUID,
    object_kind: EntryObject,
    object_id: UUID,
    content: EntryContent,
    now: datetime,
    *,
    sequence: int = 0,
) -> Revision:
    """:param sequence: greater than 0 if files and feeds have already shown the entry with a lower one."""
    return Revision(
        entry_id=uuid4(),
        uid=uid,
        person_id=person_id,
        meeting_id=meeting_id,
        object_kind=object_kind,
        object_id=object_id,
        organizer=None,
        first_email_id=None,
        sequence=sequence,
        time_sequence=sequence,
        stamp=whole_second(now),
        content=content,
        change=Change.INVITED,
    )


def next_revision(last: Revision, content: EntryContent, change: Change, now: datetime) -> Revision:
    """Returns the next revision. Its stamp is at least one second after the last, even if the clock went back.

    :raises ValueError: the change does not raise SEQUENCE, so it makes no revision.
    """
    effect = CHANGE_EFFECTS[change]
    if not effect.raises_sequence:
        raise ValueError(f"“{change.value}” makes no new revision")
    sequence = last.sequence + 1
    return replace(
        last,
        sequence=sequence,
        time_sequence=sequence if effect.asks else last.time_sequence,
        stamp=max(whole_second(now), last.stamp + timedelta(seconds=1)),
        content=content,
        change=change,
    )


def whole_second(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("A revision's instant needs its UTC offset")
    return instant.astimezone(UTC).replace(microsecond=0)


def entry_order(entry_id: UUID) -> str:
    """Returns the order key of an entry's emails, so that they are sent one after another."""
    return f"calendar:{entry_id.hex}"


def former_order(entry_id: UUID) -> str:
    """Returns the start of the order keys of cancellations to former addresses.

    They have orders of their own, because an old address that does not answer must not delay the new one.
    """
    return f"{entry_order(entry_id)}:former:"


#: 120 bits of the HMAC in base32, at five bits per character.
_CODE_LENGTH = 24
_KEY_ID = re.compile(r"[a-z2-7]{1,4}")


def answer_token(key: bytes, key_id: str, *, uid: str, entry_id: str) -> str:
    """Returns the token for an entry's ORGANIZER address: key id, then 120 bits of HMAC-SHA256 over `v1|uid|entry id`.

    It is lower-case base32, because mail systems may change the case. It does not depend on SEQUENCE, because ORGANIZER
    must never change.

    :param key: at least 32 random bytes.
    :param key_id: one to four of a-z and 2-7.
    :raises ValueError: the key is too short, the key id has other characters, or an id contains the separator.
    """
    if len(key) < 32:
        raise ValueError("The key of answer tokens needs 32 bytes or more")
    if not _KEY_ID.fullmatch(key_id):
        raise ValueError(f"The key id {key_id!r} must be one to four of a-z and 2-7")
    if "|" in uid or "|" in entry_id:
        raise ValueError("Neither the UID nor the entry's id may hold “|”")
    code = hmac.new(key, f"v1|{uid}|{entry_id}".encode(), hashlib.sha256).digest()
    return key_id + b32encode(code).decode("ascii").lower()[:_CODE_LENGTH]


def with_token(address: str, token: str) -> str:
    """Returns the address with the token in its local part: `desk@host` becomes `desk+token@host`.

    :raises ValueError: the address is invalid, or its local part would exceed the 64 bytes that RFC 5321 allows.
    """
    local, at, host = address.rpartition("@")
    if not (local and at and host):
        raise ValueError("A role address has a name and a host, such as desk@example.org")
    if len(f"{local}+{token}".encode()) > 64:
        raise ValueError(f"The local part of {address} is too long to carry a token")
    return f"{local}+{token}@{host}"
