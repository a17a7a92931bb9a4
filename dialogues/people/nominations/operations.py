"""Submitting lists and opening them to each other."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select

from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues import operations as dialogues
from dialogues.meetings.dialogues.models import Meeting, MeetingParty
from dialogues.people.nominations.queries import exchange
from dialogues.people.nominations.rules import ListsOpened
from dialogues.people.participants.models import Participation
from dialogues.people.participants.operations import enqueue_news, is_open, on_seat_assigned, record_list_change
from dialogues.people.participants.queries.visibility import on_party_list
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus


def mark_list_submitted(row: MeetingParty, by_person: UUID | None, now: datetime) -> None:
    """Marks the list as submitted and invites its seated nominees.

    After the exchange, it also announces the confirmed people on the list.
    """
    dialogues.set_submitted(row.meeting_id, row.party_id, by_person, now)
    nominated = select(Participation).where(
        on_party_list(row), Participation.status == ParticipationStatus.NOMINATED, Participation.seat.is_not(None)
    )
    for participation in db.session.scalars(nominated).all():
        on_seat_assigned(participation, now)
    if is_open(row.meeting_id):
        confirmed = select(Participation).where(
            on_party_list(row), Participation.status == ParticipationStatus.CONFIRMED
        )
        for participation in db.session.scalars(confirmed).all():
            # The agenda now names them, and its cached fragments depend on the version of the participation.
            participation.version += 1
            record_list_change(participation, ListChangeKind.JOINED, now)


def open_lists(meeting_id: UUID, now: datetime) -> ListsOpened:
    """Opens the submitted lists to each other and queues the emails. The caller has to record the returned event."""
    dialogues.open_exchange(meeting_id, now)
    enqueue_news(EmailKind.LISTS_OPENED, meeting_id, now)
    dialogue_id = db.session.get_one(Meeting, meeting_id).dialogue_id
    return ListsOpened(at=now, about=meeting_id, dialogue_id=dialogue_id, meeting_id=meeting_id)


def refuse_emptying_list(participation: Participation, now: datetime) -> None:
    """Checks that a nominee may leave a list that can no longer be withdrawn.

    :raises Refusal: nobody else would remain on that list.
    """
    row = db.session.get(MeetingParty, (participation.meeting_id, participation.party_id))
    moment = exchange.moment_of(participation.meeting_id)
    is_sealed = row is not None and row.submitted_at is not None and moment.opened_at is None
    if row is None or not is_sealed or moment.may_be_withdrawn(now):
        return
    waits_for_seat = Participation.queue_no.is_not(None) & (Participation.capacity == participation.capacity)
    remaining = exists().where(
        on_party_list(row),
        Participation.id != participation.id,
        Participation.status.not_in(GONE),
        or_(Participation.seat.is_not(None), waits_for_seat),
    )
    if not db.session.execute(select(remaining)).scalar():
        raise Refusal(N_("The lists open in less than 24 hours: this list needs one person. Replace them instead."))
