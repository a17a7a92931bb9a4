"""Writes that create invitations and personal links."""

from datetime import datetime
from uuid import UUID, uuid4

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.rules import link_expires
from dialogues.people.participants.models import Participation
from dialogues.people.participants.operations import assign_seat_or_queue
from dialogues.people.participants.rules.standing import ParticipationStatus


def invite(
    person_id: UUID, party_id: UUID, capacity: Capacity, *, dialogue_id: UUID, meeting_id: UUID, at: datetime
) -> UUID:
    """Adds an invited participation with a seat, even if no seat is free. Returns its id. Queues no email."""
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
    assign_seat_or_queue(participation, may_exceed=True)
    return participation.id


def mint_personal_link(participation_id: UUID, now: datetime) -> str:
    """Creates a personal link and returns its secret. Older unused links stop working ten minutes later."""
    participation = db.session.get_one(Participation, participation_id)
    closes_at = db.session.get_one(Meeting, participation.meeting_id).registration_closes_at
    accounts.replace_links(LinkPurpose.REGISTRATION, participation_id, now)
    return accounts.mint_link(
        LinkPurpose.REGISTRATION, participation_id, expires_at=link_expires(closes_at, now), now=now
    )
