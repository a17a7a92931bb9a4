"""Commands for sealed fields: people enter their own, others enter for them, and every read is logged."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
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
from dialogues.meetings.dialogues.rules.kinds import OVER
from dialogues.people.documents import operations
from dialogues.people.documents.models import AccessLogEntry, DestructionCertificate, SealedField
from dialogues.people.documents.queries import (
    ENTER_ACTIONS,
    READ_ACTIONS,
    checksum,
    due_fields,
    may_replace,
    opened,
    own_papers,
    select_others,
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
    check_parts,
    check_reason,
    local_time,
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
    # The date that has begun in every time zone, so that nothing is destroyed too early anywhere.
    day = today_in("Etc/GMT+12", now)
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
        _record_entered(change, own.person_id, changed, now)
        if own.participation_id is not None:
            participation = db.session.get_one(Participation, own.participation_id)
            participation.needs_shared = needs_shared
            participation.steps = with_saved(participation.steps, Step.NEEDS)
            _set_visa_status(change, participation, visa_status, now)


def _should_seal(viewer: Viewer, kind: SealedKind, field: SealedField | None, parts: Parts) -> bool:
    if field is None:
        return bool(parts) or kind in NEEDS
    # A limited sign-in always seals what was typed, because skipping equal values would reveal what is stored.
    return bool(parts) if viewer.is_limited else opened(field) != parts


def _record_entered(change: Change, person_id: UUID, kinds: Iterable[SealedKind], now: datetime) -> None:
    for kind in kinds:
        change.record(
            SealedFieldEntered(
                about=person_id,
                dialogue_id=change.viewer.dialogue_id,
                meeting_id=change.viewer.meeting_id,
                kind=kind,
                at=now,
            )
        )


def enter_for(viewer: Viewer, person_id: UUID, kind: SealedKind, typed: Parts, *, version: int, now: datetime) -> None:
    """Seals one kind for another person. Only the liaison desk may replace what the person entered.

    :raises Refusal: the meeting is over, the parts do not fit together, there is nothing to save, the person entered
        the field, or it changed meanwhile.
    """
    with transaction(viewer, ENTER_ACTIONS[kind]) as change:
        meeting, entered_by = current_meeting(change), or_not_found(change.viewer.person_id)
        _check_access(change, ENTER_ACTIONS[kind], person_id)
        _check_not_over(meeting, now)
        fields = operations.load_and_expire_fields(meeting, person_id, now)
        field = fields.get(kind)
        refuse_stale(checksum([field]), version)
        if field is not None and field.by_person and not may_replace(change.viewer, kind):
            raise Refusal(N_("This person has written it down themself: ask them to change it."))
        parts = _validated(kind, typed, meeting)
        if not parts and kind in PAPERS and field is None:
            raise Refusal(N_("There is nothing to save yet: fill in what you know."))
        operations.seal_fields(meeting, person_id, fields, {kind: parts}, by_person=entered_by, now=now)
        _record_entered(change, person_id, [kind], now)


def set_visa_status(viewer: Viewer, person_id: UUID, status: VisaStatus, *, now: datetime) -> None:
    """:raises NotFound: the person is not permitted to the viewer or has no participation."""
    with transaction(viewer, PASSPORT_ENTER) as change:
        found = select_others(change.viewer, [Participation], PASSPORT_ENTER).where(Person.id == person_id)
        participation: Participation = or_not_found(db.session.scalars(found).one_or_none())
        _set_visa_status(change, participation, status, now)


def _set_visa_status(change: Change, participation: Participation, status: VisaStatus, now: datetime) -> None:
    if participation.visa_status is status:
        return
    participation.visa_status = status
    change.record(VisaStatusChanged.of(participation, now))


def reveal_field(viewer: Viewer, person_id: UUID, kind: SealedKind, reason: str, *, now: datetime) -> tuple[Parts, int]:
    """Decrypts one field of another person and logs who read it, when and why. Returns its parts and checksum.

    :raises Refusal: the reason is missing or too long.
    :raises NotFound: missing or not permitted.
    """
    with transaction(viewer, READ_ACTIONS[kind]) as change:
        meeting = current_meeting(change)
        _check_access(change, READ_ACTIONS[kind], person_id)
        field = or_not_found(operations.load_and_expire_fields(meeting, person_id, now).get(kind))
        _log_access(change, field, check_reason(reason), now)
        return opened(field), checksum([field])


def reveal_flights(viewer: Viewer, reason: str, *, now: datetime) -> list[tuple[Any, Parts]]:
    """Decrypts the flights of everyone the viewer may read. Writes one access log entry per person.

    Returns rows (name, native, party_code: None for interpreters) with the parts, by time of arrival.

    :raises Refusal: the reason is missing or too long.
    :raises NotFound: the viewer may not read all flights.
    """
    with transaction(viewer, PASSPORT_READ) as change:
        if Scope.ALL not in change.viewer.scopes(PASSPORT_READ):
            raise NotFound
        why = check_reason(reason)
        found = []
        for row in _flights(change, now):
            _log_access(change, row.SealedField, why, now)
            found.append((row, opened(row.SealedField)))
        # ISO times sort as text. People without a time of arrival come last.
        return sorted(found, key=lambda flight: flight[1].get("arrives_at", "9999"))


def _flights(change: Change, now: datetime) -> Sequence[Any]:
    meeting = current_meeting(change)
    found = (
        select_others(
            change.viewer, [Person.name, Person.native, Party.code.label("party_code"), SealedField], PASSPORT_READ
        )
        .join(SealedField, and_(SealedField.person_id == Person.id, SealedField.meeting_id == meeting.id))
        .where(SealedField.kind == SealedKind.FLIGHTS, SealedField.purge_on > today_in(meeting.zone, now))
        .order_by(Person.collation, Person.id)
    )
    return db.session.execute(found).all()


def _log_access(change: Change, field: SealedField, reason: str, now: datetime) -> None:
    look = AccessLogEntry(
        id=uuid4(),
        dialogue_id=field.dialogue_id,
        meeting_id=field.meeting_id,
        person_id=field.person_id,
        kind=field.kind,
        by_person=or_not_found(change.viewer.person_id),
        by_role=next(role for role in _ACCESS_ROLES if role in change.viewer.roles),
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


def _check_access(change: Change, action: Action, person_id: UUID) -> None:
    """:raises NotFound: not permitted, or the viewer's own fields, which have a page of their own."""
    found = select_others(change.viewer, [Person.id], action).where(Person.id == person_id)
    or_not_found(db.session.execute(found).first())


def _validated(kind: SealedKind, typed: Parts, meeting: Meeting) -> dict[str, str]:
    parts = normalize_parts(kind, typed)
    check_parts(kind, parts, days_of(meeting).first, days_of(meeting).last)
    for name in ("arrives_at", "departs_at") if kind is SealedKind.FLIGHTS else ():
        local = local_time(parts, name)
        try:
            # The time may not exist at the place of the meeting, because clocks change.
            if local is not None:
                wall_time.resolve_local_time(local, meeting.zone, fold=0)
        except Refusal as refusal:
            raise Refusal(refusal.message, field=f"flights_{name}", **refusal.facts) from refusal
    return parts


def _check_not_over(meeting: Meeting, now: datetime) -> None:
    """:raises Refusal: the meeting is cancelled, closed or over."""
    if meeting.status in OVER:
        raise Refusal(N_("This meeting was cancelled or closed: nothing more is collected."))
    if today_in(meeting.zone, now) > days_of(meeting).last:
        raise Refusal(N_("This meeting is over: nothing more is collected, and what is there will be destroyed."))
