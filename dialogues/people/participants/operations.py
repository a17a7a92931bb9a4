"""Seats, waiting lists and roles of participations.

A seat is never given twice. A seat that becomes free goes to the first person in the queue.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, select, update

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.transaction import Change
from dialogues.core.outbox.operations import enqueue, enqueue_all
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Exchange, Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.queries.meetings import registration_window
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind
from dialogues.meetings.dialogues.rules.roles import refuse_capacity
from dialogues.meetings.roles import operations as roles
from dialogues.people.participants.models import ChangeRequest, ListChange, Participation
from dialogues.people.participants.queries import news
from dialogues.people.participants.rules.events import ParticipationConfirmed, ParticipationWithdrawn
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.people.participants.rules.seats import free_seat, has_room
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role


def waiting_request(participation_id: UUID) -> ChangeRequest | None:
    """Returns the pending change request; at most one exists per participation."""
    found = select(ChangeRequest).where(
        ChangeRequest.participation_id == participation_id, ChangeRequest.decided_at.is_(None)
    )
    return db.session.execute(found).scalar_one_or_none()


def forget_decided(participation_id: UUID) -> None:
    """Erases the content of decided change requests, because the next request replaces them on the person's page."""
    decided = update(ChangeRequest).where(
        ChangeRequest.participation_id == participation_id, ChangeRequest.decided_at.is_not(None)
    )
    db.session.execute(decided.values(diff=b""))


def close_request(request: ChangeRequest, now: datetime) -> None:
    """Closes a request without a decision and erases its content."""
    request.decided_at, request.diff = now, b""
    db.session.flush()


def confirm(change: Change, participation: Participation, now: datetime) -> None:
    """Accepts the invitation.

    :raises Refusal: see :func:`begin_participation`.
    """
    participation.status, participation.answered_at = ParticipationStatus.CONFIRMED, now
    participation.answered_days = db.session.get_one(Meeting, participation.meeting_id).days_version
    participation.version += 1
    begin_participation(participation, now)
    change.record(ParticipationConfirmed.of(participation, now))


def withdraw(
    change: Change,
    participation: Participation,
    now: datetime,
    *,
    status: ParticipationStatus = ParticipationStatus.TAKEN_BACK,
    by_office: bool = False,
) -> None:
    """Takes a person off the meeting; the first person in the queue gets the seat."""
    participation.status = status
    participation.version += 1
    end_participation(participation, now)
    change.record(ParticipationWithdrawn.of(participation, now, by_office=by_office))


def begin_participation(participation: Participation, now: datetime, *, send_email: bool = True) -> bool:
    """Grants the role of the participation's capacity, which also accepts a pending role offer.

    Returns whether the change was announced; that happens only on submitted lists after the exchange.

    :raises Refusal: the person gave up the seat and no seat is free, or the party cannot have this capacity.
    """
    if participation.seat is None and not _has_free_seat(participation):
        raise Refusal(N_("All seats are taken now. Write to the person who invited you and ask for a seat."))
    assign_seat_or_queue(participation)
    participation.reads_as_observer = participation.capacity.role is Role.OBSERVER
    if _has_role(participation):
        return False
    change_role(participation, participation.capacity, now)
    kind = ListChangeKind.REPLACED if participation.replaces else ListChangeKind.JOINED
    return record_list_change(participation, kind, now, send_email=send_email)


def end_participation(
    participation: Participation, now: datetime, *, keeps_place: bool = False, send_email: bool = True
) -> bool:
    """Ends roles, links, limited sign-ins, pending requests and, unless `keeps_place`, the seat of a participation.

    Every command that takes a person off a meeting calls this. The first person in the queue gets the seat. Returns
    whether the change was announced; that happens only on submitted lists after the exchange.

    :param keeps_place: the caller gives this seat to a replacement.
    """
    was_listed = _has_role(participation)
    # Reset because a person who rejoins has to be approved again.
    participation.approved_at = participation.requested_capacity = None
    for role in {capacity.role for capacity in Capacity}:
        roles.revoke_role(participation.person_id, role, **_place(participation), now=now)
    accounts.revoke_links(LinkPurpose.REGISTRATION, [participation.id], now)
    request = waiting_request(participation.id)
    if request is not None:
        close_request(request, now)
    announced = was_listed and record_list_change(participation, ListChangeKind.LEFT, now, send_email=send_email)
    if not keeps_place:
        release_seat(participation, now)
    return announced


def change_role(participation: Participation, former: Capacity, now: datetime) -> None:
    """Replaces the role of the former capacity with that of the current one, for a person who has accepted."""
    participation.reads_as_observer = participation.capacity.role is Role.OBSERVER
    role, place = participation.capacity.role, _place(participation)
    for ended in {former.role, role}:
        roles.revoke_role(participation.person_id, ended, **place, now=now)
    roles.grant_role(participation.person_id, role, **place, offered_at=participation.invited_at, accepted_at=now)


def _has_role(participation: Participation) -> bool:
    role = participation.capacity.role
    grant = roles.live_grant(participation.person_id, role, **_place(participation))
    return grant is not None and grant.accepted_at is not None


def _place(participation: Participation) -> dict[str, UUID]:
    return {"dialogue_id": participation.dialogue_id, "meeting_id": participation.meeting_id}


def enqueue_invitation(participation: Participation, now: datetime) -> UUID:
    """Queues the invitation email with a new personal link; replaces one that is not sent yet."""
    order = f"invitation:{participation.id}"
    return enqueue(email_about(participation, EmailKind.INVITATION, now, order=order, dedup_key=f"{order}:{uuid4()}"))


def email_about(
    participation: Participation, kind: EmailKind, at: datetime, *, order: str, dedup_key: str
) -> EmailRequest:
    """Builds an email to a participant; it replaces unsent ones with the same `order`."""
    return EmailRequest(
        kind=kind,
        dedup_key=dedup_key,
        queued_at=at,
        dialogue_id=participation.dialogue_id,
        listed_under=participation.meeting_id,
        person_id=participation.person_id,
        facts={"participation_id": str(participation.id)},
        # The order key holds no time, because an email queued after the clock was set back would never be sent.
        order_key=order,
        supersedes=True,
    )


def enqueue_news(kind: EmailKind, meeting_id: UUID, now: datetime) -> None:
    """Queues one email without names to each reader of list news; it replaces an unsent one."""
    dialogue_id = db.session.get_one(Meeting, meeting_id).dialogue_id
    enqueue_all(
        [
            EmailRequest(
                kind=kind,
                dedup_key=f"{kind.value}:{meeting_id.hex}:{uuid4().hex}",
                queued_at=now,
                dialogue_id=dialogue_id,
                listed_under=meeting_id,
                person_id=person_id,
                order_key=f"{kind.value}:{meeting_id.hex}:{person_id.hex}",
                supersedes=True,
            )
            for person_id in news.readers_of_news(meeting_id, kind)
        ]
    )


def is_open(meeting_id: UUID) -> bool:
    """Whether the exchange of the meeting has taken place."""
    exchange = db.session.get(Exchange, meeting_id)
    return exchange is not None and exchange.opened_at is not None


def record_list_change(
    participation: Participation, kind: ListChangeKind, now: datetime, *, send_email: bool = True
) -> bool:
    """Records a list change and announces it to the readers of the list. Returns whether it did.

    Does nothing before the exchange or for a list that is not submitted.

    :param send_email: send an email about this change; bulk commands pass False and send one email for all changes.
    """
    row = db.session.get(MeetingParty, (participation.meeting_id, participation.party_id))
    if row is None or row.submitted_at is None or not is_open(participation.meeting_id):
        return False
    db.session.add(
        ListChange(
            id=uuid4(),
            **_place(participation),
            participation_id=participation.id,
            instead_of=participation.replaces if kind is ListChangeKind.REPLACED else None,
            kind=kind,
            at=now,
        )
    )
    db.session.flush()
    if send_email:
        enqueue_news(EmailKind.LIST_CHANGED, participation.meeting_id, now)
    return True


def assign_seat_or_queue(participation: Participation, *, may_exceed: bool = False) -> bool:
    """Gives the participation a free seat, or the last place in the queue. Returns whether it has a seat.

    Does not set the status: for nominees call `on_seat_assigned` afterwards.

    :param may_exceed: assign a seat even if none is free; only for coordinators.
    :raises Refusal: people of this party cannot have this capacity.
    """
    refuse_capacity(_kind(participation), participation.capacity)
    # A seat or a place in the queue counts as an offer of the observer role.
    participation.reads_as_observer |= participation.capacity.role is Role.OBSERVER
    if participation.seat is not None:
        return True
    taken = _taken(_same_list(participation))
    has_seat = may_exceed or has_room(_seats_of(participation), len(taken))
    if has_seat:
        participation.seat, participation.queue_no = free_seat(taken), None
    elif participation.queue_no is None:
        last = select(func.max(Participation.queue_no)).where(_same_list(participation))
        participation.queue_no = (db.session.execute(last).scalar() or 0) + 1
    db.session.flush()
    return has_seat


def seat_figures(participation: Participation) -> dict[str, int]:
    """Returns how many seats exist and are taken in this party and capacity, for `take_place_back`."""
    return {"seats": _seats_of(participation), "taken": len(_taken(_same_list(participation)))}


def take_place_back(participation: Participation, seat: int, figures: Mapping[str, int]) -> bool:
    """Gives a person their former seat or another free one; otherwise puts them first in the queue.

    Returns whether the person has a seat. Used to undo a bulk action. Overbooked seats can be restored only if the
    number of seats did not change since.
    """
    in_list, limit = _same_list(participation), _seats_of(participation)
    if limit == figures["seats"]:
        limit = max(limit, figures["taken"])
    taken = _taken(in_list)
    if has_room(limit, len(taken)):
        participation.seat = seat if seat not in taken else free_seat(taken)
        db.session.flush()
        return True
    first = select(func.min(Participation.queue_no)).where(in_list)
    queue_at(participation, db.session.execute(first).scalar() or 1)
    return False


def queue_at(participation: Participation, place: int) -> None:
    """Inserts a person at this place of the queue and moves the others back by one."""
    behind = select(Participation).where(_same_list(participation), Participation.queue_no >= place)
    waiting = db.session.scalars(behind.order_by(Participation.queue_no.desc())).all()
    if waiting and waiting[-1].queue_no == place:
        # From the end and flushed one by one, because a unique index forbids equal numbers at any time.
        for one in waiting:
            one.queue_no = (one.queue_no or 0) + 1
            db.session.flush()
    participation.queue_no = place
    db.session.flush()


def may_have_capacity(participation: Participation) -> bool:
    """Whether the party may have people in this capacity; the kind of the party may have changed since it was set."""
    return participation.capacity in _kind(participation).capacities


def release_seat(participation: Participation, now: datetime) -> None:
    """Gives up the seat or the place in the queue; the first person in the queue gets the seat."""
    had_seat = participation.seat is not None
    participation.seat, participation.queue_no = None, None
    db.session.flush()
    if had_seat:
        _seat_from_queue(participation.meeting_id, participation.party_id, participation.capacity, now)


def hand_over_place(participation: Participation, successor: Participation) -> None:
    seat, queue_no = participation.seat, participation.queue_no
    participation.seat, participation.queue_no = None, None
    db.session.flush()
    successor.seat, successor.queue_no = seat, queue_no
    db.session.flush()


def fill_seats(meeting_id: UUID, now: datetime) -> None:
    """Assigns free seats of the meeting to people in the queues, for example after the number of seats was raised."""
    waiting = (
        select(Participation.party_id, Participation.capacity)
        .where(Participation.meeting_id == meeting_id, Participation.queue_no.is_not(None))
        .distinct()
    )
    for party_id, capacity in db.session.execute(waiting).all():
        _seat_from_queue(meeting_id, party_id, capacity, now)


def on_seat_assigned(participation: Participation, now: datetime) -> None:
    """Updates the status of a person who got a seat.

    Invites the person if the list is submitted and an email is possible. A person invited by a coordinator is on no
    party's list, so there is no list to submit first.
    """
    email = db.session.execute(select(Person.email).where(Person.id == participation.person_id)).scalar_one()
    has_address = email is not None or participation.claimed_email is not None
    row = db.session.get(MeetingParty, (participation.meeting_id, participation.party_id))
    may_invite = participation.nominated_by is None or (row is not None and row.submitted_at is not None)
    is_invited = may_invite and has_address
    participation.status = ParticipationStatus.INVITED if is_invited else ParticipationStatus.NOMINATED
    participation.version += 1
    if is_invited:
        participation.invited_at, participation.answered_at = now, None
        # Queued also for a claimed address, so that response times are equal; none is composed for such an address.
        enqueue_invitation(participation, now)
    db.session.flush()


def _seat_from_queue(meeting_id: UUID, party_id: UUID, capacity: Capacity, now: datetime) -> None:
    if not registration_window(db.session.get_one(Meeting, meeting_id)).takes_place:
        return
    in_list, seats = _in_list(meeting_id, party_id, capacity), _seats(meeting_id, party_id, capacity)
    taken = _taken(in_list)
    waiting = select(Participation).where(in_list, Participation.queue_no.is_not(None)).order_by(Participation.queue_no)
    for one in db.session.scalars(waiting).all():
        if not has_room(seats, len(taken)):
            return
        one.seat, one.queue_no = free_seat(taken), None
        taken.add(one.seat)
        db.session.flush()
        on_seat_assigned(one, now)


def _taken(in_list: ColumnElement[bool]) -> set[int]:
    rows = db.session.scalars(select(Participation.seat).where(in_list, Participation.seat.is_not(None)))
    return {seat for seat in rows if seat is not None}


def _seats(meeting_id: UUID, party_id: UUID, capacity: Capacity) -> int:
    row = db.session.get(MeetingParty, (meeting_id, party_id))
    return row.seats.get(capacity.value, 0) if row is not None else 0


def _has_free_seat(participation: Participation) -> bool:
    return has_room(_seats_of(participation), len(_taken(_same_list(participation))))


def _seats_of(participation: Participation) -> int:
    return _seats(participation.meeting_id, participation.party_id, participation.capacity)


def _kind(participation: Participation) -> PartyKind:
    return db.session.get_one(Party, participation.party_id).kind


def _same_list(participation: Participation) -> ColumnElement[bool]:
    return _in_list(participation.meeting_id, participation.party_id, participation.capacity)


def _in_list(meeting_id: UUID, party_id: UUID, capacity: Capacity) -> ColumnElement[bool]:
    return and_(
        Participation.meeting_id == meeting_id, Participation.party_id == party_id, Participation.capacity == capacity
    )
