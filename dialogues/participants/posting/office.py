"""What the office's work on many writes: its letters, and what is needed to bring back whom it took off."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, select

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import LinkPurpose
from dialogues.extensions import db
from dialogues.meetings.models import Person
from dialogues.outbox.posting import owe_all
from dialogues.outbox.rules import Debt, LetterKind
from dialogues.participants.models import Participation
from dialogues.participants.posting.invitations import begin_part
from dialogues.participants.posting.letters_owed import letter_about, owe_invitation
from dialogues.participants.posting.seats import take_place
from dialogues.participants.rules import ParticipationStatus


def owe_approvals(participations: Collection[Participation], now: datetime) -> dict[UUID, UUID]:
    """Owe the letter that the registration is approved to everyone with an address; by participation, which letter."""
    people = {one.person_id for one in participations}
    reached = set(
        db.session.execute(select(Person.id).where(Person.id.in_(people), Person.email.is_not(None))).scalars()
    )
    told = [one for one in participations if one.person_id in reached]
    letters = owe_all([_letter(LetterKind.REGISTRATION_APPROVED, one, now) for one in told])
    return {one.id: letter for one, letter in zip(told, letters, strict=True)}


def owe_reminders(participations: Collection[Participation], now: datetime) -> dict[UUID, UUID]:
    """Owe everyone a letter with a new personal link; by participation, which letter."""
    letters = owe_all([_letter(LetterKind.INVITATION, one, now) for one in participations])
    return {one.id: letter for one, letter in zip(participations, letters, strict=True)}


def _letter(kind: LetterKind, participation: Participation, now: datetime) -> Debt:
    order = f"{kind.value}:{participation.id}"
    return letter_about(participation, kind, now, order=order, debt_key=f"{order}:{uuid4()}")


def standing_of(participation: Participation) -> dict[str, Any]:
    """Where someone stands, as plain values that `bring_back` reads."""
    return {
        "id": str(participation.id),
        "status": participation.status.value,
        "seat": participation.seat,
        "queue_no": participation.queue_no,
        "approved_at": _written(participation.approved_at),
        "letter": None,
    }


def bring_back(participation: Participation, was: Mapping[str, Any], *, taken_at: datetime, now: datetime) -> bool:
    """Let someone who was taken off stand where they stood, with seat, role and link; whether opened lists tell it.

    Where the seat is somebody else's now, they are the first to wait for one. A letter about the list is the caller's.
    """
    participation.version += 1
    if not _seat_again(participation, was["seat"], was["queue_no"]):
        participation.status = ParticipationStatus.WAITING
        return False
    participation.status = ParticipationStatus(was["status"])
    participation.approved_at = datetime.fromisoformat(was["approved_at"]) if was["approved_at"] else None
    if participation.status is ParticipationStatus.CONFIRMED:
        return begin_part(participation, now, by_letter=False)
    if participation.status is ParticipationStatus.INVITED:
        _link_again(participation, taken_at, now, waited=was["waited"])
    return False


def _seat_again(participation: Participation, seat: int | None, queue_no: int | None) -> bool:
    """Seat or place in the queue as it was; False where there is no seat any more but the head of the queue."""
    beside = and_(
        Participation.meeting_id == participation.meeting_id,
        Participation.party_id == participation.party_id,
        Participation.capacity == participation.capacity,
    )
    if seat is None:
        if queue_no is not None:
            _queue(participation, queue_no, beside)
        return True
    is_taken = select(Participation.id).where(beside, Participation.seat == seat)
    if db.session.execute(is_taken).first() is None:
        participation.seat = seat
        db.session.flush()
        return True
    if take_place(participation):
        return True
    participation.queue_no = None
    db.session.flush()
    first = select(func.min(Participation.queue_no)).where(beside)
    _queue(participation, db.session.execute(first).scalar() or 1, beside)
    return False


def _queue(participation: Participation, place: int, beside: ColumnElement[bool]) -> None:
    """Put someone at that place of the queue, before whoever has it now."""
    behind = select(Participation).where(beside, Participation.queue_no >= place)
    waiting = db.session.scalars(behind.order_by(Participation.queue_no.desc())).all()
    if waiting and waiting[-1].queue_no == place:
        # One by one from the end: no two may have one number at any moment.
        for one in waiting:
            one.queue_no = (one.queue_no or 0) + 1
            db.session.flush()
    participation.queue_no = place
    db.session.flush()


def _link_again(participation: Participation, taken_at: datetime, now: datetime, *, waited: bool) -> None:
    """The link in the last letter works again; where there is none, or one was on its way, a letter is owed."""
    if not waited and accounts.revive_newest_link(LinkPurpose.REGISTRATION, participation.id, taken_at, now):
        return
    person = db.session.get_one(Person, participation.person_id)
    if person.email is not None:
        owe_invitation(participation, now)


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
