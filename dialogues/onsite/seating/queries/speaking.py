"""The speaking list: parties in the order in force, beginning at any party, or the people of these parties."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.precedence.queries import Order
from dialogues.meetings.precedence.rules import OrderedParty, sort_parties
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import person_of, visible
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_SEE, PLATES_SEE

#: A line of the list: a party, or a person ("" in a list of parties) with their party.
Line = tuple[OrderedParty, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingList:
    """Who speaks in turn, and who on invitation.

    On invitation speak observing organisations, or in a list of persons everyone who is not a full participant.
    """

    order: Order
    start: OrderedParty | None
    in_turn: list[Line]
    on_invitation: list[Line]


def speaking_list(viewer: Viewer, *, start: UUID | None = None, by_person: bool = False) -> SpeakingList:
    """Return the speaking list of the current meeting, from party `start` on or from where the order begins.

    Two queries for any number of people. Lists only people who have accepted.
    """
    order = precedence.order(viewer, action=PLATES_SEE)
    first = next((one for one in order.parties if one.id == start and one.kind is not PartyKind.OBSERVER), None)
    parties = sort_parties(order.parties, first.place) if first else order.parties
    if by_person:
        lines = _people(viewer, parties)
    else:
        lines = [(party, "", party.kind is not PartyKind.OBSERVER) for party in parties]
    return SpeakingList(
        order=order,
        start=first,
        in_turn=[(party, name) for party, name, in_turn in lines if in_turn],
        on_invitation=[(party, name) for party, name, in_turn in lines if not in_turn],
    )


def _people(viewer: Viewer, parties: Sequence[OrderedParty]) -> list[tuple[OrderedParty, str, bool]]:
    """Return people with their party and whether they are full participants; by party, capacity and name."""
    rows = db.session.execute(
        select(Person.name, Participation.party_id, Participation.capacity)
        .select_from(Participation)
        .join(Person, person_of())
        .where(
            visible(viewer, PLATES_SEE),
            or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE)),
            Participation.status == ParticipationStatus.CONFIRMED,
        )
        .order_by(Person.collation, Person.name, Participation.id)
    ).all()
    return [
        (party, row.name, capacity is Capacity.PARTICIPANT)
        for party in parties
        for capacity in Capacity
        for row in rows
        if (row.party_id, row.capacity) == (party.id, capacity)
    ]
