"""Seats and waiting lists: a seat is never given twice, and whoever waits longest gets the one that falls free."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, select, update

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.outbox.operations import enqueue, enqueue_all
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Exchange, Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, MeetingStatus, PartyKind
from dialogues.meetings.dialogues.rules.roles import refuse_capacity
from dialogues.meetings.roles import operations as roles
from dialogues.people.participants.models import ChangeRequest, ListChange, Participation
from dialogues.people.participants.queries import news
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.people.participants.rules.seats import free_seat, has_room, status_on_seat
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role


def waiting_request(participation_id: UUID) -> ChangeRequest | None:
    """The change that waits for the office; one at a time."""
    found = select(ChangeRequest).where(
        ChangeRequest.participation_id == participation_id, ChangeRequest.decided_at.is_(None)
    )
    return db.session.execute(found).scalar_one_or_none()


def forget_decided(participation_id: UUID) -> None:
    """Keep nothing of what was asked for before: what is asked for next takes its place on the person's page."""
    decided = update(ChangeRequest).where(
        ChangeRequest.participation_id == participation_id, ChangeRequest.decided_at.is_not(None)
    )
    db.session.execute(decided.values(diff=b""))


def close_waiting(participation_id: UUID, now: datetime) -> None:
    """Let whoever comes no more ask for nothing."""
    request = waiting_request(participation_id)
    if request is not None:
        close_request(request, now)


def close_request(request: ChangeRequest, now: datetime) -> None:
    """Let a request be open no more, undecided; what it asked for is not kept."""
    request.decided_at, request.diff = now, b""
    db.session.flush()


def begin_part(participation: Participation, now: datetime, *, by_letter: bool = True) -> bool:
    """Let the role that comes with the capacity count from now on; an offer of it is answered by that.

    On opened lists the person stands from now on, which those who read them are told.

    :raises Refusal: the person had given up the seat, and all seats are taken; or the party has no such capacity.
    """
    take_seat_again(participation)
    participation.reads_as_observer = participation.capacity.role is Role.OBSERVER
    role, place = participation.capacity.role, _place(participation)
    grant = roles.live_grant(participation.person_id, role, **place)
    if grant is not None and grant.accepted_at is not None:
        return False
    roles.revoke_role(participation.person_id, role, **place, now=now)
    roles.grant_role(
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
        roles.revoke_role(participation.person_id, role, **_place(participation), now=now)
    accounts.revoke_links(LinkPurpose.REGISTRATION, participation.id, now)
    close_waiting(participation.id, now)
    told = was_listed and note_change(participation, ListChangeKind.LEFT, now, by_letter=by_letter)
    if not keeps_place:
        release_seat(participation, now)
    return told


def change_role(participation: Participation, former: Capacity, now: datetime) -> None:
    """Exchange the role of the former capacity for that of the present one, for someone who has accepted."""
    participation.reads_as_observer = participation.capacity.role is Role.OBSERVER
    role, place = participation.capacity.role, _place(participation)
    for ended in {former.role, role}:
        roles.revoke_role(participation.person_id, ended, **place, now=now)
    roles.grant_role(participation.person_id, role, **place, offered_at=participation.invited_at, accepted_at=now)


def _has_role(participation: Participation) -> bool:
    """Whether the person had accepted, so that the role of their capacity counted until now."""
    role = participation.capacity.role
    grant = roles.live_grant(participation.person_id, role, **_place(participation))
    return grant is not None and grant.accepted_at is not None


def _place(participation: Participation) -> dict[str, UUID]:
    return {"dialogue_id": participation.dialogue_id, "meeting_id": participation.meeting_id}


def enqueue_invitation(participation: Participation, now: datetime) -> UUID:
    """Owe the letter with a new personal link; one that has not left yet is not sent beside it."""
    order = f"invitation:{participation.id}"
    return enqueue(email_about(participation, EmailKind.INVITATION, now, order=order, dedup_key=f"{order}:{uuid4()}"))


def email_about(
    participation: Participation, kind: EmailKind, at: datetime, *, order: str, dedup_key: str
) -> EmailRequest:
    """A letter to someone about their taking part; one of that order that has not left yet is not sent beside it."""
    return EmailRequest(
        kind=kind,
        dedup_key=dedup_key,
        queued_at=at,
        dialogue_id=participation.dialogue_id,
        listed_under=participation.meeting_id,
        person_id=participation.person_id,
        facts={"participation_id": str(participation.id)},
        # One sequence for all: by the clock, a letter owed after the clock was set back would never leave.
        order_key=order,
        supersedes=True,
    )


def enqueue_news(kind: EmailKind, meeting_id: UUID, now: datetime) -> None:
    """Owe everyone whom news of the lists concerns one letter that names nobody, in place of an older one."""
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
    """Whether the lists of the meeting are open to each other."""
    exchange = db.session.get(Exchange, meeting_id)
    return exchange is not None and exchange.opened_at is not None


def note_change(
    participation: Participation,
    kind: ListChangeKind,
    now: datetime,
    *,
    instead_of: UUID | None = None,
    by_letter: bool = True,
) -> bool:
    """Announce a change of an opened list to those who read it; before, or of a list not lodged, nothing is said.

    :param by_letter: with a letter of its own; of many changes at once, whoever makes them owes one for all.
    """
    row = db.session.get(MeetingParty, (participation.meeting_id, participation.party_id))
    if row is None or row.submitted_at is None or not is_open(participation.meeting_id):
        return False
    db.session.add(
        ListChange(
            id=uuid4(),
            dialogue_id=participation.dialogue_id,
            meeting_id=participation.meeting_id,
            participation_id=participation.id,
            instead_of=instead_of,
            kind=kind,
            at=now,
        )
    )
    db.session.flush()
    if by_letter:
        enqueue_news(EmailKind.LIST_CHANGED, participation.meeting_id, now)
    return True


def of_party_list(row: MeetingParty) -> ColumnElement[bool]:
    return (Participation.meeting_id == row.meeting_id) & (Participation.party_id == row.party_id)


#: Of these meetings no seat is anybody's any more.
_OVER = frozenset({MeetingStatus.CANCELLED, MeetingStatus.CLOSED})


def assign_seat_or_queue(participation: Participation, *, may_exceed: bool = False) -> bool:
    """Give the participation a seat of its party in its capacity, or the last place of the queue; whether it sits.

    The caller sets the status: `seated` does for nominees.

    :param may_exceed: a coordinator may seat more people than the party has seats.
    :raises Refusal: people of this party do not have that capacity.
    """
    refuse_capacity(_kind(participation), participation.capacity)
    # A place is an offer; somebody who was refused as participant had none before.
    participation.reads_as_observer |= participation.capacity.role is Role.OBSERVER
    if participation.seat is not None:
        return True
    taken = _taken(_beside(participation))
    sits = may_exceed or has_room(_seats(participation), len(taken))
    if sits:
        participation.seat, participation.queue_no = free_seat(taken), None
    elif participation.queue_no is None:
        last = select(func.max(Participation.queue_no)).where(_beside(participation))
        participation.queue_no = (db.session.execute(last).scalar() or 0) + 1
    db.session.flush()
    return sits


def take_seat_again(participation: Participation) -> None:
    """Seat someone who accepts, perhaps after having left; returning never exceeds the seats.

    :raises Refusal: the person gave up the seat, and all seats are taken or there are none.
    """
    if participation.seat is None and not has_room(_seats(participation), len(_taken(_beside(participation)))):
        raise Refusal(N_("All seats are taken now. Write to the person who invited you and ask for a seat."))
    assign_seat_or_queue(participation)


def seat_figures(participation: Participation) -> dict[str, int]:
    """How many seats the party has in that capacity and how many are taken, for `take_place_back`."""
    return {"seats": _seats(participation), "taken": len(_taken(_beside(participation)))}


def take_place_back(participation: Participation, seat: int, figures: Mapping[str, int]) -> bool:
    """Give someone the seat they had, or another one; False, and the head of the queue, where all are taken.

    Seats that a coordinator gave above the numbers come back too, as long as the numbers are the same.
    """
    among, most = _beside(participation), _seats(participation)
    if most == figures["seats"]:
        most = max(most, figures["taken"])
    taken = _taken(among)
    if has_room(most, len(taken)):
        participation.seat = seat if seat not in taken else free_seat(taken)
        db.session.flush()
        return True
    first = select(func.min(Participation.queue_no)).where(among)
    queue_at(participation, db.session.execute(first).scalar() or 1)
    return False


def queue_at(participation: Participation, place: int) -> None:
    """Put someone at that place of the queue, before the person who has it now."""
    behind = select(Participation).where(_beside(participation), Participation.queue_no >= place)
    waiting = db.session.scalars(behind.order_by(Participation.queue_no.desc())).all()
    if waiting and waiting[-1].queue_no == place:
        # One after the other from the end, because no two may have one number at any moment.
        for one in waiting:
            one.queue_no = (one.queue_no or 0) + 1
            db.session.flush()
    participation.queue_no = place
    db.session.flush()


def may_have_capacity(participation: Participation) -> bool:
    """Whether people of the party may have the capacity that is written; its kind may have changed since."""
    return participation.capacity in _kind(participation).capacities


def release_seat(participation: Participation, now: datetime) -> None:
    """Leave seat and queue; the first of those who wait gets the seat."""
    freed = participation.seat is not None
    participation.seat, participation.queue_no = None, None
    db.session.flush()
    if freed:
        _seat_those_who_wait(_beside(participation), _seats(participation), now)


def hand_over_place(participation: Participation, successor: Participation) -> None:
    """Let another person of the same party and capacity have the very same seat, or place in the queue."""
    seat, queue_no = participation.seat, participation.queue_no
    participation.seat, participation.queue_no = None, None
    db.session.flush()
    successor.seat, successor.queue_no = seat, queue_no
    db.session.flush()


def fill_seats(meeting_id: UUID, now: datetime) -> None:
    """Seat whoever waits, as far as the meeting has seats now; its parties may have got more."""
    waiting = (
        select(Participation.party_id, Participation.capacity)
        .where(Participation.meeting_id == meeting_id, Participation.queue_no.is_not(None))
        .distinct()
    )
    for party_id, capacity in db.session.execute(waiting).all():
        row = db.session.get(MeetingParty, (meeting_id, party_id))
        seats = row.seats.get(capacity.value, 0) if row is not None else 0
        _seat_those_who_wait(_of(meeting_id, party_id, capacity), seats, now)


def on_seat_assigned(participation: Participation, now: datetime, *, has_submitted: bool) -> None:
    """Say where someone stands who has got a seat; whom a letter can reach is owed it, once the party has lodged."""
    email = db.session.execute(select(Person.email).where(Person.id == participation.person_id)).scalar_one()
    reached = email is not None or participation.claimed_email is not None
    # Whom the office invited comes by no list, so that none is to be lodged first.
    has_submitted |= participation.nominated_by is None
    participation.status = status_on_seat(has_submitted=has_submitted, has_address=reached)
    participation.version += 1
    if participation.status is ParticipationStatus.INVITED:
        participation.invited_at, participation.answered_at = now, None
        # Owed to everyone alike, so that the answer takes as long; to an address that is not theirs none is composed.
        enqueue_invitation(participation, now)
    db.session.flush()


def has_submitted(meeting_id: UUID, party_id: UUID) -> bool:
    """Whether the party has lodged its list for the meeting."""
    row = db.session.get(MeetingParty, (meeting_id, party_id))
    return row is not None and row.submitted_at is not None


def _seat_those_who_wait(among: ColumnElement[bool], seats: int, now: datetime) -> None:
    taken = _taken(among)
    waiting = select(Participation).where(among, Participation.queue_no.is_not(None)).order_by(Participation.queue_no)
    for one in db.session.scalars(waiting).all():
        is_over = db.session.get_one(Meeting, one.meeting_id).status in _OVER
        if is_over or not has_room(seats, len(taken)):
            return
        seat = free_seat(taken)
        one.seat, one.queue_no = seat, None
        taken.add(seat)
        db.session.flush()
        on_seat_assigned(one, now, has_submitted=has_submitted(one.meeting_id, one.party_id))


def _taken(among: ColumnElement[bool]) -> set[int]:
    rows = db.session.scalars(select(Participation.seat).where(among, Participation.seat.is_not(None)))
    return {seat for seat in rows if seat is not None}


def _seats(participation: Participation) -> int:
    """How many seats the party has in that capacity; a capacity without a number has none."""
    row = db.session.get(MeetingParty, (participation.meeting_id, participation.party_id))
    return row.seats.get(participation.capacity.value, 0) if row is not None else 0


def _kind(participation: Participation) -> PartyKind:
    return db.session.get_one(Party, participation.party_id).kind


def _beside(participation: Participation) -> ColumnElement[bool]:
    return _of(participation.meeting_id, participation.party_id, participation.capacity)


def _of(meeting_id: UUID, party_id: UUID, capacity: Capacity) -> ColumnElement[bool]:
    return and_(
        Participation.meeting_id == meeting_id,
        Participation.party_id == party_id,
        Participation.capacity == capacity,
    )
