"""What a coordinator decides about seats and capacities: a seat above the numbers, and who becomes a participant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal, refuse_stale
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.dialogues.queries import meetings as dialogues
from dialogues.people.participants import operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility
from dialogues.people.participants.rules.events import (
    CapacityApproved,
    CapacityRefused,
    ParticipationWithdrawn,
    SeatApproved,
)
from dialogues.people.participants.rules.standing import ParticipationStatus, refuse_closed
from dialogues.policy import SEATS_EDIT

_DECIDED = N_("This was decided already. Nothing was changed.")


def approve_seat(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Give someone on the waiting list a seat, also above the party's numbers.

    :raises Refusal: the person does not wait any more, registration is closed, or someone saved a change meanwhile.
    """
    with transaction(viewer, SEATS_EDIT) as change:
        participation = _to_decide(change, participation_id, version, now)
        if participation.queue_no is None:
            raise Refusal(_DECIDED)
        operations.assign_seat_or_queue(participation, may_exceed=True)
        _seated(participation, now)
        change.record(SeatApproved.of(participation, now))


def approve_participant(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Make someone the participant that a focal point asks for, on a seat, also above the party's numbers.

    :raises Refusal: nothing is asked for any more, the party has no participants, registration is closed, or someone
        saved a change meanwhile.
    """
    with transaction(viewer, SEATS_EDIT) as change:
        participation = _to_decide(change, participation_id, version, now)
        wanted, former = participation.requested_capacity, participation.capacity
        if wanted is None:
            raise Refusal(_DECIDED)
        operations.release_seat(participation, now)
        participation.capacity, participation.requested_capacity = wanted, None
        operations.assign_seat_or_queue(participation, may_exceed=True)
        if participation.status is ParticipationStatus.CONFIRMED:
            operations.change_role(participation, former, now)
            participation.version += 1
        else:
            _seated(participation, now)
        change.record(CapacityApproved.of(participation, now))


def refuse_participant(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Refuse the change to participant. An observer stays one; a person named as participant only leaves the list.

    :raises Refusal: nothing is asked for any more, registration is closed, or someone saved a change meanwhile.
    """
    with transaction(viewer, SEATS_EDIT) as change:
        participation = _to_decide(change, participation_id, version, now)
        if participation.requested_capacity is None:
            raise Refusal(_DECIDED)
        participation.requested_capacity = None
        participation.version += 1
        change.record(CapacityRefused.of(participation, now))
        if participation.seat is None and participation.queue_no is None:
            participation.status = ParticipationStatus.TAKEN_BACK
            operations.end_part(participation, now)
            change.record(ParticipationWithdrawn.of(participation, now, by_office=True))


def _to_decide(change: Change, participation_id: UUID, version: int, now: datetime) -> Participation:
    reached = visibility.visible(change.viewer, SEATS_EDIT)
    found = db.session.execute(select(Participation).where(Participation.id == participation_id, reached))
    participation = found.scalar_one_or_none()
    if participation is None:
        raise NotFound
    refuse_closed(dialogues.gathering_of(db.session.get_one(Meeting, participation.meeting_id)), now)
    person = db.session.get_one(Person, participation.person_id)
    refuse_stale(participation.version + person.version, version)
    return participation


def _seated(participation: Participation, now: datetime) -> None:
    has_submitted = operations.has_submitted(participation.meeting_id, participation.party_id)
    operations.on_seat_assigned(participation, now, has_submitted=has_submitted)
