"""Attendance, for the liaison desk only until the record is sealed; after that for nobody."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, exists, false, select

from dialogues.agenda.versions.queries import published as versions
from dialogues.agenda.versions.rules import Admits, SessionKind
from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal
from dialogues.lib.encryption.names import KeyLost, KeyMissing, KeyName, Place
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.roles import queries as roles
from dialogues.onsite.attendance.models import AttendanceMark, AttendanceSeal
from dialogues.onsite.attendance.rules import is_expected
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants
from dialogues.people.participants.queries.visibility import english
from dialogues.policy import ATTENDANCE_LINE_SEE, ATTENDANCE_MARK, PARTICIPANTS_SEE, Action, Scope

#: All hashes of a meeting use this version of its key, because the same person must get the same hash.
_HASHED_WITH = 1


def hasher(meeting_id: UUID) -> Callable[[UUID, UUID], str]:
    """Return the function (session, participation) → keyed hash that identifies the mark of a person in a session.

    The hash does not reveal the participation without the key of the meeting.
    """
    store, name = key_store(), _key(meeting_id)
    try:
        store.current(name)
    except KeyLost:
        raise
    except KeyMissing:
        # The first mark creates the key, so there is no mark to find.
        return lambda _session_id, _participation_id: ""
    secret = hmac.digest(store.version(name, _HASHED_WITH).secret, b"who was at the table", "sha256")

    def who(session_id: UUID, participation_id: UUID) -> str:
        return hmac.new(secret, session_id.bytes + participation_id.bytes, hashlib.sha256).hexdigest()

    return who


def sealed(participation_id: UUID, mark: AttendanceMark) -> bytes:
    """Return the participation id encrypted for this mark with the key of the meeting."""
    place = Place("attendance_mark", "participation", mark.id, mark.dialogue_id)
    return seal(key_store(), _key(mark.meeting_id), place, participation_id.bytes)


def _key(meeting_id: UUID) -> KeyName:
    return KeyName("attendance", meeting_id)


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter of the marks an action reaches in the current meeting; none once the record is sealed."""
    # Only ALL, because Scope.SEALED shows only that a record exists, and narrower scopes do not mark attendance.
    if viewer.meeting_id is None or Scope.ALL not in viewer.scopes(action):
        return false()
    still_open = ~exists().where(AttendanceSeal.meeting_id == AttendanceMark.meeting_id)
    return and_(AttendanceMark.meeting_id == viewer.meeting_id, still_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSession:
    """A session as the liaison desk sees it: time and rooms, never the title.

    `rooms` is empty for sessions by invitation.
    """

    id: UUID
    starts: datetime
    ends: datetime
    rooms: tuple[str, ...]
    is_restricted: bool
    present: int = 0
    expected: int = 0

    @property
    def day(self) -> date:
        return self.starts.date()

    def today(self, now: datetime) -> date:
        """Return today's date in the time zone of the meeting."""
        return now.astimezone(self.starts.tzinfo).date()

    def is_running(self, now: datetime) -> bool:
        return self.starts <= now < self.ends

    def can_be_marked(self, now: datetime) -> bool:
        """Whether attendance is taken: on or after the day of the session, and never for restricted sessions."""
        return not self.is_restricted and self.day <= self.today(now)

    def counted(self, everyone: Iterable[Any], present: int) -> Self:
        """Return the session with the numbers of people present and expected; restricted sessions expect nobody."""
        expected = 0 if self.is_restricted else sum(is_expected(one, self.day) for one in everyone)
        return replace(self, present=present, expected=expected)


def is_sealed(viewer: Viewer) -> bool:
    return db.session.scalar(select(exists().where(AttendanceSeal.meeting_id == viewer.meeting_id))) or False


@reading(Purpose.CHECK)
def sealed_at(viewer: Viewer) -> datetime | None:
    """Return when the current meeting's record was sealed.

    None if it is not sealed, has no marks, or the viewer may not know of it.
    """
    if Scope.SEALED not in viewer.scopes(ATTENDANCE_LINE_SEE) or viewer.meeting_id is None:
        return None
    return db.session.scalar(
        select(AttendanceSeal.sealed_at).where(
            AttendanceSeal.meeting_id == viewer.meeting_id,
            exists().where(AttendanceMark.meeting_id == AttendanceSeal.meeting_id),
        )
    )


def sessions(viewer: Viewer) -> list[TableSession]:
    """Return the published sessions of the current meeting with the numbers of people expected and present."""
    marks = Counter(db.session.scalars(select(AttendanceMark.session_id).where(visible(viewer, ATTENDANCE_MARK))))
    everyone = guests(viewer)
    return [one.counted(everyone, marks[one.id]) for one in _sessions(viewer)]


def _sessions(viewer: Viewer) -> list[TableSession]:
    """The published sessions without numbers. Only those inside may know who attends a restricted session."""
    return [
        TableSession(
            id=one.session_id,
            starts=one.starts,
            ends=one.ends,
            rooms=() if one.admits is Admits.INVITED else one.rooms,
            is_restricted=one.admits is Admits.INVITED or one.kind is SessionKind.BILATERAL,
        )
        for one in versions.sessions_for(viewer, ATTENDANCE_MARK)
    ]


def guests(viewer: Viewer) -> Sequence[Any]:
    """Return everyone who takes part, as far as the viewer may see them, by sort name."""
    return db.session.execute(_guests(viewer).order_by(Person.collation, Person.name, Participation.id)).all()


def guest(viewer: Viewer, participation_id: UUID) -> Any:
    """Return one participant.

    :raises NotFound: missing or not permitted.
    """
    return or_not_found(db.session.execute(_guests(viewer).where(Participation.id == participation_id)).one_or_none())


def _guests(viewer: Viewer) -> Select[Any]:
    return (
        select(
            Participation.id,
            Person.name,
            Person.native,
            Person.sort_key,
            Person.email.is_not(None).label("gets_emails"),
            Party.code.label("party_code"),
            english().label("party_name"),
            Participation.present_from,
            Participation.present_to,
        )
        .select_from(Participation)
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(participants.visible(viewer, PARTICIPANTS_SEE))
    )


def table(viewer: Viewer, session_id: UUID, now: datetime) -> tuple[TableSession, Sequence[Any], set[UUID]]:
    """Return a session to mark, everyone who can be marked, and the ids of those present.

    :raises NotFound: the session is missing, restricted or on a later day, or the record is sealed.
    """
    session = session_to_mark(viewer, session_id)
    if is_sealed(viewer) or not session.can_be_marked(now):
        raise NotFound
    everyone, who = guests(viewer), hasher(viewer.here)
    marks = select(AttendanceMark.who).where(visible(viewer, ATTENDANCE_MARK), AttendanceMark.session_id == session_id)
    marked = set(db.session.scalars(marks))
    present = {one.id for one in everyone if who(session_id, one.id) in marked}
    return session.counted(everyone, len(present)), everyone, present


def session_to_mark(viewer: Viewer, session_id: UUID) -> TableSession:
    """Return a published, unrestricted session, without numbers of people.

    :raises NotFound: missing, not permitted or restricted.
    """
    found = (one for one in _sessions(viewer) if one.id == session_id and not one.is_restricted)
    return or_not_found(next(found, None))


def person_today(viewer: Viewer, participation_id: UUID, now: datetime) -> tuple[Any, list[TableSession], set[UUID]]:
    """Return a participant with today's sessions, and the ids of those where they are marked.

    :raises NotFound: missing or not permitted, or the record is sealed.
    """
    person = guest(viewer, participation_id)
    if is_sealed(viewer):
        raise NotFound
    today = [one for one in _sessions(viewer) if one.can_be_marked(now) and one.day == one.today(now)]
    marks = db.session.execute(
        select(AttendanceMark.session_id, AttendanceMark.who).where(
            visible(viewer, ATTENDANCE_MARK), AttendanceMark.session_id.in_([one.id for one in today])
        )
    )
    who = hasher(viewer.here)
    return person, today, {mark.session_id for mark in marks if mark.who == who(mark.session_id, participation_id)}


def badge_holder(viewer: Viewer, token: str, now: datetime) -> tuple[UUID, UUID]:
    """Return the meeting and participation of a code, if the viewer is on the liaison desk of that meeting.

    Valid and invalid codes cost the same number of queries, so that codes cannot be guessed by time.

    :raises NotFound: the code is invalid or expired, or the viewer may not mark attendance there.
    """
    link = accounts.link(token, LinkPurpose.ATTENDANCE, now)
    subject = link.subject if link is not None and link.live else uuid4()
    with reading(Purpose.SECRET_LINK):
        meeting_id = db.session.scalar(select(Participation.meeting_id).where(Participation.id == subject)) or uuid4()
    desk = roles.viewer_in_meeting(viewer, None, meeting_id, now)
    if desk is None or not desk.may(ATTENDANCE_MARK):
        raise NotFound
    return meeting_id, subject
