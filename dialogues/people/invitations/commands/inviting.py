"""Commands of coordinators: invite, import, correct, send a link again, take a person off the list."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.typed_addresses import mail_address
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import N_, Refusal, refuse_stale
from dialogues.meetings.dialogues import operations as dialogues_operations
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.queries.meetings import registration_window
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder
from dialogues.meetings.dialogues.rules.roles import refuse_capacity
from dialogues.people.invitations import operations, queries
from dialogues.people.invitations.rules import (
    ImportPlan,
    InvitationCorrected,
    Invitee,
    Line,
    PersonInvited,
    RegistrationLinkSent,
)
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import load_participation
from dialogues.people.participants.rules.standing import (
    ParticipationStatus,
    check_not_already_invited,
    may_answer,
    refuse_closed,
    refuse_gone,
)
from dialogues.policy import PARTICIPANTS_INVITE


def invite_person(viewer: Viewer, invitee: Invitee, *, now: datetime) -> UUID:
    """Invites a person to the viewer's meeting and queues the email with the personal link.

    :raises Refusal: registration is closed, the party is not at the meeting or cannot have the capacity, or the person
        is already invited.
    """
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        meeting = dialogues_operations.current_meeting(change)
        refuse_closed(registration_window(meeting), now)
        if db.session.get(MeetingParty, (meeting.id, invitee.party_id)) is None:
            raise Refusal(N_("This party is not at the meeting: choose another."), field="party_id")
        return _invite(change, meeting, invitee, now).id


def import_people(
    viewer: Viewer, lines: Sequence[Line], order: NameOrder, *, previewed: str, now: datetime
) -> ImportPlan:
    """Invites everyone whose row is valid, exactly as previewed. Returns what it did and the rows to fix.

    :param previewed: digest of the plan that the coordinator saw.
    :raises Refusal: registration is closed, or the import would do something else than previewed.
    """
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        meeting = dialogues_operations.current_meeting(change)
        plan = queries.import_plan(change.viewer, lines, order, now)
        if plan.digest != previewed:
            raise Refusal(N_("The people to invite differ from the last preview. Check them, then invite them."))
        # Loaded once, because the session drops unreferenced rows and would query them for every row of the file.
        party_ids = {one.invitee.party_id for one in plan.ready}
        _parties = list(db.session.scalars(select(Party).where(Party.id.in_(party_ids))))
        for one in plan.ready:
            _invite(change, meeting, one.invitee, now)
        return plan


def _invite(change: Change, meeting: Meeting, invitee: Invitee, now: datetime) -> Participation:
    refuse_capacity(db.session.get_one(Party, invitee.party_id).kind, invitee.capacity)
    person_id = dialogues_operations.person_with_address(meeting.dialogue_id, invitee.email)
    if person_id is None:
        person_id = dialogues_operations.add_person(
            meeting.dialogue_id,
            invitee.name,
            invitee.email,
            family=invitee.family,
            given=invitee.given,
            name_order=invitee.name_order,
        )
    found = select(Participation).where(Participation.meeting_id == meeting.id, Participation.person_id == person_id)
    participation = db.session.execute(found).scalar_one_or_none()
    if participation is None:
        place = {"dialogue_id": meeting.dialogue_id, "meeting_id": meeting.id}
        new = operations.invite(person_id, invitee.party_id, invitee.capacity, **place, at=now)
        participation = db.session.get_one(Participation, new)
    else:
        check_not_already_invited(db.session.get_one(Person, person_id).name, participation.status)
        participation.party_id, participation.capacity = invitee.party_id, invitee.capacity
        _set_invited(participation, now)
    _send_invitation(change, participation, now)
    return participation


def invite_again(viewer: Viewer, participation_id: UUID, *, now: datetime) -> None:
    """Invites a person again who declined, withdrew or was taken off the list.

    :raises Refusal: registration is closed, or the person is already invited.
    """
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        participation = load_participation(change.viewer, PARTICIPANTS_INVITE, participation_id)
        refuse_closed(registration_window(participation.meeting), now)
        check_not_already_invited(participation.person.name, participation.status)
        _set_invited(participation, now)
        _send_invitation(change, participation, now)


def _set_invited(participation: Participation, now: datetime) -> None:
    """Sets the participation to invited, with a seat even if none is free."""
    participation.status, participation.replaces = ParticipationStatus.INVITED, None
    participation.invited_at, participation.answered_at = now, None
    participation.version += 1
    participants_operations.assign_seat_or_queue(participation, may_exceed=True)


def _send_invitation(change: Change, participation: Participation, now: datetime) -> None:
    participants_operations.enqueue_invitation(participation, now)
    change.record(PersonInvited.of(participation, now))


def send_link_again(viewer: Viewer, participation_id: UUID, *, now: datetime) -> None:
    """Queues an email with a new link. The previous link stops working ten minutes after the email is composed.

    :raises Refusal: registration is closed, or the invitation was taken back.
    """
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        participation = load_participation(change.viewer, PARTICIPANTS_INVITE, participation_id)
        window = registration_window(participation.meeting)
        refuse_closed(window, now)
        if not may_answer(participation.status, window, now):
            raise Refusal(N_("This invitation was taken back: invite the person again instead."))
        participants_operations.enqueue_invitation(participation, now)
        change.record(RegistrationLinkSent.of(participation, now))


def take_back(viewer: Viewer, participation_id: UUID, *, now: datetime) -> None:
    """Takes a person off the meeting; ends their links, role and seat.

    :raises Refusal: the person has left already.
    """
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        participation = load_participation(change.viewer, PARTICIPANTS_INVITE, participation_id)
        refuse_gone(participation.status)
        participants_operations.withdraw(change, participation, now, by_office=True)


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
        refuse_closed(registration_window(participation.meeting), now)
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
