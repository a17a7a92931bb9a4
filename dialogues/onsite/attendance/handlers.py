"""What attendance owes when others change: codes for those who come, and the seal when a meeting closes."""

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


def send_code(event: ParticipationEvent) -> None:
    """Owe a code to someone whose registration is approved, where people come to a table and letters reach them."""
    send_codes([event])


def send_codes(events: Sequence[ParticipationEvent]) -> None:
    """The same for many at once, in as many queries."""
    at = {event.about: event.at for event in events}
    reached = (
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
    operations.enqueue_codes({one: at[one.id] for one in db.session.scalars(reached)})


def end_code(event: ParticipationEvent) -> None:
    """Let the codes of someone who comes no more end."""
    end_codes_of([event])


def end_codes_of(events: Sequence[ParticipationEvent]) -> None:
    """The same for many at once, in one query."""
    operations.end_codes([event.about for event in events], events[0].at)


def end_codes(event: MeetingCancelled) -> None:
    """Let all codes of the meeting end."""
    _end_all(event)


def keep_codes(event: MeetingMoved) -> None:
    """Let the codes that were given out work until the meeting's new last day."""
    everyone = _participations(event)
    expires_at = operations.codes_of_meeting_expire(event.about)
    accounts.let_links_last(LinkPurpose.ATTENDANCE, everyone, expires_at)


def seal_record(event: MeetingClosed) -> None:
    """Seal who was at the table: nobody reads or changes it from here on."""
    meeting = db.session.get_one(Meeting, event.about)
    db.session.add(AttendanceSeal(meeting_id=meeting.id, dialogue_id=meeting.dialogue_id, sealed_at=event.at))
    _end_all(event)
    db.session.flush()


def _end_all(event: MeetingCancelled | MeetingClosed) -> None:
    operations.end_codes(_participations(event), event.at)


def _participations(event: MeetingCancelled | MeetingClosed | MeetingMoved) -> list[UUID]:
    return list(db.session.scalars(select(Participation.id).where(Participation.meeting_id == event.about)))
