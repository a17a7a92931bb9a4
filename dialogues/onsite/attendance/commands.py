"""Mark attendance, and create printed cards with codes; done by the liaison desk."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.onsite.attendance import operations, queries
from dialogues.onsite.attendance.models import AttendanceMark
from dialogues.onsite.attendance.rules import AttendanceChanged, refuse_early, refuse_sealed
from dialogues.policy import ATTENDANCE_MARK


def mark(viewer: Viewer, session_id: UUID, participation_id: UUID, *, present: bool, now: datetime) -> None:
    """Record that a person is present at a session, or remove the mark.

    Idempotent: repeating the same mark has no effect.

    :raises Refusal: the record is sealed, or the session is on a later day.
    """
    with transaction(viewer, ATTENDANCE_MARK) as change:
        place = {"dialogue_id": change.viewer.dialogue_id, "meeting_id": change.viewer.here}
        session = queries.session_to_mark(change.viewer, session_id)
        queries.guest(change.viewer, participation_id)
        refuse_sealed(queries.is_sealed(change.viewer))
        refuse_early(session.day, session.today(now))
        who = queries.hasher(change.viewer.here)(session_id, participation_id)
        reached = queries.visible(change.viewer, ATTENDANCE_MARK)
        existing = db.session.scalar(
            select(AttendanceMark).where(reached, AttendanceMark.session_id == session_id, AttendanceMark.who == who)
        )
        if (existing is not None) == present:
            return
        if existing is not None:
            db.session.delete(existing)
        else:
            mark = AttendanceMark(id=uuid4(), **place, session_id=session_id, who=who)
            mark.participation = queries.sealed(participation_id, mark)
            db.session.add(mark)
        change.record(AttendanceChanged(about=session_id, **place, at=now))


def make_cards(viewer: Viewer, *, everyone: bool, now: datetime) -> list[tuple[Any, str]]:
    """Create new codes for persons without an email address, or for everyone; earlier codes stay valid.

    Returns each person with the secret of the code.

    :raises Refusal: the record is sealed, or there is nobody to create a card for.
    """
    with transaction(viewer, ATTENDANCE_MARK) as change:
        expires_at = operations.meeting_codes_expire_at(change.viewer.here)
        refuse_sealed(queries.is_sealed(change.viewer))
        wanted = [one for one in queries.guests(change.viewer) if everyone or not one.gets_emails]
        if not wanted:
            raise Refusal(N_("Nobody who comes is without an e-mail address: choose everyone."), field="whom")
        return [(one, operations.mint_code(one.id, expires_at=expires_at, now=now)) for one in wanted]
