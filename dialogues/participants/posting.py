"""What is written about invitations and personal links, inside a transaction that is open already."""

from datetime import datetime
from uuid import UUID, uuid4

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import LinkPurpose
from dialogues.extensions import db
from dialogues.meetings import posting as meetings
from dialogues.meetings.models import Meeting
from dialogues.meetings.rules import Capacity
from dialogues.outbox.posting import owe
from dialogues.outbox.rules import Debt, LetterKind
from dialogues.participants.models import Participation
from dialogues.participants.rules import ParticipationStatus, link_expires


def invite(
    person_id: UUID, party_id: UUID, capacity: Capacity, *, dialogue_id: UUID, meeting_id: UUID, at: datetime
) -> UUID:
    """Write down that the person is invited, without a letter; the id of the participation."""
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
    return participation.id


def begin_part(participation: Participation, now: datetime) -> None:
    """Let the role that comes with the capacity count from now on; an offer of it is answered by that."""
    role, place = participation.capacity.role, _place(participation)
    grant = meetings.live_grant(participation.person_id, role, **place)
    if grant is not None and grant.accepted_at is not None:
        return
    meetings.revoke_role(participation.person_id, role, **place, now=now)
    meetings.grant_role(
        participation.person_id,
        role,
        **place,
        offered_at=participation.invited_at,
        accepted_at=now,
    )


def end_part(participation: Participation, now: datetime) -> None:
    """Let neither a role nor an unused link of this participation count any more."""
    for role in {capacity.role for capacity in Capacity}:
        meetings.revoke_role(participation.person_id, role, **_place(participation), now=now)
    accounts.revoke_links(LinkPurpose.REGISTRATION, participation.id, now)


def _place(participation: Participation) -> dict[str, UUID]:
    return {"dialogue_id": participation.dialogue_id, "meeting_id": participation.meeting_id}


def owe_invitation(participation: Participation, now: datetime) -> UUID:
    """Owe the letter with a new personal link; one that has not left yet is not sent beside it."""
    debt = Debt(
        kind=LetterKind.INVITATION,
        debt_key=f"invitation:{participation.id}:{uuid4()}",
        owed_at=now,
        dialogue_id=participation.dialogue_id,
        listed_under=participation.meeting_id,
        person_id=participation.person_id,
        facts={"participation_id": str(participation.id)},
        # One sequence for all: by the clock, a letter owed after the clock was set back would never leave.
        order_key=f"invitation:{participation.id}",
        supersedes=True,
    )
    return owe(debt)


def mint_personal_link(participation_id: UUID, now: datetime) -> str:
    """A new secret for the person's link; the older ones, if not used, are void from here on."""
    participation = db.session.get_one(Participation, participation_id)
    closes_at = db.session.get_one(Meeting, participation.meeting_id).registration_closes_at
    accounts.revoke_links(LinkPurpose.REGISTRATION, participation_id, now)
    return accounts.mint_link(
        LinkPurpose.REGISTRATION, participation_id, expires_at=link_expires(closes_at, now), now=now
    )
