"""Correction of invitations that are not accepted yet."""

from datetime import datetime
from uuid import UUID

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.transaction import transaction
from dialogues.core.common.typed_addresses import mail_address
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal, refuse_stale
from dialogues.lib.text import same_address
from dialogues.meetings.dialogues import operations as dialogues_operations
from dialogues.meetings.dialogues.models import MeetingParty
from dialogues.meetings.dialogues.queries.meetings import gathering_of
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.rules import InvitationCorrected
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import load_participation
from dialogues.people.participants.rules.standing import ParticipationStatus, refuse_closed
from dialogues.policy import PARTICIPANTS_INVITE


def correct(
    viewer: Viewer,
    participation_id: UUID,
    *,
    email: str,
    party_id: UUID,
    capacity: Capacity,
    version: int,
    now: datetime,
) -> bool:
    """Corrects address, party and capacity of an invitation. Returns whether a new email was queued.

    Links that were sent to the former address stop working. A new party or capacity gives up the seat and assigns
    another.

    :raises NotFound: there is no unanswered invitation with this id for this viewer.
    :raises Refusal: the address is in use or belongs to an account, the party is not at the meeting or cannot have the
        capacity, registration is closed, or the data changed since the page was shown.
    """
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        is_unanswered = Participation.status == ParticipationStatus.INVITED
        participation = load_participation(change.viewer, PARTICIPANTS_INVITE, participation_id, is_unanswered)
        refuse_closed(gathering_of(participation.meeting), now)
        refuse_stale(participation.version + participation.person.version, version)
        has_new_address = _change_address(participation, email, now)
        if (party_id, capacity) != (participation.party_id, participation.capacity):
            _change_seat(participation, party_id, capacity, now)
        participation.version += 1
        if has_new_address:
            participants_operations.enqueue_invitation(participation, now)
        change.record(InvitationCorrected.of(participation, now))
        return has_new_address


def _change_address(participation: Participation, email: str, now: datetime) -> bool:
    """Saves another address. Returns whether it differs from the former one."""
    person = participation.person
    address = mail_address(email, field="email") if email else None
    if (same_address(address) if address else None) == person.email_norm:
        return False
    if person.account_id is not None:
        raise Refusal(
            N_("This person signs in with this address already: they change it themself, on their registration."),
            field="email",
        )
    if address is None:
        raise Refusal(N_("A person who was invited by letter keeps an address: write the right one."), field="email")
    dialogues_operations.set_address(person.id, address)
    participation.claimed_email = None
    accounts.revoke_links(LinkPurpose.REGISTRATION, [participation.id], now)
    return True


def _change_seat(participation: Participation, party_id: UUID, capacity: Capacity, now: datetime) -> None:
    if db.session.get(MeetingParty, (participation.meeting_id, party_id)) is None:
        raise Refusal(N_("This party is not at the meeting: choose another."), field="party_id")
    participants_operations.release_seat(participation, now)
    participation.party_id, participation.capacity = party_id, capacity
    participation.requested_capacity = None
    db.session.flush()
    participants_operations.assign_seat_or_queue(participation, may_exceed=True)
