"""Mark attendance, and create printed cards with codes; done by the liaison desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Place, Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal
from dialogues.onsite.attendance import operations, queries
from dialogues.onsite.attendance.models import AttendanceMark
from dialogues.onsite.attendance.queries import Guest, hashes, sealed
from dialogues.onsite.attendance.rules import AttendanceChanged, refuse_early, refuse_sealed
from dialogues.policy import ATTENDANCE_MARK


def mark(viewer: Viewer, session_id: UUID, participation_id: UUID, *, present: bool, now: datetime) -> None:
    """Record that a person is present at a session, or remove the mark.

    Idempotent: repeating the same mark has no effect.

    :raises Refusal: the record is sealed, or the session is on a later day.
    """
    with transaction(viewer, ATTENDANCE_MARK) as change:
        place, meeting_id = _here(change)
        session = queries.session_to_mark(change.viewer, session_id)
        queries.guest(change.viewer, participation_id)
        refuse_sealed(queries.is_sealed(change.viewer))
        refuse_early(session.day, session.today(now))
        who = hashes(meeting_id, session_id, [participation_id])[participation_id]
        reached = queries.visible(change.viewer, ATTENDANCE_MARK)
        existing = db.session.scalar(
            select(AttendanceMark).where(reached, AttendanceMark.session_id == session_id, AttendanceMark.who == who)
        )
        if (existing is not None) == present:
            return
        if existing is not None:
            db.session.delete(existing)
        else:
            mark_id = uuid4()
            about = sealed(participation_id, mark_id=mark_id, meeting_id=meeting_id, dialogue_id=place.dialogue_id)
            db.session.add(
                AttendanceMark(
                    id=mark_id,
                    dialogue_id=place.dialogue_id,
                    meeting_id=meeting_id,
                    session_id=session_id,
                    who=who,
                    participation=about,
                )
            )
        change.record(AttendanceChanged(about=session_id, dialogue_id=place.dialogue_id, meeting_id=meeting_id, at=now))


@dataclass(frozen=True, slots=True)
class Card:
    """A card to print: a person, and the secret of a new code."""

    guest: Guest
    secret: str


def make_cards(viewer: Viewer, *, everyone: bool, now: datetime) -> list[Card]:
    """Create new codes for persons without an email address, or for everyone; earlier codes stay valid.

    :raises Refusal: the record is sealed, or there is nobody to create a card for.
    """
    with transaction(viewer, ATTENDANCE_MARK) as change:
        _place, meeting_id = _here(change)
        refuse_sealed(queries.is_sealed(change.viewer))
        wanted = [one for one in queries.guests(change.viewer) if everyone or not one.gets_emails]
        if not wanted:
            raise Refusal(N_("Nobody who comes is without an e-mail address: choose everyone."), field="whom")
        return _make_cards(wanted, meeting_id, now)


def _make_cards(wanted: Collection[Guest], meeting_id: UUID, now: datetime) -> list[Card]:
    expires_at = operations.meeting_codes_expire_at(meeting_id)
    return [Card(one, operations.mint_code(one.id, expires_at=expires_at, now=now)) for one in wanted]


def _here(change: Change) -> tuple[Place, UUID]:
    place = change.viewer.place
    if place is None or place.meeting_id is None:
        raise NotFound
    return place, place.meeting_id
