"""What a calendar entry tells its reader, when its SEQUENCE rises, and the token that its answers come back to."""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import ClassVar
from uuid import UUID

from dialogues.common.happening import Happening


class EntryObject(Enum):
    """What an entry is about: the meeting as a whole (the umbrella), or one session."""

    MEETING = "meeting"
    SESSION = "session"


class Profile(Enum):
    """How much a calendar entry tells; discreet unless a meeting says otherwise, and a person may always choose it."""

    DISCREET = "discreet"
    FULL = "full"


class State(Enum):
    """Where an entry stands; the names are those of calendar files."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Method(Enum):
    """What a mailed calendar file asks for; files and feeds ask nothing."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Role(Enum):
    """The part of the invited person, in the words of calendar files."""

    CHAIR = "CHAIR"
    REQUIRED = "REQ-PARTICIPANT"
    OPTIONAL = "OPT-PARTICIPANT"
    OBSERVER = "NON-PARTICIPANT"


class Answer(Enum):
    """What the invited person has answered (PARTSTAT)."""

    NONE = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True, slots=True)
class Words:
    """All that an entry says in words; None is not written at all."""

    summary: str
    location: str | None
    description: str | None
    confidentiality: str


def words_for(
    profile: Profile,
    *,
    neutral_word: str,
    title: str | None,
    place: str | None,
    city: str | None,
    description: str | None,
) -> Words:
    """The words that a reader of this profile may see; the neutral word stays the same when an entry is cancelled.

    :param place: room, house and city on one line.
    :raises ValueError: the full profile without a title, or no neutral word.
    """
    if not neutral_word.strip():
        raise ValueError("An entry needs its neutral word")
    if profile is Profile.DISCREET:
        return Words(neutral_word, city, None, "CONFIDENTIAL")
    if not (title or "").strip():
        raise ValueError("An entry in the full profile needs a title")
    return Words(title or "", place or city, description, "PRIVATE")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one guest sees of an entry: two that are equal owe the guest nothing."""

    local_start: datetime
    local_end: datetime
    tzid: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    state: State
    words: Words
    role: Role
    transparent: bool = False

    @property
    def time(self) -> tuple[object, ...]:
        """What an answer is an answer to; the instants move by themselves when a tz database changes."""
        return self.local_start, self.local_end, self.tzid, self.starts_at, self.ends_at, self.all_day


class Change(Enum):
    """What happened to an entry, as its guest sees it."""

    INVITED = "invited"
    NOTHING = "nothing"
    TIME = "time"
    CERTAINTY = "certainty"
    WORDS = "words"
    CANCELLED = "cancelled"
    INVITED_AGAIN = "invited again"


class AnswerThen(Enum):
    """What becomes of the stored answer when an entry changes."""

    ASKED = "asked"
    ASKED_AGAIN = "asked again"
    KEPT = "kept"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Owed:
    """What a change costs: whether SEQUENCE rises, which letter goes out, and what becomes of the answer."""

    raises_sequence: bool
    letter: Method | None
    answer: AnswerThen


#: A change of words alone might keep its SEQUENCE by the letter of the law; Google and others then ignore it.
OWED: Mapping[Change, Owed] = {
    Change.INVITED: Owed(False, Method.REQUEST, AnswerThen.ASKED),
    Change.NOTHING: Owed(False, None, AnswerThen.KEPT),
    Change.TIME: Owed(True, Method.REQUEST, AnswerThen.ASKED_AGAIN),
    Change.CERTAINTY: Owed(True, Method.REQUEST, AnswerThen.KEPT),
    Change.WORDS: Owed(True, Method.REQUEST, AnswerThen.KEPT),
    Change.CANCELLED: Owed(True, Method.CANCEL, AnswerThen.CLOSED),
    Change.INVITED_AGAIN: Owed(True, Method.REQUEST, AnswerThen.ASKED),
}


def change_between(was: Seen | None, now: Seen) -> Change:
    """The one change that decides what is owed, where several came together.

    :param was: what the guest was last told; None before the first invitation. A working copy is never told.
    :param now: what is true now; an entry that was never told and is cancelled owes nothing.
    """
    if was is None:
        return Change.NOTHING if now.state is State.CANCELLED else Change.INVITED
    if was.state is State.CANCELLED or now.state is State.CANCELLED:
        return _across_cancellation(was.state, now.state)
    if was.time != now.time:
        return Change.TIME
    if was.state is not now.state:
        return Change.CERTAINTY
    return Change.NOTHING if was == now else Change.WORDS


def _across_cancellation(was: State, now: State) -> Change:
    if now is not State.CANCELLED:
        return Change.INVITED_AGAIN
    return Change.NOTHING if was is State.CANCELLED else Change.CANCELLED


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a revision, by which calendars order what they are told.

    `time_sequence` is the SEQUENCE of the last change of time; `stamp` is the revision's instant in whole UTC seconds.
    """

    sequence: int
    time_sequence: int
    stamp: datetime


def first_numbers(now: datetime) -> Numbers:
    """The numbers of the first invitation.

    :param now: an aware instant.
    """
    return Numbers(0, 0, _whole_second(now))


def next_numbers(last: Numbers, change: Change, now: datetime) -> Numbers:
    """The numbers of the revision that follows; its stamp is at least a second after the last, whatever the clock says.

    :raises ValueError: the change raises no SEQUENCE, so that it makes no revision.
    """
    if not OWED[change].raises_sequence:
        raise ValueError(f"“{change.value}” makes no new revision")
    sequence = last.sequence + 1
    asks_again = OWED[change].answer in {AnswerThen.ASKED, AnswerThen.ASKED_AGAIN}
    return Numbers(
        sequence,
        sequence if asks_again else last.time_sequence,
        max(_whole_second(now), last.stamp + timedelta(seconds=1)),
    )


def answers_the_old_time(answered_sequence: int, numbers: Numbers) -> bool:
    """Whether an answer to that SEQUENCE was given to a time that changed since: kept, shown as such, asked again."""
    return answered_sequence < numbers.time_sequence


def _whole_second(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("A revision's instant needs its UTC offset")
    return instant.astimezone(UTC).replace(microsecond=0)


def entry_order(entry_id: UUID) -> str:
    """By which the letters of one entry keep their order."""
    return f"calendar:{entry_id.hex}"


#: 120 bits of the code, in base32: five bits a character.
_CODE_LENGTH = 24
_KEY_ID = re.compile(r"[a-z2-7]{1,4}")


def answer_token(key: bytes, key_id: str, *, uid: str, entry_id: str) -> str:
    """The token in an entry's ORGANIZER address: key id, then 120 bits of HMAC-SHA256 over `v1|uid|entry id`.

    It is lower-case base32, since mail systems fold case, and knows nothing of SEQUENCE, since ORGANIZER never changes.

    :param key: at least 32 random bytes.
    :param key_id: one to four of a-z and 2-7.
    :raises ValueError: the key is short, the key id has other characters, or an id holds the separator.
    """
    if len(key) < 32:
        raise ValueError("The key of answer tokens needs 32 bytes or more")
    if not _KEY_ID.fullmatch(key_id):
        raise ValueError(f"The key id {key_id!r} must be one to four of a-z and 2-7")
    if "|" in uid or "|" in entry_id:
        raise ValueError("Neither the UID nor the entry's id may hold “|”")
    code = hmac.new(key, f"v1|{uid}|{entry_id}".encode(), hashlib.sha256).digest()
    return key_id + b32encode(code).decode("ascii").lower()[:_CODE_LENGTH]


def is_answer_token(token: str, keys: Mapping[str, bytes], *, uid: str, entry_id: str) -> bool:
    """Whether this is the entry's token under any of the keys, the old ones included; upper case counts as lower."""
    folded = token.lower()
    key_id = folded[:-_CODE_LENGTH]
    if not token.isascii() or key_id not in keys:
        return False
    return hmac.compare_digest(folded, answer_token(keys[key_id], key_id, uid=uid, entry_id=entry_id))


def with_token(address: str, token: str) -> str:
    """The role address with the token in its local part: `desk@host` becomes `desk+token@host`.

    :raises ValueError: the address is none, or its local part gets longer than the 64 bytes that mail allows.
    """
    local, at, host = address.rpartition("@")
    if not (local and at and host):
        raise ValueError("A role address has a name and a host, such as desk@example.org")
    if len(f"{local}+{token}".encode()) > 64:
        raise ValueError(f"The local part of {address} is too long to carry a token")
    return f"{local}+{token}@{host}"


def token_in(address: str) -> str | None:
    """The token that an address carries, in lower case; None if it carries none."""
    _, plus, token = address.rpartition("@")[0].rpartition("+")
    return token.lower() if plus and re.fullmatch(r"[a-zA-Z2-7]{25,28}", token) else None


#: How long a cancelled entry stays in a feed, and how long the address of a feed is good.
CANCELLED_STAYS = timedelta(days=30)
FEED_LASTS = timedelta(days=400)
#: More devices than anyone has.
MOST_FEEDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOpened(Happening):
    """A person has a new address for a calendar feed; `about` is the person."""

    action: ClassVar[str] = "feed.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEnded(Happening):
    """The address of a person's calendar feed is void; `about` is the person."""

    action: ClassVar[str] = "feed.ended"
