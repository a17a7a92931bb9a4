"""What taking part owes when others change: no link outlives its meeting, nothing sealed is kept without need."""

from sqlalchemy import select

from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Party
from dialogues.meetings.dialogues.rules.events import MeetingChanged
from dialogues.people.participants import operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import GONE


def seat_those_who_wait(event: MeetingChanged) -> None:
    """A meeting may have other numbers of seats now: whoever waits gets those that are new.

    :raises Refusal: a party that is to be there no more has people on its list.
    """
    _refuse_list_without_party(event)
    operations.fill_seats(event.about, event.at)


def _refuse_list_without_party(event: MeetingChanged) -> None:
    # Nobody could open, replace or lodge those who stand on it any more.
    stays = select(Party.code).join(Participation, Participation.party_id == Party.id)
    stays = stays.where(
        Participation.meeting_id == event.about,
        Participation.party_id.in_(event.parties_gone),
        Participation.status.not_in(GONE),
    )
    code = db.session.scalars(stays.order_by(Party.code).limit(1)).first()
    if code is not None:
        raise Refusal(
            N_("%(party)s has people on its list, and keeps its place at the meeting until they are taken off."),
            field="parties",
            party=code,
        )
