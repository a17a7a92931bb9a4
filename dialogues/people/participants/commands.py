"""Decisions of coordinators about seats and capacities."""

from datetime import datetime
from uuid import UUID

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.lib.refusal import N_, Refusal, refuse_stale
from dialogues.meetings.dialogues.queries.meetings import registration_window
from dialogues.people.participants import operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import load_participation
from dialogues.people.participants.rules.events import CapacityApproved, CapacityRefused, SeatApproved
from dialogues.people.participants.rules.standing import ParticipationStatus, refuse_closed
from dialogues.policy import SEATS_EDIT

_DECIDED = N_("This was decided already. Nothing was changed.")


def approve_seat(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Gives a person on the waiting list a seat, even if the party has no free seat.

    :raises Refusal: the person is no longer waiting, registration is closed, or the row changed since the page was
        shown.
    """
    with transaction(viewer, SEATS_EDIT) as change:
        participation = _load_for_decision(change, participation_id, version, now)
        if participation.queue_no is None:
            raise Refusal(_DECIDED)
        operations.assign_seat_or_queue(participation, may_exceed=True)
        operations.on_seat_assigned(participation, now)
        change.record(SeatApproved.of(participation, now))


def approve_participant(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Approves the change to participant that a focal point requested, even if the party has no free seat.

    :raises Refusal: no request is pending, the party cannot have participants, registration is closed, or the row
        changed since the page was shown.
    """
    with transaction(viewer, SEATS_EDIT) as change:
        participation = _load_for_decision(change, participation_id, version, now)
        requested, former = participation.requested_capacity, participation.capacity
        if requested is None:
            raise Refusal(_DECIDED)
        operations.release_seat(participation, now)
        participation.capacity, participation.requested_capacity = requested, None
        operations.assign_seat_or_queue(participation, may_exceed=True)
        if participation.status is ParticipationStatus.CONFIRMED:
            operations.change_role(participation, former, now)
            participation.version += 1
        else:
            operations.on_seat_assigned(participation, now)
        change.record(CapacityApproved.of(participation, now))


def refuse_participant(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Refuses the requested change to participant.

    An observer stays an observer. A person without a seat and without a place in the queue is taken off the list.

    :raises Refusal: no request is pending, registration is closed, or the row changed since the page was shown.
    """
    with transaction(viewer, SEATS_EDIT) as change:
        participation = _load_for_decision(change, participation_id, version, now)
        if participation.requested_capacity is None:
            raise Refusal(_DECIDED)
        participation.requested_capacity = None
        participation.version += 1
        change.record(CapacityRefused.of(participation, now))
        if participation.seat is None and participation.queue_no is None:
            operations.withdraw(change, participation, now, by_office=True)


def _load_for_decision(change: Change, participation_id: UUID, version: int, now: datetime) -> Participation:
    participation = load_participation(change.viewer, SEATS_EDIT, participation_id)
    refuse_closed(registration_window(participation.meeting), now)
    refuse_stale(participation.version + participation.person.version, version)
    return participation
