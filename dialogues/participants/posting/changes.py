"""Changes that were asked for: the one that waits, and how it ends without a decision."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from dialogues.extensions import db
from dialogues.participants.models import ChangeRequest


def waiting_request(participation_id: UUID) -> ChangeRequest | None:
    """The change that waits for the office; one at a time."""
    found = select(ChangeRequest).where(
        ChangeRequest.participation_id == participation_id, ChangeRequest.decided_at.is_(None)
    )
    return db.session.execute(found).scalar_one_or_none()


def forget_decided(participation_id: UUID) -> None:
    """Keep nothing of what was asked for before: what is asked for next takes its place on the person's page."""
    decided = update(ChangeRequest).where(
        ChangeRequest.participation_id == participation_id, ChangeRequest.decided_at.is_not(None)
    )
    db.session.execute(decided.values(diff=b""))


def close_waiting(participation_id: UUID, now: datetime) -> None:
    """Let whoever comes no more ask for nothing."""
    request = waiting_request(participation_id)
    if request is not None:
        close_request(request, now)


def close_request(request: ChangeRequest, now: datetime) -> None:
    """Let a request be open no more, undecided; what it asked for is not kept."""
    request.decided_at, request.diff = now, b""
    db.session.flush()
