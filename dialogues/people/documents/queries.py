"""Reads of sealed fields: who may read or enter them, which ones exist, and the viewer's own values."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, or_, select, true

from dialogues.core.common.read_guard import limited_to_viewer, limits_rows, reading
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal_text
from dialogues.lib.encryption.names import KeyErased, KeyName, Place
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Meeting, Party, Person
from dialogues.meetings.precedence.queries import order_at, precedence_sort_key
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.documents.models import DestructionCertificate, SealedField
from dialogues.people.documents.rules import NEEDS, PAPERS, deserialize_parts
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import english, visible
from dialogues.people.participants.rules.kinds import SealedKind, VisaStatus
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import (
    DESTRUCTION_SEE,
    NEEDS_ENTER,
    NEEDS_READ,
    NOMINATIONS_SEE,
    PARTICIPANTS_SEE,
    PASSPORT_ENTER,
    PASSPORT_READ,
    VISA_STATUS_SEE,
    Action,
    Condition,
    Role,
    Scope,
)

_PURPOSE = "sealed_fields"
_LIVE = [status for status in ParticipationStatus if status.is_live]
_ACTIONS = (VISA_STATUS_SEE, PASSPORT_READ, PASSPORT_ENTER, NEEDS_READ, NEEDS_ENTER)
READ_ACTIONS = {**dict.fromkeys(PAPERS, PASSPORT_READ), **dict.fromkeys(NEEDS, NEEDS_READ)}
ENTER_ACTIONS = {**dict.fromkeys(PAPERS, PASSPORT_ENTER), **dict.fromkeys(NEEDS, NEEDS_ENTER)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredField:
    """Metadata of one stored sealed field, without its content."""

    kind: SealedKind
    entered_at: datetime
    purge_on: date
    by_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelRecord:
    """Which sealed fields of one person exist, as far as the viewer may know. Never their content."""

    person_id: UUID
    name: str
    native: str
    #: None for interpreters, because they belong to no party.
    participation_id: UUID | None
    party_code: str
    party_name: str
    present_from: date | None
    present_to: date | None
    #: None if the viewer may not see it, or the person has no participation.
    visa_status: VisaStatus | None
    readable: frozenset[SealedKind]
    enterable: frozenset[SealedKind]
    stored: Mapping[SealedKind, StoredField]
    #: Checksum per kind, for optimistic locking.
    checksums: Mapping[SealedKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPapers:
    """The viewer's own sealed fields. A limited sign-in (`is_readable` False) gets metadata without values."""

    person_id: UUID
    participation_id: UUID | None
    visa_status: VisaStatus
    needs_shared: bool
    is_readable: bool
    stored: Mapping[SealedKind, StoredField]
    values: Mapping[SealedKind, Mapping[str, str]]
    checksum: int


def today_in(zone: str, now: datetime) -> date:
    """Returns the current date in the time zone of the meeting."""
    return now.astimezone(ZoneInfo(zone)).date()


def key_name(key_id: UUID) -> KeyName:
    """Names the key for all sealed fields of one person for one meeting."""
    return KeyName(_PURPOSE, key_id)


def value_place(field: SealedField) -> Place:
    return Place(SealedField.__tablename__, "value", field.id, field.dialogue_id)


def opened(field: SealedField) -> dict[str, str]:
    """Decrypts a field. The caller must have checked the right to read it.

    Empty once the key is erased, even if the row still exists.
    """
    try:
        return deserialize_parts(unseal_text(key_store(), key_name(field.key_id), value_place(field), field.value))
    except KeyErased:
        return {}


@limits_rows
def can_access(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """SQL condition for the persons the action reaches in the viewer's meeting. Join persons to their participation.

    Excludes persons whom the viewer may not see on any list. Interpreters need no nomination.
    """
    if viewer.meeting_id is None:
        return false()
    listed = or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE))
    takes_part = and_(visible(viewer, action), Participation.status.in_(_LIVE), listed)
    return or_(takes_part, and_(is_interpreter(viewer.meeting_id), _interpreter_scope(viewer, action)))


def is_interpreter(meeting_id: UUID) -> ColumnElement[bool]:
    """SQL condition: the person holds an accepted interpreter role for the meeting or the whole dialogue."""
    return (
        exists()
        .where(
            RoleGrant.person_id == Person.id,
            RoleGrant.role == Role.INTERPRETER,
            RoleGrant.accepted_at.is_not(None),
            RoleGrant.revoked_at.is_(None),
            or_(RoleGrant.meeting_id == meeting_id, RoleGrant.meeting_id.is_(None)),
        )
        .correlate(Person)
    )


def _interpreter_scope(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    scopes = viewer.scopes(action)
    if Scope.ALL in scopes:
        return true()
    return Person.id == viewer.person_id if Scope.OWN in scopes else false()


def reaches_others(viewer: Viewer) -> bool:
    """Whether the viewer may see travel records of anyone but themselves."""
    return bool(viewer.scopes(VISA_STATUS_SEE) - {Scope.OWN})


def travel_record(viewer: Viewer, person_id: UUID, now: datetime) -> TravelRecord:
    """Travel record of another person.

    :raises NotFound: missing, not permitted, or the viewer's own, which has a page of its own.
    """
    found = _travel_records(viewer, now, Person.id == person_id)
    if not found:
        raise NotFound
    return found[0]


def list_travel_records(viewer: Viewer, now: datetime) -> list[TravelRecord]:
    """Travel records of everyone else the viewer may see, in order of party and name. Two statements.

    :raises NotFound: the viewer may see only their own.
    """
    if not reaches_others(viewer):
        raise NotFound
    return _travel_records(viewer, now, true())


def _travel_records(viewer: Viewer, now: datetime, condition: ColumnElement[bool]) -> list[TravelRecord]:
    rows = db.session.execute(_people_query(viewer).where(condition, Person.id != viewer.person_id)).all()
    stored = _load_fields(viewer, [row.person_id for row in rows], now) if rows else {}
    return [_travel_record(row, stored.get(row.person_id, [])) for row in rows]


def _people_query(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    place = viewer.place
    if place is None or place.meeting_id is None:
        raise NotFound
    return (
        select(
            Person.id.label("person_id"),
            Person.name,
            Person.native,
            Participation.id.label("participation_id"),
            Participation.visa_status,
            Participation.present_from,
            Participation.present_to,
            Party.code.label("party_code"),
            english().label("party_name"),
            *(case((can_access(viewer, action), true()), else_=false()).label(_column(action)) for action in _ACTIONS),
        )
        .outerjoin(
            Participation, and_(Participation.person_id == Person.id, Participation.meeting_id == place.meeting_id)
        )
        .outerjoin(Party, Party.id == Participation.party_id)
        .where(Person.dialogue_id == place.dialogue_id, or_(*(can_access(viewer, action) for action in _ACTIONS)))
        .order_by(precedence_sort_key(order_at(place.meeting_id), Participation.party_id), Person.collation, Person.id)
    )


def _column(action: Action) -> str:
    return action.name.replace(".", "_")


@reading(Purpose.VISIBLE_IDS)
def _load_fields(viewer: Viewer, people: Iterable[UUID], now: datetime) -> dict[UUID, list[SealedField]]:
    place = or_not_found(viewer.place)
    found = select(SealedField).where(
        SealedField.meeting_id == place.meeting_id,
        SealedField.person_id.in_(list(people)),
        SealedField.purge_on > today_in(place.zone, now),
    )
    by_person: dict[UUID, list[SealedField]] = {}
    for field in db.session.scalars(found):
        by_person.setdefault(field.person_id, []).append(field)
    return by_person


def _travel_record(row: Any, fields: Iterable[SealedField]) -> TravelRecord:
    mapping = row._mapping
    readable = frozenset(kind for kind, action in READ_ACTIONS.items() if mapping[_column(action)])
    enterable = frozenset(kind for kind, action in ENTER_ACTIONS.items() if mapping[_column(action)])
    known = [field for field in fields if field.kind in readable | enterable]
    return TravelRecord(
        person_id=row.person_id,
        name=row.name,
        native=row.native,
        participation_id=row.participation_id,
        party_code=row.party_code or "",
        party_name=row.party_name or row.party_code or "",
        present_from=row.present_from,
        present_to=row.present_to,
        visa_status=row.visa_status if mapping[_column(VISA_STATUS_SEE)] else None,
        readable=readable,
        enterable=enterable,
        stored={field.kind: _stored_field(field) for field in known},
        checksums={field.kind: checksum([field]) for field in known},
    )


def _stored_field(field: SealedField) -> StoredField:
    return StoredField(
        kind=field.kind,
        entered_at=field.entered_at,
        purge_on=field.purge_on,
        by_person=field.entered_by == field.person_id,
    )


def checksum(fields: Iterable[SealedField]) -> int:
    """Checksum for optimistic locking over a set of fields."""
    rows = sorted(f"{field.id}:{field.version}" for field in fields)
    return zlib.crc32("\n".join(rows).encode())


def own_papers(viewer: Viewer, now: datetime) -> OwnPapers:
    """The viewer's own sealed fields for the current meeting.

    :raises NotFound: they neither take part nor interpret in it.
    """
    row = or_not_found(db.session.execute(_own_query(viewer)).one_or_none())
    fields = _load_fields(viewer, [row.person_id], now).get(row.person_id, [])
    return OwnPapers(
        person_id=row.person_id,
        participation_id=row.participation_id,
        visa_status=row.visa_status or VisaStatus.UNKNOWN,
        needs_shared=bool(row.needs_shared),
        is_readable=not viewer.is_limited,
        stored={field.kind: _stored_field(field) for field in fields},
        values={} if viewer.is_limited else {field.kind: opened(field) for field in fields},
        checksum=checksum(fields),
    )


def _own_query(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    place = viewer.place
    if place is None or place.meeting_id is None or Scope.OWN not in viewer.scopes(PASSPORT_ENTER):
        raise NotFound
    takes_part = Participation.status == ParticipationStatus.CONFIRMED
    return (
        select(
            Person.id.label("person_id"),
            Participation.id.label("participation_id"),
            Participation.visa_status,
            Participation.needs_shared,
        )
        .outerjoin(
            Participation,
            and_(Participation.person_id == Person.id, Participation.meeting_id == place.meeting_id, takes_part),
        )
        .where(limited_to_viewer(Person.id == viewer.person_id), or_(takes_part, is_interpreter(place.meeting_id)))
    )


def certificates(viewer: Viewer) -> list[DestructionCertificate]:
    """Destruction certificates of the viewer's meeting, newest first.

    Empty before the exchange for viewers who do not see nominations, because a count would reveal that someone was
    nominated and has left.
    """
    if viewer.place is None or Scope.ALL not in viewer.scopes(DESTRUCTION_SEE):
        raise NotFound
    if Condition.EXCHANGED not in viewer.conditions and Scope.ALL not in viewer.scopes(NOMINATIONS_SEE):
        return []
    found = select(DestructionCertificate).where(
        limited_to_viewer(DestructionCertificate.meeting_id == viewer.meeting_id)
    )
    return list(db.session.scalars(found.order_by(DestructionCertificate.at.desc(), DestructionCertificate.id)))


@reading(Purpose.UPKEEP)
def due_fields(now: datetime) -> dict[UUID, list[SealedField]]:
    """Fields due for destruction by meeting, in each meeting's time zone. System query, not filtered by viewer."""
    latest = today_in("Pacific/Kiritimati", now)
    rows = db.session.execute(
        select(SealedField, Meeting.zone)
        .join(Meeting, Meeting.id == SealedField.meeting_id)
        .where(SealedField.purge_on <= latest)
        .order_by(SealedField.meeting_id, SealedField.id)
    )
    found: dict[UUID, list[SealedField]] = {}
    for field, zone in rows:
        if field.purge_on <= today_in(zone, now):
            found.setdefault(field.meeting_id, []).append(field)
    return found
