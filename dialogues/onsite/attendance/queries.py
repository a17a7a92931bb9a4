"""Reads about who is at the table: for the liaison desk until the record is sealed, and afterwards for nobody."""

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
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal
from dialogues.lib.encryption.names import KeyName, Place
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.roles import queries as roles
from dialogues.onsite.attendance.models import AttendanceMark, AttendanceSeal
from dialogues.onsite.attendance.rules import is_expected
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants
from dialogues.policy import ATTENDANCE_LINE_SEE, ATTENDANCE_MARK, PARTICIPANTS_SEE, Action, Scope

#: Hashes of one meeting are made with one version of its key, so that the same person is found again.
_HASHED_WITH = 1


def hashes(meeting_id: UUID, session_id: UUID, participation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """For each participation what stands for it among the marks of the session; nobody finds the way back."""
    store, name = key_store(), _key(meeting_id)
    store.current(name)
    secret = hmac.digest(store.version(name, _HASHED_WITH).secret, b"who was at the table", "sha256")
    return {
        one: hmac.new(secret, session_id.bytes + one.bytes, hashlib.sha256).hexdigest() for one in participation_ids
    }


def sealed(participation_id: UUID, *, mark_id: UUID, meeting_id: UUID, dialogue_id: UUID) -> bytes:
    """Whom the mark is about, readable with the meeting's key only."""
    place = Place("attendance_mark", "participation", mark_id, dialogue_id)
    return seal(key_store(), _key(meeting_id), place, participation_id.bytes)


def _key(meeting_id: UUID) -> KeyName:
    return KeyName("attendance", meeting_id)


def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """The marks that an action reaches, in the meeting the viewer stands in: none once the record is sealed."""
    if viewer.place is None or viewer.place.meeting_id is None:
        return false()
    here = AttendanceMark.meeting_id == viewer.place.meeting_id
    still_open = ~exists().where(AttendanceSeal.meeting_id == AttendanceMark.meeting_id)
    return and_(here, still_open, or_(false(), *(_reach(scope) for scope in viewer.scopes(action))))


def _reach(scope: Scope) -> ColumnElement[bool]:
    # A sealed line names nobody, and no narrower scope has anything to do at the desk.
    return true() if scope is Scope.ALL else false()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSession:
    """A session as the desk knows it: when and where, never what about; of a restricted one only when."""

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
        """The date at the table."""
        return now.astimezone(self.starts.tzinfo).date()

    def is_running(self, now: datetime) -> bool:
        """Whether it takes place at this moment."""
        return self.starts <= now < self.ends

    def can_be_marked(self, now: datetime) -> bool:
        """Whether its attendance is taken: from its day on, and never of a restricted session."""
        return not self.is_restricted and self.day <= self.today(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Someone who comes to the meeting, as the desk calls them up."""

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
        """Whether the person wrote down to be there on that day."""
        return is_expected(self.present_from, self.present_to, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One session with everyone who may be marked, and who is."""

    session: TableSession
    guests: tuple[Guest, ...]
    present: frozenset[UUID]


def is_sealed(viewer: Viewer) -> bool:
    """Whether the record of the meeting the viewer stands in is sealed."""
    return _sealed_at(viewer) is not None


def _sealed_at(viewer: Viewer) -> datetime | None:
    here = viewer.place.meeting_id if viewer.place else None
    return db.session.scalar(select(AttendanceSeal.sealed_at).where(AttendanceSeal.meeting_id == here))


@dataclass(frozen=True, slots=True)
class SealedLine:
    """All that is ever said of a sealed record: since when."""

    sealed_at: datetime


def sealed_line(viewer: Viewer) -> SealedLine | None:
    """The line that a sealed record of the meeting exists, for those who may see it; None: there is none for them."""
    sealed = Scope.SEALED in viewer.scopes(ATTENDANCE_LINE_SEE) and viewer.place and viewer.place.meeting_id
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
    """The released sessions of the meeting the viewer stands in, with how many are expected and marked."""
    counts = Counter[UUID]()
    for session_id in db.session.scalars(select(AttendanceMark.session_id).where(visible(viewer, ATTENDANCE_MARK))):
        counts[session_id] += 1
    everyone = guests(viewer)
    return [
        _at_table(session, everyone, counts[session.session_id])
        for session in versions.sessions_for(viewer, ATTENDANCE_MARK)
    ]


def _at_table(session: ReleasedSession, everyone: list[Guest], present: int) -> TableSession:
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
    """Whether nobody but those who are there is to know who is: a restricted list, or two parties by themselves."""
    return session.admits is Admits.INVITED or session.kind is SessionKind.BILATERAL


def guests(viewer: Viewer) -> list[Guest]:
    """Everyone who comes, by the name they are listed under, as far as the viewer may see them."""
    rows = db.session.execute(_guests(viewer).order_by(Person.collation, Person.name, Participation.id))
    return [_guest(row) for row in rows]


def guest(viewer: Viewer, participation_id: UUID) -> Guest:
    """One of those who come.

    :raises Unseen: there is none, or not for this viewer.
    """
    row = db.session.execute(_guests(viewer).where(Participation.id == participation_id)).one_or_none()
    if row is None:
        raise NotFound
    return _guest(row)


def _guests(viewer: Viewer) -> Any:
    return (
        select(
            Participation.id,
            Person.name,
            Person.native,
            Person.sort_key,
            Person.email.is_not(None).label("gets_letters"),
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


def table(viewer: Viewer, session_id: UUID, now: datetime) -> Table:
    """A session whose attendance is taken, with everyone who may be marked.

    :raises Unseen: there is none, it is restricted or on a later day, or the record is sealed.
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
    return Table(session=counted, guests=tuple(everyone), present=present)


def session_to_mark(viewer: Viewer, session_id: UUID) -> TableSession:
    """A session whose attendance the desk takes: released, and of no restricted list.

    :raises Unseen: there is none such.
    """
    for session in versions.sessions_for(viewer, ATTENDANCE_MARK):
        if session.session_id == session_id and not _is_restricted(session):
            return _at_table(session, [], 0)
    raise NotFound


def _present(viewer: Viewer, session_id: UUID, participation_ids: list[UUID]) -> frozenset[UUID]:
    if viewer.place is None or viewer.place.meeting_id is None:
        return frozenset()
    marked = set(
        db.session.scalars(
            select(AttendanceMark.who).where(visible(viewer, ATTENDANCE_MARK), AttendanceMark.session_id == session_id)
        )
    )
    hashed = hashes(viewer.place.meeting_id, session_id, participation_ids)
    return frozenset(one for one, who in hashed.items() if who in marked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """In which of today's sessions someone is marked."""

    guest: Guest
    sessions: tuple[TableSession, ...]
    marked_in: frozenset[UUID]


def presence(viewer: Viewer, participation_id: UUID, now: datetime) -> Presence:
    """Someone whose code was shown at the desk, with the sessions of today.

    :raises Unseen: there is none such for this viewer, or the record is sealed.
    """
    found = guest(viewer, participation_id)
    if is_sealed(viewer) or viewer.place is None or viewer.place.meeting_id is None:
        raise NotFound
    released = [_at_table(one, [], 0) for one in versions.sessions_for(viewer, ATTENDANCE_MARK)]
    today = [one for one in released if one.can_be_marked(now) and one.day == one.today(now)]
    marks = db.session.execute(
        select(AttendanceMark.session_id, AttendanceMark.who).where(
            visible(viewer, ATTENDANCE_MARK), AttendanceMark.session_id.in_([one.id for one in today])
        )
    )
    place = viewer.place.meeting_id
    marked = {row.session_id for row in marks if row.who == hashes(place, row.session_id, [found.id])[found.id]}
    return Presence(guest=found, sessions=tuple(today), marked_in=frozenset(marked))


@dataclass(frozen=True, slots=True)
class BadgeHolder:
    """Whom a code is about, and at which meeting."""

    meeting_id: UUID
    participation_id: UUID


def bearer(viewer: Viewer, token: str, now: datetime) -> BadgeHolder:
    """Whom the code is about, if the viewer is that meeting's liaison desk; as many queries whatever the code is.

    :raises Unseen: it is no code, not any more, or the viewer is somebody else.
    """
    link = accounts.link(token, LinkPurpose.ATTENDANCE, now)
    subject = link.subject if link is not None and link.live else uuid4()
    meeting_id = db.session.scalar(select(Participation.meeting_id).where(Participation.id == subject)) or uuid4()
    desk = roles.viewer_in_meeting(viewer, None, meeting_id, now)
    if desk is None or not desk.may(ATTENDANCE_MARK):
        raise NotFound
    return BadgeHolder(meeting_id, subject)
