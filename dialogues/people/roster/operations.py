"""What the office's work on many writes: its letters, and what is needed to bring back whom it took off."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.outbox.operations import enqueue_all
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.models import Participation
from dialogues.people.participants.operations import (
    begin_part,
    email_about,
    enqueue_invitation,
    queue_at,
    seat_figures,
    take_place_back,
)
from dialogues.people.participants.rules.standing import ParticipationStatus


def enqueue_approvals(participations: Collection[Participation], now: datetime) -> dict[UUID, UUID]:
    """Owe the letter that the registration is approved to everyone with an address; by participation, which letter."""
    people = {one.person_id for one in participations}
    reached = set(
        db.session.execute(select(Person.id).where(Person.id.in_(people), Person.email.is_not(None))).scalars()
    )
    told = [one for one in participations if one.person_id in reached]
    emails = enqueue_all([_letter(EmailKind.REGISTRATION_APPROVED, one, now) for one in told])
    return {one.id: letter for one, letter in zip(told, emails, strict=True)}


def enqueue_reminders(participations: Collection[Participation], now: datetime) -> dict[UUID, UUID]:
    """Owe everyone a letter with a new personal link; by participation, which letter."""
    emails = enqueue_all([_letter(EmailKind.INVITATION, one, now) for one in participations])
    return {one.id: letter for one, letter in zip(participations, emails, strict=True)}


def _letter(kind: EmailKind, participation: Participation, now: datetime) -> EmailRequest:
    order = f"{kind.value}:{participation.id}"
    return email_about(participation, kind, now, order=order, dedup_key=f"{order}:{uuid4()}")


def snapshot(participation: Participation) -> dict[str, Any]:
    """Where someone stands, as plain values that `bring_back` reads."""
    return {
        "id": str(participation.id),
        "status": participation.status.value,
        "seat": participation.seat,
        "queue_no": participation.queue_no,
        "figures": seat_figures(participation),
        "requested": participation.requested_capacity.value if participation.requested_capacity else None,
        "approved_at": _written(participation.approved_at),
        "letter": None,
    }


def restore_participation(
    participation: Participation, was: Mapping[str, Any], *, taken_at: datetime, now: datetime
) -> bool:
    """Let someone who was taken off stand where they stood, with seat, role and link; whether opened lists tell it.

    Where all seats are taken now, they are the first to wait for one. A letter about the list is the caller's.
    """
    participation.version += 1
    participation.requested_capacity = Capacity(was["requested"]) if was["requested"] else None
    if was["queue_no"] is not None:
        queue_at(participation, was["queue_no"])
    if was["seat"] is not None and not take_place_back(participation, was["seat"], was["figures"]):
        participation.status = ParticipationStatus.WAITING
        return False
    participation.status = ParticipationStatus(was["status"])
    participation.approved_at = datetime.fromisoformat(was["approved_at"]) if was["approved_at"] else None
    if participation.status is ParticipationStatus.CONFIRMED:
        return begin_part(participation, now, by_letter=False)
    if participation.status is ParticipationStatus.INVITED:
        _link_again(participation, taken_at, now, waited=was["waited"])
    return False


def _link_again(participation: Participation, taken_at: datetime, now: datetime, *, waited: bool) -> None:
    """The link in the last letter works again; where there is none, or one was on its way, a letter is owed."""
    if not waited and accounts.revive_newest_link(LinkPurpose.REGISTRATION, participation.id, taken_at, now):
        return
    person = db.session.get_one(Person, participation.person_id)
    if person.email is not None:
        enqueue_invitation(participation, now)


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
