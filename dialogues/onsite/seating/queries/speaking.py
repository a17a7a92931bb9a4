"""The speaking list: parties in the order in force, beginning at any party, or the people of these parties."""

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Speaker:
    """One line of the list: a party, or a person with their party."""

    party: OrderedParty
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingList:
    """Who speaks in turn, and who on invitation.

    On invitation speak observing organisations, or in a list of persons everyone who is not a full participant.
    """

    order: Order
    start: OrderedParty | None
    in_turn: tuple[Speaker, ...]
    on_invitation: tuple[Speaker, ...]


def speaking_list(viewer: Viewer, *, start: UUID | None = None, by_person: bool = False) -> SpeakingList:
    """Return the speaking list of the current meeting, from party `start` on or from where the order begins.

    Two queries for any number of people. Lists only people who have accepted.
    """
    order = precedence.order(viewer, action=PLATES_SEE)
    first = next((one for one in order.parties if one.id == start and one.kind is not PartyKind.OBSERVER), None)
    parties = sort_parties(order.parties, first.place) if first else order.parties
    if not by_person:
        in_turn = tuple(Speaker(party) for party in parties if party.kind is not PartyKind.OBSERVER)
        on_invitation = tuple(Speaker(party) for party in parties if party.kind is PartyKind.OBSERVER)
        return SpeakingList(order=order, start=first, in_turn=in_turn, on_invitation=on_invitation)
    names = _names(viewer)
    return SpeakingList(
        order=order,
        start=first,
        in_turn=_people(parties, names, {Capacity.PARTICIPANT}),
        on_invitation=_people(parties, names, set(Capacity) - {Capacity.PARTICIPANT}),
    )


Names = Mapping[tuple[UUID, Capacity], Sequence[str]]


def _people(parties: Sequence[OrderedParty], names: Names, capacities: set[Capacity]) -> tuple[Speaker, ...]:
    return tuple(
        Speaker(party, name)
        for party in parties
        for capacity in Capacity
        if capacity in capacities
        for name in names.get((party.id, capacity), ())
    )


def _names(viewer: Viewer) -> Names:
    found: dict[tuple[UUID, Capacity], list[str]] = {}
    for row in db.session.execute(
        select(Person.name, Participation.party_id, Participation.capacity)
        .select_from(Participation)
        .join(Person, person_of())
        .where(
            visible(viewer, PLATES_SEE),
            or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE)),
            Participation.status == ParticipationStatus.CONFIRMED,
        )
        .order_by(Person.collation, Person.name, Participation.id)
    ):
        found.setdefault((row.party_id, row.capacity), []).append(row.name)
    return found
