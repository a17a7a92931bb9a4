"""Commands for seats, list submission and the exchange."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib import wall_time
from dialogues.lib.refusal import N_, Refusal, refuse_stale
from dialogues.meetings.dialogues import operations as dialogues_operations
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Person
from dialogues.meetings.dialogues.queries.meetings import days_of, registration_window
from dialogues.people.nominations import operations
from dialogues.people.nominations.queries import exchange, nominations
from dialogues.people.nominations.rules import (
    ExchangeFixed,
    ListSubmitted,
    NominationChanged,
    NomineeReplaced,
    SeatsSet,
    SubmissionTakenBack,
    may_set_together,
    refuse_early,
)
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import load_participation, on_party_list
from dialogues.people.participants.rules.events import ExchangeProposed, ParticipationWithdrawn
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus, refuse_closed
from dialogues.policy import EXCHANGE_FIX, PARTICIPANTS_INVITE, SEATS_EDIT, SUBMIT_LIST

IS_OPEN = N_("The lists are open already: changes of them are announced to everyone who reads them.")
NEEDS_ANOTHER = N_(
    "Ask a second person to confirm: a co-chair of another party. A coordinator can confirm a co-chair's proposal."
)


def set_seats(viewer: Viewer, seats: Mapping[UUID, Mapping[str, int]], *, version: int, now: datetime) -> None:
    """Sets the number of seats of each party by capacity; new seats are filled from the queues.

    Lowering a number removes nobody; the page shows the overbooking. A capacity without a number has no seats.

    :raises Refusal: the seats changed since the page was shown, or an observing organisation would get participant
        seats.
    """
    with transaction(viewer, SEATS_EDIT) as change:
        meeting = dialogues_operations.current_meeting(change)
        refuse_stale(nominations.seats_mark(change.viewer, SEATS_EDIT), version)
        reached = nominations.visible_parties(change.viewer, SEATS_EDIT)
        for row in db.session.scalars(select(MeetingParty).where(reached)).all():
            dialogues_operations.set_seats(meeting.id, row.party_id, dict(seats.get(row.party_id, {})))
        participants_operations.fill_seats(meeting.id, now)
        change.record(SeatsSet(**_about(meeting), at=now))


def submit_list(viewer: Viewer, party_id: UUID, *, now: datetime) -> None:
    """Submits the party's list. If it is the last one and no time is set, the exchange happens in this transaction.

    Idempotent: submitting a submitted list has no effect.

    :raises Refusal: nobody is on the list, or registration is closed.
    """
    with transaction(viewer, SUBMIT_LIST) as change:
        row = nominations.meeting_party(change.viewer, SUBMIT_LIST, party_id)
        if row.submitted_at is not None:
            return
        meeting = dialogues_operations.current_meeting(change)
        refuse_closed(registration_window(meeting), now)
        _refuse_empty_list(row)
        # If the exchange is overdue, the other lists open first, because this late list is announced as a change.
        _open_if_due(change, meeting.id, now)
        operations.mark_list_submitted(row, change.viewer.person_id, now)
        change.record(ListSubmitted(about=party_id, dialogue_id=row.dialogue_id, meeting_id=row.meeting_id, at=now))
        _open_if_due(change, meeting.id, now)


def _open_if_due(change: Change, meeting_id: UUID, now: datetime) -> bool:
    is_due = exchange.is_to_open(meeting_id, now)
    if is_due:
        change.record(operations.open_lists(meeting_id, now))
    return is_due


def take_submission_back(viewer: Viewer, party_id: UUID, *, now: datetime) -> None:
    """Withdraws the submitted list; it can be submitted again later. Invitations that were sent stay valid.

    :raises Refusal: the exchange has taken place or is less than 24 hours away.
    """
    with transaction(viewer, SUBMIT_LIST) as change:
        row = nominations.meeting_party(change.viewer, SUBMIT_LIST, party_id)
        if participants_operations.is_open(row.meeting_id) or exchange.is_to_open(row.meeting_id, now):
            raise Refusal(IS_OPEN)
        if not exchange.moment_of(row.meeting_id).may_be_withdrawn(now):
            raise Refusal(
                N_("The lists open in less than 24 hours: no list can be withdrawn now. You can still replace people.")
            )
        if row.submitted_at is None:
            return
        dialogues_operations.set_submitted(row.meeting_id, party_id, None, None)
        change.record(
            SubmissionTakenBack(about=party_id, dialogue_id=row.dialogue_id, meeting_id=row.meeting_id, at=now)
        )


def propose_exchange(viewer: Viewer, local: datetime | None, *, version: int, now: datetime) -> None:
    """Proposes the time of the exchange in local time of the meeting; None: when all parties have submitted.

    Takes effect when a second person confirms it. Replaces an earlier proposal.

    :raises Refusal: the exchange has taken place, the time is less than 24 hours away or does not exist in the time
        zone, or the time or its proposal changed since the page was shown.
    """
    with transaction(viewer, EXCHANGE_FIX) as change:
        meeting = _sealed_meeting(change, now)
        refuse_stale(exchange.moment_mark(meeting.id), version)
        moment = _resolve_local_time(local, meeting.zone) if local is not None else None
        if local is not None and moment is not None:
            refuse_early(moment, now)
            wall_time.check_range(local.date(), now.date(), days_of(meeting).last, field="moment")
        dialogues_operations.propose_exchange(meeting.id, moment, change.viewer.person_id, now)
        change.record(ExchangeProposed(**_about(meeting), at=now))


def confirm_exchange(viewer: Viewer, *, version: int, now: datetime) -> None:
    """Confirms the proposed time. If it clears the time and all parties have submitted, the exchange happens now.

    Queues an email to everyone concerned.

    :raises Refusal: the exchange has taken place, there is no proposal, its time is less than 24 hours away, the two
        people may not set it together, or the proposal changed since the page was shown.
    """
    with transaction(viewer, EXCHANGE_FIX) as change:
        meeting = _sealed_meeting(change, now)
        refuse_stale(exchange.moment_mark(meeting.id), version)
        proposal = exchange.proposal(change.viewer, meeting.id)
        if proposal is None or change.viewer.person_id is None:
            raise Refusal(N_("There is no proposal to confirm. Propose a time."))
        # Uses the roles of this sign-in, because staff roles do not count without a second factor.
        second = replace(exchange.setter(meeting.id, change.viewer.person_id), roles=change.viewer.roles)
        if not may_set_together(proposal.by, second):
            raise Refusal(NEEDS_ANOTHER)
        if proposal.until is not None:
            refuse_early(proposal.until, now)
        dialogues_operations.fix_exchange(meeting.id, change.viewer.person_id)
        participants_operations.enqueue_news(EmailKind.EXCHANGE_SET, meeting.id, now)
        change.record(ExchangeFixed(**_about(meeting), at=now, proposed_by=proposal.by.person_id))
        _open_if_due(change, meeting.id, now)


def _sealed_meeting(change: Change, now: datetime) -> Meeting:
    meeting = dialogues_operations.current_meeting(change)
    if participants_operations.is_open(meeting.id) or exchange.is_to_open(meeting.id, now):
        raise Refusal(IS_OPEN)
    return meeting


def _resolve_local_time(local: datetime, zone: str) -> datetime:
    # Takes the later of two equal local times, because lists must not open earlier than a party expects.
    try:
        return wall_time.resolve_local_time(local, zone, fold=1).instant
    except Refusal as refusal:
        raise Refusal(refusal.message, field="moment", **refusal.facts) from refusal


def open_due(viewer: Viewer, meeting_id: UUID, *, now: datetime) -> bool:
    """Opens the lists of a meeting if its exchange is due. Returns whether it did.

    Checks inside the transaction, so concurrent or late calls open the lists once.
    """
    with transaction(viewer, EXCHANGE_FIX) as change:
        return _open_if_due(change, meeting_id, now)


def ask_for_another_address(viewer: Viewer, participation_id: UUID, *, now: datetime) -> None:
    """Rejects the address in doubt. The party sees that another address is needed, but not why."""
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        participation = _doubtful(change, participation_id)
        participation.claimed_email, participation.address_asked = None, True
        participation.version += 1
        if participation.status is ParticipationStatus.INVITED:
            participation.status = ParticipationStatus.NOMINATED
        change.record(NominationChanged.of(participation, now))


def merge_with_address_owner(viewer: Viewer, participation_id: UUID, *, now: datetime) -> None:
    """Resolves an address in doubt: the nominee and the owner of the address are the same person.

    :raises Refusal: the owner is on a list of this meeting.
    """
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        participation = _doubtful(change, participation_id)
        owner_id = dialogues_operations.person_with_address(
            participation.dialogue_id, participation.claimed_email or ""
        )
        if owner_id is None:
            # The former owner has changed their address, so it belongs to the nominee.
            dialogues_operations.set_address(participation.person_id, participation.claimed_email)
            owner_id = participation.person_id
        nominee_person_id = participation.person_id
        if owner_id != nominee_person_id:
            participation = _assign_to_owner(owner_id, participation, now)
        participation.claimed_email = None
        db.session.flush()
        if participation.seat is not None:
            participants_operations.on_seat_assigned(participation, now)
        if owner_id != nominee_person_id:
            change.record(ParticipationWithdrawn.of(participation, now, person_id=nominee_person_id, by_office=True))
            change.record(NomineeReplaced.of(participation, now, replaced_person_id=nominee_person_id))


def _assign_to_owner(owner_id: UUID, participation: Participation, now: datetime) -> Participation:
    """Moves the nomination to the owner of the address, reusing an earlier participation of theirs."""
    part = db.session.execute(
        select(Participation).where(
            Participation.meeting_id == participation.meeting_id, Participation.person_id == owner_id
        )
    ).scalar_one_or_none()
    if part is None:
        participation.person_id = owner_id
        participation.version += 1
        return participation
    if part.status not in GONE:
        raise Refusal(
            N_("%(name)s has a part in this meeting already, so they are two: ask for another address."),
            name=db.session.get_one(Person, owner_id).name,
        )
    is_restricted = part.reads_as_observer or participation.reads_as_observer
    part.party_id, part.capacity = participation.party_id, participation.capacity
    part.requested_capacity, part.reads_as_observer = participation.requested_capacity, is_restricted
    part.status, part.nominated_by = participation.status, participation.nominated_by
    part.invited_at, part.answered_at, part.approved_at, part.replaces = now, None, None, participation.replaces
    part.version += 1
    participation.status, participation.claimed_email = ParticipationStatus.TAKEN_BACK, None
    participation.version += 1
    participants_operations.end_participation(participation, now, keeps_place=True)
    participants_operations.hand_over_place(participation, part)
    return part


def _doubtful(change: Change, participation_id: UUID) -> Participation:
    is_doubtful = Participation.claimed_email.is_not(None)
    return load_participation(change.viewer, PARTICIPANTS_INVITE, participation_id, is_doubtful)


def _refuse_empty_list(row: MeetingParty) -> None:
    if not db.session.scalar(select(exists().where(on_party_list(row), Participation.seat.is_not(None)))):
        raise Refusal(
            N_("There is nobody on this list yet: name someone first. A party that sends nobody leaves the meeting.")
        )


def _about(meeting: Meeting) -> dict[str, UUID]:
    return {"about": meeting.id, "dialogue_id": meeting.dialogue_id, "meeting_id": meeting.id}
