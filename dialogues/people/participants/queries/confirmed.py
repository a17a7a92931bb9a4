"""Queries about confirmed participants, for use by the system."""

from uuid import UUID

from sqlalchemy import select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.extensions import db
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus


@reading(Purpose.DELIVERY)
def confirmed(meeting_id: UUID) -> list[tuple[UUID, UUID]]:
    """Returns (person id, participation id) of everyone who accepted. For sending emails; never shown to a viewer."""
    found = (
        select(Participation.person_id, Participation.id)
        .where(Participation.meeting_id == meeting_id, Participation.status == ParticipationStatus.CONFIRMED)
        .order_by(Participation.person_id)
    )
    return [(row.person_id, row.id) for row in db.session.execute(found)]


@reading(Purpose.CHECK)
def is_confirmed(meeting_id: UUID, person_id: UUID) -> bool:
    """Whether this person accepted the invitation and has not left."""
    found = select(Participation.id).where(
        Participation.meeting_id == meeting_id,
        Participation.person_id == person_id,
        Participation.status == ParticipationStatus.CONFIRMED,
    )
    return db.session.execute(found).first() is not None
