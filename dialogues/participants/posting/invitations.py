"""What begins and ends a part in a meeting: the invitation, the role that comes with it, the seat."""

from datetime import datetime
from uuid import UUID, uuid4

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import LinkPurpose
from dialogues.extensions import db
from dialogues.meetings import posting as meetings
from dialogues.meetings.rules import Capacity
from dialogues.participants.models import Participation
from dialogues.participants.posting.changes import close_waiting
from dialogues.participants.posting.lists import note_change
from dialogues.participants.posting.seats import leave_place, take_place, take_seat_again
from dialogues.participants.rules import ListChangeKind, ParticipationStatus
from dialogues.policy import Role


def invite(
    person_id: UUID, party_id: UUID, capacity: Capacity, *, dialogue_id: UUID, meeting_id: UUID, at: datetime
) -> UUID:
    """Write down that the office invites the person, without a letter; the id of the participation.

    Whom the office invites has a seat, even where that is one more than was meant.
    """
    participation = Participation(
        id=uuid4(),
        dialogue_id=dialogue_id,
        meeting_id=meeting_id,
        person_id=person_id,
        party_id=party_id,
        capacity=capacity,
        status=ParticipationStatus.INVITED,
        invited_at=at,
    )
    db.session.add(participation)
    db.session.flush()
    take_place(participation, may_exceed=True)
    return participation.id


def begin_part(participation: Participation, now: datetime, *, by_letter: bool = True) -> bool:
    """Let the role that comes with the capacity count from now on; an offer of it is answered by that.

    On opened lists the person stands from now on, which those who read them are told.

    :raises Refusal: the person had given up the seat, and all seats are taken; or the party has no such capacity.
    """
    take_seat_again(participation)
    participation.reads_as_observer = participation.capacity.role is Role.OBSERVER
    role, place = participation.capacity.role, _place(participation)
    grant = meetings.live_grant(participation.person_id, role, **place)
    if grant is not None and grant.accepted_at is not None:
        return False
    meetings.revoke_role(participation.person_id, role, **place, now=now)
    meetings.grant_role(
        participation.person_id,
        role,
        **place,
        offered_at=participation.invited_at,
        accepted_at=now,
    )
    kind = ListChangeKind.REPLACED if participation.replaces else ListChangeKind.JOINED
    return note_change(participation, kind, now, instead_of=participation.replaces, by_letter=by_letter)


def end_part(participation: Participation, now: datetime, *, keeps_place: bool = False, by_letter: bool = True) -> bool:
    """Let neither a role nor an unused link of this participation count any more.

    Every way out of a meeting ends here: the seat goes to the first of those who wait, opened lists tell it, and no
    change is asked for any more.

    :param keeps_place: someone else takes over the very same seat.
    """
    was_listed = _has_role(participation)
    # Whoever comes back later is looked at anew.
    participation.approved_at = participation.requested_capacity = None
    for role in {capacity.role for capacity in Capacity}:
        meetings.revoke_role(participation.person_id, role, **_place(participation), now=now)
    accounts.revoke_links(LinkPurpose.REGISTRATION, participation.id, now)
    close_waiting(participation.id, now)
    told = was_listed and note_change(participation, ListChangeKind.LEFT, now, by_letter=by_letter)
    if not keeps_place:
        leave_place(participation, now)
    return told


def change_role(participation: Participation, former: Capacity, now: datetime) -> None:
    """Exchange the role of the former capacity for that of the present one, for someone who has accepted."""
    participation.reads_as_observer = participation.capacity.role is Role.OBSERVER
    role, place = participation.capacity.role, _place(participation)
    for ended in {former.role, role}:
        meetings.revoke_role(participation.person_id, ended, **place, now=now)
    meetings.grant_role(participation.person_id, role, **place, offered_at=participation.invited_at, accepted_at=now)


def _has_role(participation: Participation) -> bool:
    """Whether the person had accepted, so that the role of their capacity counted until now."""
    role = participation.capacity.role
    grant = meetings.live_grant(participation.person_id, role, **_place(participation))
    return grant is not None and grant.accepted_at is not None


def _place(participation: Participation) -> dict[str, UUID]:
    return {"dialogue_id": participation.dialogue_id, "meeting_id": participation.meeting_id}
