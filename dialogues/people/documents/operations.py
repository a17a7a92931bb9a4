"""Writes of sealed fields: encryption, purge dates and destruction (key first, then rows)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, exists, select, update

from dialogues.core.common.stores import key_store
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal_text
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.people.documents.models import DestructionCertificate, SealedField
from dialogues.people.documents.queries import is_interpreter, key_name, today_in, value_place
from dialogues.people.documents.rules import CLEARED_PURGE_DATE, NEEDS, departure_date, purge_date, serialize_parts
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import SealedKind
from dialogues.people.participants.rules.standing import LIVE
from dialogues.people.participants.rules.steps import Step


def load_and_expire_fields(meeting: Meeting, person_id: UUID, now: datetime) -> dict[SealedKind, SealedField]:
    """Returns the fields that are not due and destroys the due ones, so that new entries get a new key."""
    found = select(SealedField).where(*_fields_of(meeting.id, [person_id])).order_by(SealedField.id)
    fields, today = db.session.scalars(found).all(), today_in(meeting.zone, now)
    over = [field for field in fields if field.purge_on <= today]
    if over:
        add_certificate(meeting, destroy_fields(over, now), now)
    return {field.kind: field for field in fields if field.purge_on > today}


def seal_fields(
    meeting: Meeting,
    person_id: UUID,
    fields: Mapping[SealedKind, SealedField],
    entered: Mapping[SealedKind, Mapping[str, str]],
    *,
    by_person: UUID,
    now: datetime,
    cleared: Collection[SealedKind] = (),
) -> None:
    """Seals the given kinds. An empty paper is removed; an empty need is stored, because "none" is an answer.

    :param fields: the stored fields, from `load_and_expire_fields`.
    :param cleared: kinds to remove even if they are needs.
    """
    key_id = next((field.key_id for field in fields.values()), None) or uuid4()
    purge_on = purge_date(_departure(meeting, person_id))
    for kind, parts in entered.items():
        field = fields.get(kind)
        if kind in cleared or (not parts and kind not in NEEDS):
            if field is not None:
                field.purge_on = CLEARED_PURGE_DATE
            continue
        if field is None:
            field = SealedField(
                id=uuid4(),
                dialogue_id=meeting.dialogue_id,
                meeting_id=meeting.id,
                person_id=person_id,
                kind=kind,
                key_id=key_id,
                version=0,
            )
            db.session.add(field)
        field.value = seal_text(key_store(), key_name(field.key_id), value_place(field), serialize_parts(parts))
        field.entered_at, field.entered_by, field.purge_on = now, by_person, purge_on
        field.version += 1
    db.session.flush()


def _departure(meeting: Meeting, person_id: UUID) -> date:
    days = days_of(meeting)
    present_to = db.session.scalar(
        select(Participation.present_to).where(
            Participation.meeting_id == meeting.id, Participation.person_id == person_id
        )
    )
    return departure_date(present_to, days.first, days.last)


def recalculate_purge_dates(meeting: Meeting, people: Collection[UUID] | None = None) -> None:
    """Recalculates retention dates after a change of days, for these people or for everyone at the meeting.

    Skips cancelled meetings, cleared fields and people who have left, because their dates do not depend on days.
    """
    if meeting.status is MeetingStatus.CANCELLED:
        return
    days, gone = days_of(meeting), people_who_left(meeting.id, people)
    query = select(Participation.person_id, Participation.present_to).where(Participation.meeting_id == meeting.id)
    if people is not None:
        query = query.where(Participation.person_id.in_(people))
    present = {row.person_id: row.present_to for row in db.session.execute(query)}
    stored = select(SealedField).where(*_fields_of(meeting.id, people), SealedField.purge_on != CLEARED_PURGE_DATE)
    for field in db.session.scalars(stored):
        if field.person_id in gone:
            continue
        field.purge_on = purge_date(departure_date(present.get(field.person_id), days.first, days.last))


def reset_needs_step(meeting_id: UUID, people: Collection[UUID], today: date) -> None:
    """Resets the step "needs" for those of these people who have no sealed field left."""
    stored = select(SealedField.person_id).where(*_fields_of(meeting_id, people), SealedField.purge_on > today)
    participations = select(Participation).where(
        Participation.meeting_id == meeting_id,
        Participation.person_id.in_(people),
        Participation.person_id.not_in(stored),
    )
    for participation in db.session.scalars(participations):
        if Step.NEEDS.value in participation.steps:
            participation.steps = [step for step in participation.steps if step != Step.NEEDS.value]
    db.session.flush()


def purge_no_later_than(meeting_id: UUID, day: date, people: Collection[UUID] | None = None) -> None:
    """Brings purge dates that are later than `day` forward to it."""
    later = update(SealedField).where(*_fields_of(meeting_id, people), SealedField.purge_on > day)
    db.session.execute(later.values(purge_on=day))


def people_who_left(meeting_id: UUID, people: Collection[UUID] | None) -> set[UUID]:
    """Of these people, or of everyone, those with sealed fields who neither take part nor interpret in the meeting."""
    takes_part = exists().where(
        Participation.meeting_id == meeting_id,
        Participation.person_id == Person.id,
        Participation.status.in_(LIVE),
    )
    held = (
        select(Person.id).join(SealedField, SealedField.person_id == Person.id).where(*_fields_of(meeting_id, people))
    )
    return set(db.session.scalars(held.where(~takes_part, ~is_interpreter(meeting_id)).distinct()))


def _fields_of(meeting_id: UUID, people: Collection[UUID] | None) -> list[ColumnElement[bool]]:
    whose = [SealedField.meeting_id == meeting_id]
    return whose if people is None else [*whose, SealedField.person_id.in_(people)]


def destroy_fields(fields: Sequence[SealedField], now: datetime) -> Counter[str]:
    """Erases each key that no other field uses, then deletes the rows. Returns the number of fields by kind.

    Safe to repeat: after a crash in between, the rows still exist and are due, so the next call counts them once.
    """
    going = [field.id for field in fields]
    keys = {field.key_id for field in fields}
    staying = select(SealedField.key_id).where(SealedField.key_id.in_(keys), SealedField.id.not_in(going))
    for key_id in keys - set(db.session.scalars(staying)):
        key_store().erase(key_name(key_id), now=now)
    counts = Counter(field.kind.value for field in fields)
    db.session.execute(delete(SealedField).where(SealedField.id.in_(going)))
    return counts


def add_certificate(meeting: Meeting, counts: Mapping[str, int], now: datetime) -> DestructionCertificate:
    """Adds a destruction certificate: counts by kind, without names."""
    certificate = DestructionCertificate(
        id=uuid4(), dialogue_id=meeting.dialogue_id, meeting_id=meeting.id, at=now, counts=dict(counts)
    )
    db.session.add(certificate)
    db.session.flush()
    return certificate
