"""Destroys what is due, meeting by meeting, and empties the database's log of it."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from dialogues.common.database import empty_log
from dialogues.common.transaction import Change, transaction, upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.models import Meeting
from dialogues.participants.models import DestructionCertificate, Question
from dialogues.participants.posting import sealed
from dialogues.participants.posting.answers import purge_answers
from dialogues.participants.queries.sealed import due, today_in
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
        counts = sealed.destroy(fields, now)
        _certify(change, meeting_id, counts, now)
        return counts.total()


def _certify(change: Change, meeting_id: UUID, counts: Mapping[str, int], now: datetime) -> None:
    certificate = sealed.certify(db.session.get_one(Meeting, meeting_id), counts, now)
    change.happened(
        SealedFieldsDestroyed(
            about=certificate.id,
            dialogue_id=certificate.dialogue_id,
            meeting_id=meeting_id,
            fields=sum(counts.values()),
            at=now,
        )
    )


def destroy_answers(now: datetime) -> int:
    """The same for answers to questions of the office whose day has come everywhere; how many answers went."""
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
                _certify(change, meeting_id, {f"answer_{kind}": count for kind, count in counts.items()}, now)
                gone += sum(counts.values())
        return gone


def _day_everywhere(now: datetime) -> date:
    """The day that has begun at every place, so that nothing goes before its day there."""
    return today_in("Etc/GMT+12", now)


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
