"""Seats and waiting lists: a seat is never given twice, and whoever waits longest gets the one that falls free."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from dialogues.common.refusal import N_, Refusal
from dialogues.extensions import db
from dialogues.meetings.models import Meeting, MeetingParty, Party, Person
from dialogues.meetings.rules import Capacity, MeetingStatus, PartyKind, refuse_capacity
from dialogues.participants.models import Participation
from dialogues.participants.posting.letters_owed import owe_invitation
from dialogues.participants.rules import ParticipationStatus, free_seat, has_room, status_on_seat
from dialogues.policy import Role

#: Of these meetings no seat is anybody's any more.
_OVER = frozenset({MeetingStatus.CANCELLED, MeetingStatus.CLOSED})


def take_place(participation: Participation, *, may_exceed: bool = False) -> bool:
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
    take_place(participation)


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


def leave_place(participation: Participation, now: datetime) -> None:
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


def seated(participation: Participation, now: datetime, *, has_lodged: bool) -> None:
    """Say where someone stands who has got a seat; whom a letter can reach is owed it, once the party has lodged."""
    email = db.session.execute(select(Person.email).where(Person.id == participation.person_id)).scalar_one()
    reached = email is not None or participation.claimed_email is not None
    # Whom the office invited comes by no list, so that none is to be lodged first.
    has_lodged |= participation.nominated_by is None
    participation.status = status_on_seat(has_lodged=has_lodged, has_address=reached)
    participation.version += 1
    if participation.status is ParticipationStatus.INVITED:
        participation.invited_at, participation.answered_at = now, None
        # Owed to everyone alike, so that the answer takes as long; to an address that is not theirs none is composed.
        owe_invitation(participation, now)
    db.session.flush()


def has_lodged(meeting_id: UUID, party_id: UUID) -> bool:
    """Whether the party has lodged its list for the meeting."""
    row = db.session.get(MeetingParty, (meeting_id, party_id))
    return row is not None and row.lodged_at is not None


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
        seated(one, now, has_lodged=has_lodged(one.meeting_id, one.party_id))


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
