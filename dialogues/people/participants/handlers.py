"""Reactions to changes of a meeting: seats for people who wait, and parties that may not leave."""

from collections.abc import Sequence

from sqlalchemy import select

from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Party
from dialogues.meetings.dialogues.rules.events import MeetingChanged
from dialogues.people.participants import operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import GONE


def fill_new_seats(events: Sequence[MeetingChanged]) -> None:
    """Fills seats that the change of the meeting added, from the waiting lists.

    :raises Refusal: a party that was removed from the meeting still has people on its list.
    """
    for event in events:
        _refuse_list_without_party(event)
        operations.fill_seats(event.about, event.at)


def _refuse_list_without_party(event: MeetingChanged) -> None:
    # Refused because nobody could view, replace or submit a list whose party is not at the meeting.
    remaining = select(Party.code).join(Participation, Participation.party_id == Party.id)
    remaining = remaining.where(
        Participation.meeting_id == event.about,
        Participation.party_id.in_(event.parties_gone),
        Participation.status.not_in(GONE),
    )
    code = db.session.scalars(remaining.order_by(Party.code).limit(1)).first()
    if code is not None:
        raise Refusal(
            N_("%(party)s has people on its list, and keeps its place at the meeting until they are taken off."),
            field="parties",
            party=code,
        )
