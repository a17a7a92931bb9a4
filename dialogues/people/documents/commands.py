"""Commands for sealed fields: people enter their own, others enter for them, and every read is logged."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, select, update

from dialogues.core.common.database import empty_log
from dialogues.core.common.read_guard import reading
from dialogues.core.common.transaction import Change, transaction, upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib import wall_time
from dialogues.lib.refusal import N_, NotFound, Refusal, or_not_found, refuse_stale
from dialogues.meetings.dialogues.models import Meeting, Party, Person
from dialogues.meetings.dialogues.operations import current_meeting
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.people.documents import operations
from dialogues.people.documents.models import AccessLogEntry, DestructionCertificate, SealedField
from dialogues.people.documents.queries import (
    ENTER_ACTIONS,
    READ_ACTIONS,
    can_access,
    checksum,
    due_fields,
    opened,
    own_papers,
    today_in,
)
from dialogues.people.documents.rules import (
    NEEDS,
    PAPERS,
    Parts,
    SealedFieldEntered,
    SealedFieldsDestroyed,
    SealedFieldSeen,
    VisaStatusChanged,
    arrives,
    check_parts,
    check_reason,
    departs,
    normalize_parts,
    reason_hash,
)
from dialogues.people.participants.models import Participation, Question
from dialogues.people.participants.rules.kinds import SealedKind, VisaStatus
from dialogues.people.participants.rules.steps import Step, with_saved
from dialogues.people.questionnaire.operations import purge_answers
from dialogues.policy import DESTRUCTION_SEE, PASSPORT_ENTER, PASSPORT_READ, Action, Role, Scope


def meetings_with_due_fields(now: datetime) -> list[UUID]:
    found = list(due_fields(now))
    db.session.rollback()
    return found


def destroy_due(meeting_id: UUID, now: datetime) -> int:
    """Destroys the due fields of one meeting and writes a certificate. Returns the number of fields.

    Safe to repeat after a crash, because fields of a rolled-back transaction are still due.
    """
    with transaction(system(Purpose.UPKEEP), DESTRUCTION_SEE) as change:
        fields = due_fields(now).get(meeting_id, [])
        if not fields:
            return 0
        counts = operations.destroy_fields(fields, now)
        _record_destruction(change, meeting_id, counts, now)
        return counts.total()


def _record_destruction(change: Change, meeting_id: UUID, counts: Mapping[str, int], now: datetime) -> None:
    certificate = operations.add_certificate(db.session.get_one(Meeting, meeting_id), counts, now)
    change.record(
        SealedFieldsDestroyed(
            about=certificate.id,
            dialogue_id=certificate.dialogue_id,
            meeting_id=meeting_id,
            fields=sum(counts.values()),
            at=now,
        )
    )


def destroy_answers(now: datetime) -> int:
    """Destroys answers to questionnaires whose purge date has come in every time zone. Returns their number.

    Each meeting gets a certificate.
    """
    day = _day_everywhere(now)
    waiting = select(Question.id).where(Question.purge_on <= day, Question.purged_at.is_(None)).limit(1)
    is_waiting = db.session.execute(waiting).first() is not None
    db.session.rollback()
    if not is_waiting:
        return 0
    with transaction(system(Purpose.UPKEEP), DESTRUCTION_SEE) as change:
        gone = 0
        for meeting_id, counts in purge_answers(day, now).items():
            if counts:
                _record_destruction(
                    change, meeting_id, {f"answer_{kind}": count for kind, count in counts.items()}, now
                )
                gone += sum(counts.values())
        return gone


def _day_everywhere(now: datetime) -> date:
    """The latest date that has begun in every time zone, so that nothing is destroyed too early anywhere."""
    return today_in("Etc/GMT+12", now)


def wipe_log(now: datetime) -> bool:
    """Empties the write-ahead log of destroyed rows. Returns False if a reader blocked it; then try again later."""
    waiting = select(DestructionCertificate.id).where(DestructionCertificate.wiped_at.is_(None))
    with reading(Purpose.UPKEEP):
        certificates = list(db.session.scalars(waiting))
    db.session.rollback()
    if not certificates:
        return True
    if not empty_log():
        # The next sweep tries again, because a reader still uses an older snapshot of the log.
        return False
    with upkeep(system(Purpose.UPKEEP)) as session:
        wiped = update(DestructionCertificate).where(DestructionCertificate.id.in_(certificates))
        session.execute(wiped.values(wiped_at=now))
    return True


#: Roles that may read, in the order in which the access log prefers them.
_ACCESS_ROLES = (Role.LIAISON_DESK, Role.FOCAL_POINT)


def save_own(
    viewer: Viewer,
    typed: Mapping[SealedKind, Parts],
    *,
    visa_status: VisaStatus,
    needs_shared: bool,
    version: int,
    now: datetime,
    cleared: Collection[SealedKind] = (),
) -> None:
    """Seals the viewer's own fields of all kinds in one transaction.

    A limited sign-in does not see stored values. An empty field keeps the stored value unless its kind is in `cleared`.

    :raises Refusal: the meeting is over, the parts of a kind do not fit together, or the fields changed meanwhile.
    """
    with transaction(viewer, PASSPORT_ENTER) as change:
        own = own_papers(change.viewer, now)
        meeting = current_meeting(change)
        fields = operations.load_and_expire_fields(meeting, own.person_id, now)
        refuse_stale(checksum(fields.values()), version)
        entered = {kind: _validated(kind, parts, meeting) for kind, parts in typed.items()}
        gone = {kind for kind in cleared if change.viewer.is_limited and kind in fields and not entered[kind]}
        changed = {
            kind: parts
            for kind, parts in entered.items()
            if kind in gone or _should_seal(change.viewer, kind, fields.get(kind), parts)
        }
        if changed or needs_shared:
            # Only giving consent needs an open meeting, because it may be withdrawn at any time.
            _check_not_over(meeting, now)
        operations.seal_fields(meeting, own.person_id, fields, changed, by_person=own.person_id, now=now, cleared=gone)
        for kind in changed:
            change.record(SealedFieldEntered(**_event_ids(meeting, own.person_id), kind=kind, at=now))
        if own.participation_id is not None:
            _save_step(change, db.session.get_one(Participation, own.participation_id), visa_status, needs_shared, now)


def _should_seal(viewer: Viewer, kind: SealedKind, field: SealedField | None, parts: Parts) -> bool:
    """Whether to seal the parts.

    A limited sign-in always seals them, because skipping equal values would reveal what is stored.
    """
    if viewer.is_limited and field is not None:
        return bool(parts)
    return _differs(kind, field, parts)


def _differs(kind: SealedKind, field: SealedField | None, parts: Parts) -> bool:
    if field is None:
        return bool(parts) or kind in NEEDS
    return opened(field) != parts


def _save_step(
    change: Change, participation: Participation, visa_status: VisaStatus, needs_shared: bool, now: datetime
) -> None:
    participation.needs_shared = needs_shared
    participation.steps = with_saved(participation.steps, Step.NEEDS)
    _set_visa_status(change, participation, visa_status, now)


def enter_for(viewer: Viewer, person_id: UUID, kind: SealedKind, typed: Parts, *, version: int, now: datetime) -> None:
    """Seals one kind for another person. Only the liaison desk may replace what the person entered.

    :raises Refusal: the meeting is over, the parts do not fit together, there is nothing to save, the person entered
        the field, or it changed meanwhile.
    """
    with transaction(viewer, ENTER_ACTIONS[kind]) as change:
        meeting = current_meeting(change)
        _check_access(change, ENTER_ACTIONS[kind], person_id)
        _check_not_over(meeting, now)
        fields = operations.load_and_expire_fields(meeting, person_id, now)
        field = fields.get(kind)
        refuse_stale(checksum([field] if field else []), version)
        if field is not None and field.entered_by == person_id and not _has_scope_all(change, ENTER_ACTIONS[kind]):
            raise Refusal(N_("This person has written it down themself: ask them to change it."))
        parts = _validated(kind, typed, meeting)
        if not parts and kind in PAPERS and field is None:
            raise Refusal(N_("There is nothing to save yet: fill in what you know."))
        operations.seal_fields(meeting, person_id, fields, {kind: parts}, by_person=_actor_id(change), now=now)
        change.record(SealedFieldEntered(**_event_ids(meeting, person_id), kind=kind, at=now))


def set_visa_status(viewer: Viewer, person_id: UUID, status: VisaStatus, *, now: datetime) -> None:
    """:raises NotFound: the person is not permitted to the viewer or has no participation."""
    with transaction(viewer, PASSPORT_ENTER) as change:
        _check_access(change, PASSPORT_ENTER, person_id)
        found = select(Participation).where(
            Participation.meeting_id == current_meeting(change).id, Participation.person_id == person_id
        )
        participation = or_not_found(db.session.scalars(found).one_or_none())
        _set_visa_status(change, participation, status, now)


def _set_visa_status(change: Change, participation: Participation, status: VisaStatus, now: datetime) -> None:
    if participation.visa_status is status:
        return
    participation.visa_status = status
    change.record(VisaStatusChanged.of(participation, now))


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedField:
    """The content of one sealed field, for a single display."""

    kind: SealedKind
    parts: Mapping[str, str]
    version: int


def reveal_field(viewer: Viewer, person_id: UUID, kind: SealedKind, reason: str, *, now: datetime) -> RevealedField:
    """Decrypts one field of another person and logs who read it, when and why.

    :raises Refusal: the reason is missing or too long.
    :raises NotFound: missing or not permitted.
    """
    with transaction(viewer, READ_ACTIONS[kind]) as change:
        meeting = current_meeting(change)
        _check_access(change, READ_ACTIONS[kind], person_id)
        field = or_not_found(operations.load_and_expire_fields(meeting, person_id, now).get(kind))
        _log_access(change, field, check_reason(reason), now)
        return RevealedField(kind=kind, parts=opened(field), version=checksum([field]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One row of the arrivals board."""

    name: str
    native: str
    party_code: str
    arrives: datetime | None
    arrival: str
    departs: datetime | None
    departure: str
    note: str


def reveal_flights(viewer: Viewer, reason: str, *, now: datetime) -> list[Journey]:
    """Decrypts the flights of everyone the viewer may read, by arrival. Writes one access log entry per person.

    :raises Refusal: the reason is missing or too long.
    :raises NotFound: the viewer may not read all flights.
    """
    with transaction(viewer, PASSPORT_READ) as change:
        if not _has_scope_all(change, PASSPORT_READ):
            raise NotFound
        why = check_reason(reason)
        meeting = current_meeting(change)
        found = []
        for person, party_code, field in _flights(change, meeting, now):
            _log_access(change, field, why, now)
            parts = opened(field)
            found.append(
                Journey(
                    name=person.name,
                    native=person.native,
                    party_code=party_code or "",
                    arrives=arrives(parts),
                    arrival=parts.get("arrival", ""),
                    departs=departs(parts),
                    departure=parts.get("departure", ""),
                    note=parts.get("note", ""),
                )
            )
        return sorted(found, key=lambda journey: (journey.arrives is None, journey.arrives or now.replace(tzinfo=None)))


def _flights(change: Change, meeting: Meeting, now: datetime) -> list[Any]:
    found = (
        select(Person, Party.code, SealedField)
        .outerjoin(Participation, and_(Participation.person_id == Person.id, Participation.meeting_id == meeting.id))
        .outerjoin(Party, Party.id == Participation.party_id)
        .join(SealedField, and_(SealedField.person_id == Person.id, SealedField.meeting_id == meeting.id))
        .where(
            Person.dialogue_id == meeting.dialogue_id,
            can_access(change.viewer, PASSPORT_READ),
            Person.id != change.viewer.person_id,
            SealedField.kind == SealedKind.FLIGHTS,
            SealedField.purge_on > today_in(meeting.zone, now),
        )
        .order_by(Person.collation, Person.id)
    )
    return list(db.session.execute(found).all())


def _log_access(change: Change, field: SealedField, reason: str, now: datetime) -> None:
    look = AccessLogEntry(
        id=uuid4(),
        dialogue_id=field.dialogue_id,
        meeting_id=field.meeting_id,
        person_id=field.person_id,
        kind=field.kind,
        by_person=_actor_id(change),
        by_role=_access_role(change.viewer),
        at=now,
        reason=reason,
    )
    db.session.add(look)
    change.record(
        SealedFieldSeen(
            about=field.person_id,
            dialogue_id=field.dialogue_id,
            meeting_id=field.meeting_id,
            kind=field.kind,
            look_id=look.id,
            reason=reason_hash(reason),
            at=now,
        )
    )


def _access_role(viewer: Viewer) -> Role:
    return next(role for role in _ACCESS_ROLES if role in viewer.roles)


def _actor_id(change: Change) -> UUID:
    if change.viewer.person_id is None:
        raise NotFound
    return change.viewer.person_id


def _has_scope_all(change: Change, action: Action) -> bool:
    return Scope.ALL in change.viewer.scopes(action)


def _check_access(change: Change, action: Action, person_id: UUID) -> None:
    """:raises NotFound: not permitted, or the viewer's own fields, which have a page of their own."""
    meeting = current_meeting(change)
    found = (
        select(Person.id)
        .outerjoin(Participation, and_(Participation.person_id == Person.id, Participation.meeting_id == meeting.id))
        .where(
            Person.id == person_id,
            Person.id != change.viewer.person_id,
            Person.dialogue_id == meeting.dialogue_id,
            can_access(change.viewer, action),
        )
    )
    if db.session.execute(found).first() is None:
        raise NotFound


def _validated(kind: SealedKind, typed: Parts, meeting: Meeting) -> dict[str, str]:
    parts = normalize_parts(kind, typed)
    check_parts(kind, parts, days_of(meeting).last)
    if kind is SealedKind.FLIGHTS:
        for name, local in (("arrives_at", arrives(parts)), ("departs_at", departs(parts))):
            _check_time_exists(name, local, meeting.zone)
    return parts


def _check_time_exists(name: str, local: datetime | None, zone: str) -> None:
    """:raises Refusal: the time does not exist at the place of the meeting, because clocks change."""
    if local is None:
        return
    try:
        wall_time.resolve_local_time(local, zone, fold=0)
    except Refusal as refusal:
        raise Refusal(refusal.message, field=f"flights_{name}", **refusal.facts) from refusal


def _check_not_over(meeting: Meeting, now: datetime) -> None:
    """:raises Refusal: the meeting is cancelled, closed or over."""
    if meeting.status in {MeetingStatus.CANCELLED, MeetingStatus.CLOSED}:
        raise Refusal(N_("This meeting was cancelled or closed: nothing more is collected."))
    if today_in(meeting.zone, now) > _last_day(meeting):
        raise Refusal(N_("This meeting is over: nothing more is collected, and what is there will be destroyed."))


def _last_day(meeting: Meeting) -> date:
    return days_of(meeting).last


def _event_ids(meeting: Meeting, person_id: UUID) -> dict[str, Any]:
    return {"about": person_id, "dialogue_id": meeting.dialogue_id, "meeting_id": meeting.id}
