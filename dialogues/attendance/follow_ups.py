"""What attendance owes when others change: codes for those who come, and the seal when a meeting closes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import LinkPurpose
from dialogues.attendance import posting
from dialogues.attendance.models import AttendanceSeal
from dialogues.extensions import db
from dialogues.meetings.models import Meeting, Person
from dialogues.meetings.rules import MeetingCancelled, MeetingClosed, MeetingFormat, MeetingMoved
from dialogues.participants.models import Participation
from dialogues.participants.rules import ParticipationHappening, ParticipationStatus


def send_code(happening: ParticipationHappening) -> None:
    """Owe a code to someone whose registration is approved, where people come to a table and letters reach them."""
    send_codes([happening])


def send_codes(happenings: Sequence[ParticipationHappening]) -> None:
    """The same for many at once, in as many queries."""
    at = {happening.about: happening.at for happening in happenings}
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
    posting.owe_codes({one: at[one.id] for one in db.session.scalars(reached)})


def end_code(happening: ParticipationHappening) -> None:
    """Let the codes of someone who comes no more end."""
    end_codes_of([happening])


def end_codes_of(happenings: Sequence[ParticipationHappening]) -> None:
    """The same for many at once, in one query."""
    posting.end_codes([happening.about for happening in happenings], happenings[0].at)


def end_codes(happening: MeetingCancelled) -> None:
    """Let all codes of the meeting end."""
    _end_all(happening)


def keep_codes(happening: MeetingMoved) -> None:
    """Let the codes that were given out work until the meeting's new last day."""
    everyone = _participations(happening)
    expires_at = posting.codes_of_meeting_expire(happening.about)
    accounts.let_links_last(LinkPurpose.ATTENDANCE, everyone, expires_at)


def seal_record(happening: MeetingClosed) -> None:
    """Seal who was at the table: nobody reads or changes it from here on."""
    meeting = db.session.get_one(Meeting, happening.about)
    db.session.add(AttendanceSeal(meeting_id=meeting.id, dialogue_id=meeting.dialogue_id, sealed_at=happening.at))
    _end_all(happening)
    db.session.flush()


def _end_all(happening: MeetingCancelled | MeetingClosed) -> None:
    posting.end_codes(_participations(happening), happening.at)


def _participations(happening: MeetingCancelled | MeetingClosed | MeetingMoved) -> list[UUID]:
    return list(db.session.scalars(select(Participation.id).where(Participation.meeting_id == happening.about)))
