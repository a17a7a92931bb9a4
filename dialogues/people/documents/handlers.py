"""Event handlers: keep retention dates of sealed fields up to date."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Meeting, Party
from dialogues.meetings.dialogues.rules.events import MeetingCancelled, MeetingMoved, PartyChanged
from dialogues.meetings.dialogues.rules.kinds import OVER, Capacity
from dialogues.meetings.roles.rules import RoleEnded
from dialogues.people.documents import operations
from dialogues.people.documents.models import SealedField
from dialogues.people.documents.queries import today_in
from dialogues.people.documents.rules import RETENTION_AFTER_DEPARTURE
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.events import ParticipationEvent, people_by_meeting
from dialogues.people.participants.rules.standing import GONE
from dialogues.policy import Role


def refuse_impossible_capacities(events: Sequence[PartyChanged]) -> None:
    """:raises Refusal: a party has participants at an open meeting in a capacity its new kind does not allow."""
    for event in events:
        _refuse_impossible_capacities(db.session.get_one(Party, event.about))


def _refuse_impossible_capacities(party: Party) -> None:
    impossible = [capacity for capacity in Capacity if capacity not in party.kind.capacities]
    participants = (
        select(Meeting.code)
        .join(Participation, Participation.meeting_id == Meeting.id)
        .where(
            Participation.party_id == party.id,
            Participation.capacity.in_(impossible),
            Participation.status.not_in(GONE),
            Meeting.status.not_in(OVER),
        )
    )
    code = db.session.scalars(participants.order_by(Meeting.code).limit(1)).first()
    if code is not None:
        raise Refusal(
            N_("%(party)s has participants at %(meeting)s. Make them observers first, or take them off the list."),
            field="kind",
            party=party.code,
            meeting=code,
        )


def keep_with_meetings(events: Sequence[MeetingMoved]) -> None:
    """Recalculates retention dates of everyone at a meeting that moved."""
    for event in events:
        operations.recalculate_purge_dates(db.session.get_one(Meeting, event.about))


def keep_with_people(events: Sequence[ParticipationEvent]) -> None:
    """Recalculates retention dates after people's days changed. One pass per meeting."""
    for meeting_id, people in people_by_meeting(events).items():
        operations.recalculate_purge_dates(db.session.get_one(Meeting, meeting_id), people)


def ask_needs_again(events: Sequence[ParticipationEvent]) -> None:
    """Resets the travel step for participants who rejoin, because their data was deleted when they left."""
    for meeting_id, people in people_by_meeting(events).items():
        today = today_in(db.session.get_one(Meeting, meeting_id).zone, events[0].at)
        operations.reset_needs_step(meeting_id, people, today)


def purge_cancelled(events: Sequence[MeetingCancelled]) -> None:
    """Destroys sealed fields 30 days after the cancellation, because bookings have to be cancelled first."""
    for event in events:
        day = today_in(db.session.get_one(Meeting, event.about).zone, event.at)
        operations.purge_no_later_than(event.about, day + RETENTION_AFTER_DEPARTURE)


def purge_people(events: Sequence[ParticipationEvent]) -> None:
    """Makes sealed fields of people who left due today: hidden at once, destroyed by the next sweep.

    Does not erase keys here, because this transaction may roll back and an erased key cannot be restored.
    """
    for meeting_id, people in people_by_meeting(events).items():
        _purge_unneeded(meeting_id, people, events[0].at)


def purge_former_interpreters(events: Sequence[RoleEnded]) -> None:
    """Does the same for interpreters whose role ended, at one meeting or in the whole dialogue."""
    for event in events:
        if event.role is Role.INTERPRETER:
            held = select(SealedField.meeting_id).where(SealedField.person_id == event.person_id).distinct()
            for meeting_id in db.session.scalars(held).all():
                if event.meeting_id in {None, meeting_id}:
                    _purge_unneeded(meeting_id, {event.person_id}, event.at)


def _purge_unneeded(meeting_id: UUID, people: set[UUID], at: datetime) -> None:
    gone = operations.people_who_left(meeting_id, people)
    if gone:
        operations.purge_no_later_than(meeting_id, today_in(db.session.get_one(Meeting, meeting_id).zone, at), gone)
