"""Seats, lodging and the sealed exchange: each party's list is lodged, and all are opened to each other at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib import wall_time
from dialogues.lib.refusal import N_, NotFound, Refusal, refuse_stale
from dialogues.meetings.dialogues import operations as dialogues_operations
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Person
from dialogues.meetings.dialogues.queries import meetings as dialogues_meetings
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
from dialogues.people.participants.queries import visibility as participants_visibility
from dialogues.people.participants.rules.events import ExchangeProposed, ParticipationWithdrawn
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus, refuse_closed
from dialogues.policy import EXCHANGE_FIX, LODGE, PARTICIPANTS_INVITE, SEATS_EDIT, Action

IS_OPEN = N_("The lists are open already: changes of them are announced to everyone who reads them.")
IS_FROZEN = N_("The lists open in less than 24 hours: no list can be withdrawn now. You can still replace people.")
NOTHING_PROPOSED = N_("There is no proposal to confirm. Propose a time.")
NEEDS_ANOTHER = N_("Ask for a second person: a co-chair of another party, or a coordinator with one co-chair.")


def set_seats(viewer: Viewer, seats: Mapping[UUID, Mapping[str, int]], *, version: int, now: datetime) -> None:
    """Set how many seats each party has in each capacity; people who wait get those that are new.

    Lowering a number removes nobody; the page shows how many are over. A capacity without a number has no seats.

    :raises Refusal: someone saved a change meanwhile, or an observing organisation would get seats for participants.
    """
    with transaction(viewer, SEATS_EDIT) as change:
        meeting = _meeting(change)
        refuse_stale(nominations.seats_mark(change.viewer, SEATS_EDIT), version)
        reached = nominations.visible_parties(change.viewer, SEATS_EDIT)
        for row in db.session.scalars(select(MeetingParty).where(reached)).all():
            dialogues_operations.set_seats(meeting.id, row.party_id, dict(seats.get(row.party_id, {})))
        participants_operations.fill_seats(meeting.id, now)
        change.record(SeatsSet(**_about(meeting), at=now))


def submit_list(viewer: Viewer, party_id: UUID, *, now: datetime) -> None:
    """Lodge the party's list; when it was the last and no moment is fixed, all lists open in this transaction.

    Lodged already, nothing changes, so that impatient fingers do no harm.

    :raises Refusal: there is nobody on the list, or the meeting takes no registrations.
    """
    with transaction(viewer, LODGE) as change:
        row = _party(change, LODGE, party_id)
        if row.submitted_at is not None:
            return
        meeting = db.session.get_one(Meeting, row.meeting_id)
        refuse_closed(dialogues_meetings.gathering_of(meeting), now)
        _refuse_empty(row)
        # After the moment that was fixed the others open first: this list joins them as a change.
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
    """Take the party's list back, to lodge it again later; letters that have left stay what they are.

    :raises Refusal: the lists are open to each other, or will be within 24 hours.
    """
    with transaction(viewer, LODGE) as change:
        row = _party(change, LODGE, party_id)
        if participants_operations.is_open(row.meeting_id) or exchange.is_to_open(row.meeting_id, now):
            raise Refusal(IS_OPEN)
        if not exchange.moment_of(row.meeting_id).may_be_withdrawn(now):
            raise Refusal(IS_FROZEN)
        if row.submitted_at is None:
            return
        dialogues_operations.set_submitted(row.meeting_id, party_id, None, None)
        change.record(
            SubmissionTakenBack(about=party_id, dialogue_id=row.dialogue_id, meeting_id=row.meeting_id, at=now)
        )


def propose_exchange(viewer: Viewer, local: datetime | None, *, version: int, now: datetime) -> None:
    """Propose the time at which the lists open, on the meeting's clocks; None: once every party has submitted.

    Nothing changes before a second person confirms it. A new proposal replaces the one before.

    :raises Refusal: the lists are open, the time is not 24 hours ahead or not on the clocks, or someone else proposed
        or confirmed a time meanwhile.
    """
    with transaction(viewer, EXCHANGE_FIX) as change:
        meeting = _sealed(change, now)
        refuse_stale(exchange.moment_mark(meeting.id), version)
        moment = _on_the_clock(local, meeting.zone) if local is not None else None
        if moment is not None:
            refuse_early(moment, now)
        dialogues_operations.propose_exchange(meeting.id, moment, change.viewer.person_id, now)
        change.record(ExchangeProposed(**_about(meeting), at=now))


def confirm_exchange(viewer: Viewer, *, version: int, now: datetime) -> None:
    """Set the time that someone else proposed; where it clears the time and every party has submitted, all lists open.

    Everyone concerned is told by email.

    :raises Refusal: the lists are open, there is no proposal, its time is not 24 hours ahead any more, the two may not
        set it together, or the proposal was changed meanwhile.
    """
    with transaction(viewer, EXCHANGE_FIX) as change:
        meeting = _sealed(change, now)
        refuse_stale(exchange.moment_mark(meeting.id), version)
        proposal = exchange.proposal(change.viewer, meeting.id)
        if proposal is None or change.viewer.person_id is None:
            raise Refusal(NOTHING_PROPOSED)
        # By the roles of this sign-in: without a second factor those of the staff do not count.
        second = replace(exchange.setter(meeting.id, change.viewer.person_id), roles=change.viewer.roles)
        if not may_set_together(proposal.by, second):
            raise Refusal(NEEDS_ANOTHER)
        if proposal.until is not None:
            refuse_early(proposal.until, now)
        dialogues_operations.fix_exchange(meeting.id, change.viewer.person_id)
        participants_operations.enqueue_news(EmailKind.EXCHANGE_SET, meeting.id, now)
        change.record(ExchangeFixed(**_about(meeting), at=now, proposed_by=proposal.by.person_id))
        _open_if_due(change, meeting.id, now)


def _sealed(change: Change, now: datetime) -> Meeting:
    meeting = _meeting(change)
    if participants_operations.is_open(meeting.id) or exchange.is_to_open(meeting.id, now):
        raise Refusal(IS_OPEN)
    return meeting


def _on_the_clock(local: datetime, zone: str) -> datetime:
    # Of two equal times the later is meant: nobody's list opens before they think it does.
    try:
        return wall_time.resolve_local_time(local, zone, fold=1).instant
    except Refusal as refusal:
        raise Refusal(refusal.message, field="moment", **refusal.facts) from refusal


def open_due(viewer: Viewer, meeting_id: UUID, *, now: datetime) -> bool:
    """Open the lists of a meeting whose moment has come; whether they were opened by this.

    Asked again inside the transaction, so that however often and late it is called, they open once.
    """
    with transaction(viewer, EXCHANGE_FIX) as change:
        return _open_if_due(change, meeting_id, now)


def ask_for_another_address(viewer: Viewer, participation_id: UUID, *, now: datetime) -> None:
    """Let the party's focal point know that this nominee needs another address, and nothing of why."""
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        participation = _doubtful(change, participation_id)
        participation.claimed_email, participation.address_asked = None, True
        participation.version += 1
        if participation.status is ParticipationStatus.INVITED:
            participation.status = ParticipationStatus.NOMINATED
        change.record(NominationChanged.of(participation, now))


def take_for_the_same(viewer: Viewer, participation_id: UUID, *, now: datetime) -> None:
    """Let the nominee be the person whose address was written: the office knows that they are the same.

    :raises Refusal: that person has a part in this meeting already.
    """
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        participation = _doubtful(change, participation_id)
        owner_id = dialogues_operations.person_with_address(
            participation.dialogue_id, participation.claimed_email or ""
        )
        if owner_id is None:
            # Whoever had the address has another one now: it is the nominee's own.
            dialogues_operations.write_address(participation.person_id, participation.claimed_email)
            owner_id = participation.person_id
        separate_id = participation.person_id
        if owner_id != separate_id:
            participation = _handed_to(owner_id, participation, now)
        participation.claimed_email = None
        db.session.flush()
        if participation.seat is not None:
            submitted = participants_operations.has_submitted(participation.meeting_id, participation.party_id)
            participants_operations.on_seat_assigned(participation, now, has_submitted=submitted)
        if owner_id != separate_id:
            _say_replaced(change, participation, separate_id, now)


def _say_replaced(change: Change, participation: Participation, separate_id: UUID, now: datetime) -> None:
    change.record(ParticipationWithdrawn.of(participation, now, person_id=separate_id, by_office=True))
    change.record(NomineeReplaced.of(participation, now, replaced_person_id=separate_id))


def _handed_to(owner_id: UUID, participation: Participation, now: datetime) -> Participation:
    """The owner's part in this meeting: the nominee's own, or an earlier one that takes its place."""
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
    restricts = part.reads_as_observer or participation.reads_as_observer
    part.party_id, part.capacity = participation.party_id, participation.capacity
    part.requested_capacity, part.reads_as_observer = participation.requested_capacity, restricts
    part.status, part.nominated_by = participation.status, participation.nominated_by
    part.invited_at, part.answered_at, part.approved_at, part.replaces = now, None, None, participation.replaces
    part.version += 1
    participation.status, participation.claimed_email = ParticipationStatus.TAKEN_BACK, None
    participation.version += 1
    participants_operations.end_part(participation, now, keeps_place=True)
    participants_operations.hand_over_place(participation, part)
    return part


def _meeting(change: Change) -> Meeting:
    place = change.viewer.place
    if place is None or place.meeting_id is None:
        raise NotFound
    return db.session.get_one(Meeting, place.meeting_id)


def _party(change: Change, action: Action, party_id: UUID) -> MeetingParty:
    reached = nominations.visible_parties(change.viewer, action)
    found = db.session.execute(select(MeetingParty).where(reached, MeetingParty.party_id == party_id))
    row = found.scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def _doubtful(change: Change, participation_id: UUID) -> Participation:
    reached = participants_visibility.visible(change.viewer, PARTICIPANTS_INVITE)
    found = db.session.execute(
        select(Participation).where(
            Participation.id == participation_id, reached, Participation.claimed_email.is_not(None)
        )
    )
    participation = found.scalar_one_or_none()
    if participation is None:
        raise NotFound
    return participation


def _refuse_empty(row: MeetingParty) -> None:
    seated = select(func.count()).where(
        Participation.meeting_id == row.meeting_id,
        Participation.party_id == row.party_id,
        Participation.seat.is_not(None),
    )
    if not db.session.execute(seated).scalar_one():
        raise Refusal(
            N_("There is nobody on this list yet: name someone first. A party that sends nobody leaves the meeting.")
        )


def _about(meeting: Meeting) -> dict[str, UUID]:
    return {"about": meeting.id, "dialogue_id": meeting.dialogue_id, "meeting_id": meeting.id}
