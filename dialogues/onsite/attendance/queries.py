"""Attendance, for the liaison desk only until the record is sealed; after that for nobody."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from dialogues.agenda.versions.queries import published as versions
from dialogues.agenda.versions.queries.published import ReleasedSession
from dialogues.agenda.versions.rules import Admits, SessionKind
from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal
from dialogues.lib.encryption.names import KeyName, Place
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.roles import queries as roles
from dialogues.onsite.attendance.models import AttendanceMark, AttendanceSeal
from dialogues.onsite.attendance.rules import is_expected
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants
from dialogues.policy import ATTENDANCE_LINE_SEE, ATTENDANCE_MARK, PARTICIPANTS_SEE, Action, Scope

#: All hashes of a meeting use this version of its key, because the same person must get the same hash.
_HASHED_WITH = 1


def hashes(meeting_id: UUID, session_id: UUID, participation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return a keyed hash for each participation that identifies its marks in the session.

    The hash does not reveal the participation without the key of the meeting.
    """
    store, name = key_store(), _key(meeting_id)
    store.current(name)
    secret = hmac.digest(store.version(name, _HASHED_WITH).secret, b"who was at the table", "sha256")
    return {
        one: hmac.new(secret, session_id.bytes + one.bytes, hashlib.sha256).hexdigest() for one in participation_ids
    }


def sealed(participation_id: UUID, *, mark_id: UUID, meeting_id: UUID, dialogue_id: UUID) -> bytes:
    """Return the participation id encrypted with the key of the meeting."""
    place = Place("attendance_mark", "participation", mark_id, dialogue_id)
    return seal(key_store(), _key(meeting_id), place, participation_id.bytes)


def _key(meeting_id: UUID) -> KeyName:
    return KeyName("attendance", meeting_id)


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter of the marks an action reaches in the current meeting; none once the record is sealed."""
    if viewer.meeting_id is None:
        return false()
    here = AttendanceMark.meeting_id == viewer.meeting_id
    still_open = ~exists().where(AttendanceSeal.meeting_id == AttendanceMark.meeting_id)
    return and_(here, still_open, or_(false(), *(_reach(scope) for scope in viewer.scopes(action))))


def _reach(scope: Scope) -> ColumnElement[bool]:
    # Only ALL, because Scope.SEALED shows only that a record exists, and narrower scopes do not mark attendance.
    return true() if scope is Scope.ALL else false()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSession:
    """A session as the liaison desk sees it: time and rooms, never the title.

    `rooms` is empty for sessions by invitation.
    """

    id: UUID
    starts: datetime
    ends: datetime
    zone: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A participant as listed at the liaison desk."""

    id: UUID
    name: str
    native: str
    sort_key: str
    party_code: str
    party_name: str
    present_from: date | None
    present_to: date | None
    gets_emails: bool

    def is_expected_on(self, day: date) -> bool:
        """Whether the person registered to be there on that day."""
        return is_expected(self.present_from, self.present_to, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAttendance:
    """A session with everyone who can be marked, and the ids of those present."""

    session: TableSession
    guests: tuple[Guest, ...]
    present: frozenset[UUID]


def is_sealed(viewer: Viewer) -> bool:
    """Whether the record of the current meeting is sealed."""
    return _sealed_at(viewer) is not None


def _sealed_at(viewer: Viewer) -> datetime | None:
    here = viewer.meeting_id
    return db.session.scalar(select(AttendanceSeal.sealed_at).where(AttendanceSeal.meeting_id == here))


@dataclass(frozen=True, slots=True)
class SealedLine:
    """The only thing shown of a sealed record: the time of sealing."""

    sealed_at: datetime


@reading(Purpose.CHECK)
def sealed_line(viewer: Viewer) -> SealedLine | None:
    """Return when the current meeting's record was sealed.

    None if it is not sealed, has no marks, or the viewer may not know of it.
    """
    sealed = Scope.SEALED in viewer.scopes(ATTENDANCE_LINE_SEE) and viewer.place and viewer.meeting_id
    if not sealed:
        return None
    at = db.session.scalar(
        select(AttendanceSeal.sealed_at).where(
            AttendanceSeal.meeting_id == sealed,
            exists().where(AttendanceMark.meeting_id == AttendanceSeal.meeting_id),
        )
    )
    return SealedLine(at) if at is not None else None


def sessions(viewer: Viewer) -> list[TableSession]:
    """Return the published sessions of the current meeting with the numbers of people expected and present."""
    counts = Counter[UUID]()
    for session_id in db.session.scalars(select(AttendanceMark.session_id).where(visible(viewer, ATTENDANCE_MARK))):
        counts[session_id] += 1
    everyone = guests(viewer)
    return [
        _table_session(session, everyone, counts[session.session_id])
        for session in versions.sessions_for(viewer, ATTENDANCE_MARK)
    ]


def _table_session(session: ReleasedSession, everyone: list[Guest], present: int) -> TableSession:
    restricted, day = _is_restricted(session), session.starts.date()
    return TableSession(
        id=session.session_id,
        starts=session.starts,
        ends=session.ends,
        zone=session.zone,
        rooms=() if session.admits is Admits.INVITED else session.rooms,
        is_restricted=restricted,
        present=present,
        expected=0 if restricted else sum(one.is_expected_on(day) for one in everyone),
    )


def _is_restricted(session: ReleasedSession) -> bool:
    """Whether only those in the session may know who attends: sessions by invitation, and bilateral ones."""
    return session.admits is Admits.INVITED or session.kind is SessionKind.BILATERAL


def guests(viewer: Viewer) -> list[Guest]:
    """Return everyone who takes part, as far as the viewer may see them, by sort name."""
    rows = db.session.execute(_guests(viewer).order_by(Person.collation, Person.name, Participation.id))
    return [_guest(row) for row in rows]


def guest(viewer: Viewer, participation_id: UUID) -> Guest:
    """Return one participant.

    :raises NotFound: missing or not permitted.
    """
    row = or_not_found(db.session.execute(_guests(viewer).where(Participation.id == participation_id)).one_or_none())
    return _guest(row)


def _guests(viewer: Viewer) -> Any:
    return (
        select(
            Participation.id,
            Person.name,
            Person.native,
            Person.sort_key,
            Person.email.is_not(None).label("gets_emails"),
            Party.code.label("party_code"),
            Party.names,
            Participation.present_from,
            Participation.present_to,
        )
        .select_from(Participation)
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(participants.visible(viewer, PARTICIPANTS_SEE))
    )


def _guest(row: Any) -> Guest:
    return Guest(
        id=row.id,
        name=row.name,
        native=row.native,
        sort_key=row.sort_key,
        party_code=row.party_code,
        party_name=row.names.get("en", row.party_code),
        present_from=row.present_from,
        present_to=row.present_to,
        gets_emails=bool(row.gets_emails),
    )


def table(viewer: Viewer, session_id: UUID, now: datetime) -> SessionAttendance:
    """Return a session to mark, with everyone who can be marked.

    :raises NotFound: the session is missing, restricted or on a later day, or the record is sealed.
    """
    session = session_to_mark(viewer, session_id)
    if is_sealed(viewer) or not session.can_be_marked(now):
        raise NotFound
    everyone = guests(viewer)
    present = _present(viewer, session_id, [one.id for one in everyone])
    expected = sum(one.is_expected_on(session.day) for one in everyone)
    counted = TableSession(
        id=session.id,
        starts=session.starts,
        ends=session.ends,
        zone=session.zone,
        rooms=session.rooms,
        is_restricted=False,
        present=len(present),
        expected=expected,
    )
    return SessionAttendance(session=counted, guests=tuple(everyone), present=present)


def session_to_mark(viewer: Viewer, session_id: UUID) -> TableSession:
    """Return a published, unrestricted session, without numbers of people.

    :raises NotFound: missing, not permitted or restricted.
    """
    for session in versions.sessions_for(viewer, ATTENDANCE_MARK):
        if session.session_id == session_id and not _is_restricted(session):
            return _table_session(session, [], 0)
    raise NotFound


def _present(viewer: Viewer, session_id: UUID, participation_ids: list[UUID]) -> frozenset[UUID]:
    if viewer.meeting_id is None:
        return frozenset()
    marked = set(
        db.session.scalars(
            select(AttendanceMark.who).where(visible(viewer, ATTENDANCE_MARK), AttendanceMark.session_id == session_id)
        )
    )
    hashed = hashes(viewer.meeting_id, session_id, participation_ids)
    return frozenset(one for one, who in hashed.items() if who in marked)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAttendance:
    """A participant with today's sessions and the ids of those where they are marked."""

    guest: Guest
    sessions: tuple[TableSession, ...]
    marked_in: frozenset[UUID]


def person_attendance(viewer: Viewer, participation_id: UUID, now: datetime) -> PersonAttendance:
    """Return the participant of a scanned code with today's sessions.

    :raises NotFound: missing or not permitted, or the record is sealed.
    """
    found = guest(viewer, participation_id)
    if is_sealed(viewer) or viewer.meeting_id is None:
        raise NotFound
    released = [_table_session(one, [], 0) for one in versions.sessions_for(viewer, ATTENDANCE_MARK)]
    today = [one for one in released if one.can_be_marked(now) and one.day == one.today(now)]
    marks = db.session.execute(
        select(AttendanceMark.session_id, AttendanceMark.who).where(
            visible(viewer, ATTENDANCE_MARK), AttendanceMark.session_id.in_([one.id for one in today])
        )
    )
    place = viewer.meeting_id
    marked = {row.session_id for row in marks if row.who == hashes(place, row.session_id, [found.id])[found.id]}
    return PersonAttendance(guest=found, sessions=tuple(today), marked_in=frozenset(marked))


@dataclass(frozen=True, slots=True)
class BadgeHolder:
    """The participation a code belongs to, and its meeting."""

    meeting_id: UUID
    participation_id: UUID


def badge_holder(viewer: Viewer, token: str, now: datetime) -> BadgeHolder:
    """Return whose code it is, if the viewer is on the liaison desk of that meeting.

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
    return BadgeHolder(meeting_id, subject)
