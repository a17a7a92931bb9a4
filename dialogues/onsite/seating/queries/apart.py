"""Pairs kept apart, only for people who plan the seating."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.precedence import queries as precedence
from dialogues.onsite.seating.models import KeptApart
from dialogues.onsite.seating.queries.visibility import visible_pairs
from dialogues.onsite.seating.rules.order import Apart
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants
from dialogues.people.participants.rules.standing import GONE
from dialogues.policy import SEATING_EDIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two parties or persons kept apart, by name."""

    id: UUID
    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartCandidates:
    """Parties and persons that can be kept apart: names by id, persons with the code of their party."""

    parties: dict[UUID, str]
    persons: dict[UUID, str]


def apart_candidates(viewer: Viewer) -> ApartCandidates:
    """Return the parties of the meeting in the order in force, and the persons who may attend; two queries."""
    if not viewer.may(SEATING_EDIT) or viewer.place is None:
        return ApartCandidates(parties={}, persons={})
    people = db.session.execute(
        select(Person.id, Person.name, Party.code)
        .join(Participation, Participation.person_id == Person.id)
        .join(Party, Party.id == Participation.party_id)
        .where(participants.visible(viewer, SEATING_EDIT), Participation.status.not_in(GONE))
        .order_by(Person.collation, Person.name, Person.id)
    )
    return ApartCandidates(
        parties={party.id: party.english for party in precedence.parties_in_order(viewer)},
        persons={row.id: f"{row.name} ({row.code})" for row in people},
    )


@reading(Purpose.VISIBLE_IDS)
def pairs(viewer: Viewer) -> list[Pair]:
    """Return the pairs of the current meeting by name; three queries."""
    rows = _rows(viewer)
    ids = {one for row in rows for one in (row.one, row.other)}
    here = viewer.place.dialogue_id if viewer.place else None
    names = {
        row.id: row.names.get("en") or row.code
        for row in db.session.execute(
            select(Party.id, Party.names, Party.code).where(and_(Party.dialogue_id == here, Party.id.in_(ids)))
        )
    } | {
        row.id: row.name
        for row in db.session.execute(
            select(Person.id, Person.name).where(and_(Person.dialogue_id == here, Person.id.in_(ids)))
        )
    }
    found = [Pair(id=row.id, one=names.get(row.one, ""), other=names.get(row.other, "")) for row in rows]
    return sorted(found, key=lambda pair: (pair.one, pair.other, str(pair.id)))


def apart(viewer: Viewer) -> Apart:
    """Return the pairs as ids, for the seating algorithm."""
    return frozenset(frozenset((row.one, row.other)) for row in _rows(viewer))


def _rows(viewer: Viewer) -> list[KeptApart]:
    return list(db.session.execute(select(KeptApart).where(visible_pairs(viewer, SEATING_EDIT))).scalars())


def pair(viewer: Viewer, pair_id: UUID) -> KeptApart | None:
    """Return one pair, or None if it is missing or not permitted."""
    found = select(KeptApart).where(visible_pairs(viewer, SEATING_EDIT), KeptApart.id == pair_id)
    return db.session.execute(found).scalar_one_or_none()
