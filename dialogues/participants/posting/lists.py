"""Sealed lists: lodged, opened to each other in one transaction, and after that changed in everyone's sight."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, or_, select

from dialogues.common.refusal import N_, Refusal
from dialogues.extensions import db
from dialogues.meetings import posting as meetings
from dialogues.meetings.models import Exchange, Meeting, MeetingParty
from dialogues.outbox.rules import LetterKind
from dialogues.participants import queries
from dialogues.participants.models import ListChange, Participation
from dialogues.participants.posting.letters_owed import owe_news
from dialogues.participants.posting.seats import seated
from dialogues.participants.rules import GONE, ListChangeKind, ListsOpened, ParticipationStatus


def lodge_list(row: MeetingParty, by_person: UUID | None, now: datetime) -> None:
    """Take the party's list as lodged: its nominees are invited, and where lists are open already it joins them."""
    meetings.lodge(row.meeting_id, row.party_id, by_person, now)
    nominated = select(Participation).where(
        _of(row), Participation.status == ParticipationStatus.NOMINATED, Participation.seat.is_not(None)
    )
    for participation in db.session.scalars(nominated).all():
        seated(participation, now, has_lodged=True)
    if is_open(row.meeting_id):
        coming = select(Participation).where(_of(row), Participation.status == ParticipationStatus.CONFIRMED)
        for participation in db.session.scalars(coming).all():
            # From now on the agenda names them: what is kept of it ready goes by their versions.
            participation.version += 1
            note_change(participation, ListChangeKind.JOINED, now)


def open_lists(meeting_id: UUID, now: datetime) -> ListsOpened:
    """Open the lists that were lodged to each other, and owe the letters about it. Returns what happened, unsaid."""
    meetings.open_exchange(meeting_id, now)
    owe_news(LetterKind.LISTS_OPENED, meeting_id, now)
    dialogue_id = db.session.get_one(Meeting, meeting_id).dialogue_id
    return ListsOpened(at=now, about=meeting_id, dialogue_id=dialogue_id, meeting_id=meeting_id)


def is_open(meeting_id: UUID) -> bool:
    """Whether the lists of the meeting are open to each other."""
    exchange = db.session.get(Exchange, meeting_id)
    return exchange is not None and exchange.opened_at is not None


def refuse_to_empty(participation: Participation, now: datetime) -> None:
    """:raises Refusal: the last person of a list that cannot be withdrawn any more is taken off it."""
    row = db.session.get(MeetingParty, (participation.meeting_id, participation.party_id))
    moment = queries.moment_of(participation.meeting_id)
    is_sealed = row is not None and row.lodged_at is not None and moment.opened_at is None
    if row is None or not is_sealed or moment.may_be_withdrawn(now):
        return
    waits_for_seat = Participation.queue_no.is_not(None) & (Participation.capacity == participation.capacity)
    left = exists().where(
        _of(row),
        Participation.id != participation.id,
        Participation.status.not_in(GONE),
        or_(Participation.seat.is_not(None), waits_for_seat),
    )
    if not db.session.execute(select(left)).scalar():
        raise Refusal(N_("The lists open in less than 24 hours: this list needs one person. Replace them instead."))


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
    if row is None or row.lodged_at is None or not is_open(participation.meeting_id):
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
        owe_news(LetterKind.LIST_CHANGED, participation.meeting_id, now)
    return True


def _of(row: MeetingParty) -> ColumnElement[bool]:
    return (Participation.meeting_id == row.meeting_id) & (Participation.party_id == row.party_id)
