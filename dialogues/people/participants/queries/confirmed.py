"""Reads about who takes part, always for a viewer or, for features above, on behalf of the house."""

from uuid import UUID

from sqlalchemy import select

from dialogues.extensions import db
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus


def confirmed(meeting_id: UUID) -> list[tuple[UUID, UUID]]:
    """Person and participation of everyone who accepted; read by the house to write to them, shown to nobody."""
    found = (
        select(Participation.person_id, Participation.id)
        .where(Participation.meeting_id == meeting_id, Participation.status == ParticipationStatus.CONFIRMED)
        .order_by(Participation.person_id)
    )
    return [(row.person_id, row.id) for row in db.session.execute(found)]


def is_confirmed(meeting_id: UUID, person_id: UUID) -> bool:
    """Whether this person accepted an invitation to that meeting and still comes."""
    found = select(Participation.id).where(
        Participation.meeting_id == meeting_id,
        Participation.person_id == person_id,
        Participation.status == ParticipationStatus.CONFIRMED,
    )
    return db.session.execute(found).first() is not None
