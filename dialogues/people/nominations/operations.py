"""Sealed lists: lodged, opened to each other in one transaction, and after that changed in everyone's sight."""

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
from dialogues.people.participants.operations import (
    enqueue_news,
    is_open,
    on_party_list,
    on_seat_assigned,
    record_list_change,
)
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus


def mark_list_submitted(row: MeetingParty, by_person: UUID | None, now: datetime) -> None:
    """Take the party's list as lodged: its nominees are invited, and where lists are open already it joins them."""
    dialogues.set_submitted(row.meeting_id, row.party_id, by_person, now)
    nominated = select(Participation).where(
        on_party_list(row), Participation.status == ParticipationStatus.NOMINATED, Participation.seat.is_not(None)
    )
    for participation in db.session.scalars(nominated).all():
        on_seat_assigned(participation, now, has_submitted=True)
    if is_open(row.meeting_id):
        coming = select(Participation).where(on_party_list(row), Participation.status == ParticipationStatus.CONFIRMED)
        for participation in db.session.scalars(coming).all():
            # From now on the agenda names them: what is kept of it ready goes by their versions.
            participation.version += 1
            record_list_change(participation, ListChangeKind.JOINED, now)


def open_lists(meeting_id: UUID, now: datetime) -> ListsOpened:
    """Open the lists that were lodged to each other, and owe the letters about it. Returns what happened, unsaid."""
    dialogues.open_exchange(meeting_id, now)
    enqueue_news(EmailKind.LISTS_OPENED, meeting_id, now)
    dialogue_id = db.session.get_one(Meeting, meeting_id).dialogue_id
    return ListsOpened(at=now, about=meeting_id, dialogue_id=dialogue_id, meeting_id=meeting_id)


def refuse_to_empty(participation: Participation, now: datetime) -> None:
    """:raises Refusal: the last person of a list that cannot be withdrawn any more is taken off it."""
    row = db.session.get(MeetingParty, (participation.meeting_id, participation.party_id))
    moment = exchange.moment_of(participation.meeting_id)
    is_sealed = row is not None and row.submitted_at is not None and moment.opened_at is None
    if row is None or not is_sealed or moment.may_be_withdrawn(now):
        return
    waits_for_seat = Participation.queue_no.is_not(None) & (Participation.capacity == participation.capacity)
    left = exists().where(
        on_party_list(row),
        Participation.id != participation.id,
        Participation.status.not_in(GONE),
        or_(Participation.seat.is_not(None), waits_for_seat),
    )
    if not db.session.execute(select(left)).scalar():
        raise Refusal(N_("The lists open in less than 24 hours: this list needs one person. Replace them instead."))
