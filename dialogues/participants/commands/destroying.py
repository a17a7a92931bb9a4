"""Destroys what is due, meeting by meeting, and empties the database's log of it."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from dialogues.common.database import empty_log
from dialogues.common.transaction import transaction, upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.models import Meeting
from dialogues.participants.models import DestructionCertificate
from dialogues.participants.posting import sealed
from dialogues.participants.queries.sealed import due
from dialogues.participants.rules import SealedFieldsDestroyed
from dialogues.policy import DESTRUCTION_SEE


def meetings_due(now: datetime) -> list[UUID]:
    """The meetings at which something is to be destroyed."""
    found = list(due(now))
    db.session.rollback()
    return found


def destroy_due(meeting_id: UUID, now: datetime) -> int:
    """Destroy what is due at one meeting: the keys, then the rows, with a certificate; how many fields went.

    It can be killed at any point and called again: what a lost transaction leaves behind is due still.
    """
    with transaction(system(Purpose.UPKEEP), DESTRUCTION_SEE) as change:
        fields = due(now).get(meeting_id, [])
        if not fields:
            return 0
        meeting = db.session.get_one(Meeting, meeting_id)
        counts: Counter[str] = sealed.destroy(fields, now)
        certificate = sealed.certify(meeting, counts, now)
        change.happened(
            SealedFieldsDestroyed(
                about=certificate.id,
                dialogue_id=meeting.dialogue_id,
                meeting_id=meeting.id,
                fields=counts.total(),
                at=now,
            )
        )
        return counts.total()


def wipe(now: datetime) -> bool:
    """Empty the database's log of changes of what was destroyed; whether nothing is left to be wiped."""
    waiting = select(DestructionCertificate.id).where(DestructionCertificate.wiped_at.is_(None))
    certificates = list(db.session.scalars(waiting))
    db.session.rollback()
    if not certificates:
        return True
    if not empty_log():
        # A reader holds an older state of the log; the next sweep tries again.
        return False
    with upkeep(system(Purpose.UPKEEP)) as session:
        wiped = update(DestructionCertificate).where(DestructionCertificate.id.in_(certificates))
        session.execute(wiped.values(wiped_at=now))
    return True
