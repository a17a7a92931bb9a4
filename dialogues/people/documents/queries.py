"""Reads of sealed fields: who may read or enter them, which ones exist, and the viewer's own values."""

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from dialogues.meetings.roles.queries import counts_at, in_force
from dialogues.people.documents.models import DestructionCertificate, SealedField
from dialogues.people.documents.rules import NEEDS, PAPERS, deserialize_parts
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import english, visible
from dialogues.people.participants.rules.kinds import SealedKind, VisaStatus
from dialogues.people.participants.rules.standing import LIVE, ParticipationStatus
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
_ACTIONS = (PASSPORT_READ, PASSPORT_ENTER, NEEDS_READ, NEEDS_ENTER)
READ_ACTIONS = {**dict.fromkeys(PAPERS, PASSPORT_READ), **dict.fromkeys(NEEDS, NEEDS_READ)}
ENTER_ACTIONS = {**dict.fromkeys(PAPERS, PASSPORT_ENTER), **dict.fromkeys(NEEDS, NEEDS_ENTER)}


@dataclass(frozen=True, slots=True)
class TravelRecord:
    """Which sealed fields of one person exist, as far as the viewer may know.

    The last fields are the columns of `_people_query`. Templates show nothing of the content of `stored`.
    """

    readable: frozenset[SealedKind]
    enterable: frozenset[SealedKind]
    #: The enterable kinds that the viewer may save now. Only the liaison desk replaces what the person wrote.
    changeable: frozenset[SealedKind]
    stored: Mapping[SealedKind, SealedField]
    person_id: UUID
    name: str
    native: str
    #: None for interpreters, like the party, because they belong to no party.
    participation_id: UUID | None
    party_code: str | None
    party_name: str | None
    present_from: date | None
    present_to: date | None
    #: None if the viewer may not see it, or the person has no participation.
    visa_status: VisaStatus | None


@dataclass(frozen=True, slots=True)
class OwnPapers:
    """The viewer's own sealed fields. A limited sign-in (`is_readable` False) gets no values."""

    person_id: UUID
    participation_id: UUID | None
    visa_status: VisaStatus
    needs_shared: bool
    is_readable: bool
    stored: Mapping[SealedKind, SealedField]
    values: Mapping[SealedKind, Mapping[str, str]]


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
    takes_part = and_(visible(viewer, action), Participation.status.in_(LIVE), _is_on_visible_list(viewer))
    return or_(takes_part, and_(is_interpreter(viewer.meeting_id), _interpreter_scope(viewer, action)))


def _is_on_visible_list(viewer: Viewer) -> ColumnElement[bool]:
    return or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE))


def is_interpreter(meeting_id: UUID) -> ColumnElement[bool]:
    """SQL condition: the person holds an accepted interpreter role for the meeting or the whole dialogue."""
    return (
        exists()
        .where(
            RoleGrant.person_id == Person.id,
            RoleGrant.role == Role.INTERPRETER,
            in_force(),
            counts_at(meeting_id),
        )
        .correlate(Person)
    )


def _interpreter_scope(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    scopes = viewer.scopes(action)
    if Scope.ALL in scopes:
        return true()
    return Person.id == viewer.person_id if Scope.OWN in scopes else false()


def travel_record(viewer: Viewer, person_id: UUID, now: datetime) -> TravelRecord:
    """Travel record of another person.

    :raises NotFound: missing, not permitted, or the viewer's own, which has a page of its own.
    """
    return or_not_found(next(iter(_travel_records(viewer, now, Person.id == person_id)), None))


def list_travel_records(viewer: Viewer, now: datetime) -> list[TravelRecord]:
    """Travel records of everyone else the viewer may see, in order of party and name. Two statements.

    :raises NotFound: the viewer may see only their own.
    """
    if not viewer.scopes(VISA_STATUS_SEE) - {Scope.OWN}:
        raise NotFound
    return _travel_records(viewer, now, true())


def _travel_records(viewer: Viewer, now: datetime, condition: ColumnElement[bool]) -> list[TravelRecord]:
    rows = db.session.execute(_people_query(viewer).where(condition)).all()
    stored = _load_fields(viewer, [row.person_id for row in rows], now) if rows else {}
    return [_travel_record(viewer, row, stored[row.person_id]) for row in rows]


def _people_query(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Columns of `TravelRecord`, then per action in `_ACTIONS` whether it reaches the person."""
    sees_visa_status = can_access(viewer, VISA_STATUS_SEE)
    columns = (
        Person.id.label("person_id"),
        Person.name,
        Person.native,
        Participation.id.label("participation_id"),
        Party.code,
        english(),
        Participation.present_from,
        Participation.present_to,
        case((sees_visa_status, Participation.visa_status), else_=None),
        *(case((can_access(viewer, action), true()), else_=false()) for action in _ACTIONS),
    )
    order = precedence_sort_key(order_at(viewer.here), Participation.party_id)
    return select_others(viewer, columns, VISA_STATUS_SEE, *_ACTIONS).order_by(order, Person.collation, Person.id)


def select_others(viewer: Viewer, columns: Sequence[Any], *actions: Action) -> Select[*tuple[Any, ...]]:
    """Selects from the other people whom one of the actions reaches, with their participation and party, if any.

    Interpreters can also be nominees of a list that the viewer may not see: that participation is left out.
    """
    is_here = and_(Participation.person_id == Person.id, Participation.meeting_id == viewer.here)
    takes_part = and_(is_here, _is_on_visible_list(viewer))
    return (
        select(*columns)
        .select_from(Person)
        .outerjoin(Participation, takes_part)
        .outerjoin(Party, Party.id == Participation.party_id)
        .where(
            Person.dialogue_id == viewer.dialogue_id,
            Person.id != viewer.person_id,
            or_(*(can_access(viewer, action) for action in actions)),
        )
    )


@reading(Purpose.VISIBLE_IDS)
def _load_fields(
    viewer: Viewer, people: Collection[UUID], now: datetime
) -> Mapping[UUID, dict[SealedKind, SealedField]]:
    place = or_not_found(viewer.place)
    found = select(SealedField).where(
        SealedField.meeting_id == place.meeting_id,
        SealedField.person_id.in_(people),
        SealedField.purge_on > today_in(place.zone, now),
    )
    by_person = defaultdict[UUID, dict[SealedKind, SealedField]](dict)
    for field in db.session.scalars(found):
        by_person[field.person_id][field.kind] = field
        # Detached, because a page shows the fields also after a command has ended the transaction.
        db.session.expunge(field)
    return by_person


def _travel_record(viewer: Viewer, row: Any, stored: Mapping[SealedKind, SealedField]) -> TravelRecord:
    columns, flags = row[: -len(_ACTIONS)], row[-len(_ACTIONS) :]
    allowed = {action for action, is_allowed in zip(_ACTIONS, flags, strict=True) if is_allowed}
    readable = frozenset(kind for kind, action in READ_ACTIONS.items() if action in allowed)
    enterable = frozenset(kind for kind, action in ENTER_ACTIONS.items() if action in allowed)
    known = {kind: field for kind, field in stored.items() if kind in readable | enterable}
    theirs = {kind for kind, field in stored.items() if field.by_person and not may_replace(viewer, kind)}
    return TravelRecord(readable, enterable, enterable - theirs, known, *columns)


def may_replace(viewer: Viewer, kind: SealedKind) -> bool:
    """Whether the viewer may replace what other people wrote themselves."""
    return Scope.ALL in viewer.scopes(ENTER_ACTIONS[kind])


def checksum(fields: Iterable[SealedField | None]) -> int:
    """Checksum for optimistic locking over a set of fields; fields that do not exist count as nothing."""
    rows = sorted(f"{field.id}:{field.version}" for field in fields if field is not None)
    return zlib.crc32("\n".join(rows).encode())


def own_papers(viewer: Viewer, now: datetime) -> OwnPapers:
    """The viewer's own sealed fields for the current meeting.

    :raises NotFound: they neither take part nor interpret in it.
    """
    row = or_not_found(db.session.execute(_own_query(viewer)).one_or_none())
    stored = _load_fields(viewer, [row.person_id], now)[row.person_id]
    return OwnPapers(
        person_id=row.person_id,
        participation_id=row.participation_id,
        visa_status=row.visa_status or VisaStatus.UNKNOWN,
        needs_shared=bool(row.needs_shared),
        is_readable=not viewer.is_limited,
        stored=stored,
        values={} if viewer.is_limited else {kind: opened(field) for kind, field in stored.items()},
    )


def _own_query(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    if Scope.OWN not in viewer.scopes(PASSPORT_ENTER):
        raise NotFound
    here, is_confirmed = viewer.here, Participation.status == ParticipationStatus.CONFIRMED
    takes_part = and_(Participation.person_id == Person.id, Participation.meeting_id == here, is_confirmed)
    return (
        select(
            Person.id.label("person_id"),
            Participation.id.label("participation_id"),
            Participation.visa_status,
            Participation.needs_shared,
        )
        .outerjoin(Participation, takes_part)
        .where(limited_to_viewer(Person.id == viewer.person_id), or_(is_confirmed, is_interpreter(here)))
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
    found = defaultdict[UUID, list[SealedField]](list)
    for field, zone in rows:
        if field.purge_on <= today_in(zone, now):
            found[field.meeting_id].append(field)
    return found
