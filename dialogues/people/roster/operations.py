"""Emails of bulk actions, and restoring participants when a removal is undone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.outbox.operations import enqueue_all
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.models import Participation
from dialogues.people.participants.operations import (
    begin_participation,
    email_about,
    enqueue_invitation,
    queue_at,
    seat_figures,
    take_place_back,
)
from dialogues.people.participants.rules.standing import ParticipationStatus


def enqueue_emails(kind: EmailKind, participations: Collection[Participation], now: datetime) -> list[dict[str, Any]]:
    """Queues an email about each participation whose person has an address.

    Returns the rows to store: ids of participation and email; the latter is None for a person without an address.
    """
    people = [one.person_id for one in participations]
    reached = set(db.session.scalars(select(Person.id).where(Person.id.in_(people), Person.email.is_not(None))))
    requests = {}
    for one in participations:
        if one.person_id in reached:
            order = f"{kind.value}:{one.id}"
            requests[one.id] = email_about(one, kind, now, order=order, dedup_key=f"{order}:{uuid4()}")
    emails = dict(zip(requests, map(str, enqueue_all(list(requests.values()))), strict=True))
    return [{"id": str(one.id), "email": emails.get(one.id)} for one in participations]


def snapshot(participation: Participation) -> dict[str, Any]:
    """State of a participation as JSON values, for `restore_participation`."""
    return {
        "id": str(participation.id),
        "status": participation.status.value,
        "seat": participation.seat,
        "queue_no": participation.queue_no,
        "figures": seat_figures(participation),
        "requested": participation.requested_capacity.value if participation.requested_capacity else None,
        "approved_at": participation.approved_at.isoformat() if participation.approved_at else None,
        "email": None,
    }


def restore_participation(
    participation: Participation, before: Mapping[str, Any], *, taken_at: datetime, now: datetime
) -> bool:
    """Restores seat, role and link. Returns whether opened lists show a change; the caller queues that email.

    If all seats are taken, the person goes to the head of the waiting list.
    """
    participation.version += 1
    participation.requested_capacity = Capacity(before["requested"]) if before["requested"] else None
    if before["queue_no"] is not None:
        queue_at(participation, before["queue_no"])
    if before["seat"] is not None and not take_place_back(participation, before["seat"], before["figures"]):
        participation.status = ParticipationStatus.WAITING
        return False
    participation.status = ParticipationStatus(before["status"])
    participation.approved_at = datetime.fromisoformat(before["approved_at"]) if before["approved_at"] else None
    if participation.status is ParticipationStatus.CONFIRMED:
        participation.answered_days = None
        return begin_participation(participation, now, send_email=False)
    if participation.status is ParticipationStatus.INVITED:
        # The last personal link is valid again. A new invitation leaves if there is none or one was still waiting.
        has_link = not before["waited"] and accounts.revive_newest_link(
            LinkPurpose.REGISTRATION, participation.id, taken_at, now
        )
        if not has_link and db.session.get_one(Person, participation.person_id).email is not None:
            enqueue_invitation(participation, now)
    return False
