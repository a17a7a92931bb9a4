"""Access of a limited sign-in, which an invitation link opens for one registration only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dialogues.core.common.read_guard import limited_to_viewer
from dialogues.core.common.viewer import Place, RoleAssignment, Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.queries.meetings import registration_window
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import person_of
from dialogues.people.participants.rules.standing import ParticipationStatus


def stand_at_registration(viewer: Viewer, meeting_id: UUID | None, now: datetime) -> Viewer | None:
    """Returns the limited viewer as the person of their registration; None for other meetings or closed registrations.

    The place has no titles, because the viewer may only see what the invitation said. Other roles of the person are not
    included.
    """
    participation = _registration(viewer, now)
    if participation is None or participation.meeting_id != meeting_id:
        return None
    meeting = participation.meeting
    place = Place(dialogue_id=meeting.dialogue_id, meeting_id=meeting.id, zone=meeting.zone)
    assignment = RoleAssignment(participation.capacity.role, participation.person_id, None, meeting.id)
    return viewer.in_meeting(place, participation.person_id, [assignment], frozenset())


def meeting_of_registration(viewer: Viewer, now: datetime) -> UUID | None:
    """Returns the meeting whose registration a limited sign-in may open now; None for other viewers."""
    participation = _registration(viewer, now)
    return participation.meeting_id if participation is not None else None


def _registration(viewer: Viewer, now: datetime) -> Participation | None:
    if viewer.limited_to is None:
        return None
    participation = db.session.scalars(
        select(Participation)
        .join(Person, person_of())
        .options(joinedload(Participation.meeting))
        .where(
            Participation.id == viewer.limited_to,
            Participation.status == ParticipationStatus.CONFIRMED,
            limited_to_viewer(Person.account_id == viewer.account_id),
        )
    ).one_or_none()
    return (
        participation if participation is not None and registration_window(participation.meeting).is_open(now) else None
    )
