"""Send codes to approved participants, revoke them, and seal the record when a meeting closes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.dialogues.rules.events import MeetingCancelled, MeetingClosed, MeetingMoved
from dialogues.meetings.dialogues.rules.kinds import MeetingFormat
from dialogues.onsite.attendance import operations
from dialogues.onsite.attendance.models import AttendanceSeal
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.participants.rules.standing import ParticipationStatus


def send_codes(events: Sequence[ParticipationEvent]) -> None:
    """Queue codes for participants whose registration was approved.

    Only for meetings with a place to go to, and persons with an email address.
    """
    at = {event.about: event.at for event in events}
    approved = (
        select(Participation)
        .join(Person, Person.id == Participation.person_id)
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .where(
            Participation.id.in_(at),
            Participation.status == ParticipationStatus.CONFIRMED,
            Participation.approved_at.is_not(None),
            Person.email.is_not(None),
            Meeting.format != MeetingFormat.ONLINE,
        )
        .order_by(Participation.id)
    )
    operations.enqueue_codes({participation: at[participation.id] for participation in db.session.scalars(approved)})


def end_codes(events: Sequence[ParticipationEvent]) -> None:
    """Revoke the codes of participants who no longer take part."""
    operations.end_codes([event.about for event in events], events[0].at)


def end_codes_of_meetings(events: Sequence[MeetingCancelled | MeetingClosed]) -> None:
    for event in events:
        operations.end_codes(_participations(event), event.at)


def extend_codes(events: Sequence[MeetingMoved]) -> None:
    """Extend the codes already given out to the new last day of the meeting."""
    for event in events:
        expires_at = operations.meeting_codes_expire_at(event.about)
        accounts.let_links_last(LinkPurpose.ATTENDANCE, _participations(event), expires_at)


def seal_records(events: Sequence[MeetingClosed]) -> None:
    """Seal the attendance record of a closed meeting: after this nobody can read or change the marks."""
    for event in events:
        meeting = db.session.get_one(Meeting, event.about)
        db.session.add(AttendanceSeal(meeting_id=meeting.id, dialogue_id=meeting.dialogue_id, sealed_at=event.at))
    db.session.flush()


def _participations(event: MeetingCancelled | MeetingClosed | MeetingMoved) -> list[UUID]:
    return list(db.session.scalars(select(Participation.id).where(Participation.meeting_id == event.about)))
