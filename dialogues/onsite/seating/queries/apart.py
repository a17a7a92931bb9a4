"""Pairs kept apart, only for people who plan the seating."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

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
from dialogues.people.participants.queries.visibility import english
from dialogues.people.participants.rules.standing import GONE
from dialogues.policy import SEATING_EDIT

Names = Mapping[UUID, str]


def apart_candidates(viewer: Viewer) -> tuple[Names, Names]:
    """Return the parties and the persons that can be kept apart: names by id, persons with the code of their party.

    Parties are in the order in force; persons are those who may attend. Two queries.
    """
    if not viewer.may(SEATING_EDIT):
        return {}, {}
    people = db.session.execute(
        select(Person.id, Person.name, Party.code)
        .join(Participation, Participation.person_id == Person.id)
        .join(Party, Party.id == Participation.party_id)
        .where(participants.visible(viewer, SEATING_EDIT), Participation.status.not_in(GONE))
        .order_by(Person.collation, Person.name, Person.id)
    )
    parties = {party.id: party.english for party in precedence.parties_in_order(viewer)}
    return parties, {row.id: f"{row.name} ({row.code})" for row in people}


@reading(Purpose.VISIBLE_IDS)
def pairs(viewer: Viewer) -> list[tuple[str, str, UUID]]:
    """Return the pairs of the current meeting as two names and the id of the pair, by name; three queries."""
    rows = _pairs(viewer)
    ids = {one for row in rows for one in (row.one, row.other)}
    parties = select(Party.id, english()).where(Party.dialogue_id == viewer.dialogue_id, Party.id.in_(ids))
    persons = select(Person.id, Person.name).where(Person.dialogue_id == viewer.dialogue_id, Person.id.in_(ids))
    names = {key: name for found in (parties, persons) for key, name in db.session.execute(found)}
    return sorted((names.get(row.one, ""), names.get(row.other, ""), row.id) for row in rows)


def apart(viewer: Viewer) -> Apart:
    """Return the pairs as ids, for the seating algorithm."""
    return frozenset(frozenset((row.one, row.other)) for row in _pairs(viewer))


def _pairs(viewer: Viewer) -> Sequence[KeptApart]:
    return db.session.scalars(select(KeptApart).where(visible_pairs(viewer, SEATING_EDIT))).all()


def pair(viewer: Viewer, pair_id: UUID) -> KeptApart | None:
    """Return one pair, or None if it is missing or not permitted."""
    return db.session.scalar(select(KeptApart).where(visible_pairs(viewer, SEATING_EDIT), KeptApart.id == pair_id))
