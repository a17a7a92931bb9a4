"""People to seat, and the names of those whom the viewer may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.roles import queries as roles
from dialogues.meetings.roles.models import RoleGrant
from dialogues.onsite.seating.queries.visibility import needs_seat
from dialogues.onsite.seating.rules.names import StyledName, script_language, styled
from dialogues.onsite.seating.rules.order import Guest
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants
from dialogues.people.participants.queries.visibility import english, native_script
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_SEE, PLATES_SEE, SEATING_EDIT, Role

_NAMES = (
    Person.name,
    Party.code.label("party_code"),
    english().label("party_name"),
)


def visible_people(viewer: Viewer) -> Mapping[UUID, Any]:
    """Return the names of seated people the viewer sees on the participants list, by participation id; one query."""
    rows = db.session.execute(
        select(Participation.id, *_NAMES)
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(needs_seat(viewer), _listed(viewer))
    )
    return {row.id: row for row in rows}


def _listed(viewer: Viewer) -> ColumnElement[bool]:
    """Filter of the people the viewer sees on the participants list."""
    return or_(participants.visible(viewer, PARTICIPANTS_SEE), participants.visible(viewer, NOMINATIONS_SEE))


@reading(Purpose.FILTERED_LATER)
def seated_ids(viewer: Viewer) -> set[UUID]:
    """Return the participation ids of everyone who needs a seat, whether the viewer may see them or not.

    The places of other participations are shown as free.
    """
    return set(db.session.scalars(select(Participation.id).where(needs_seat(viewer))))


def guests_to_seat(viewer: Viewer) -> Mapping[UUID, Guest]:
    """Return everyone to seat by participation id, for people who plan; in the order in force, then by name.

    Two queries.
    """
    if not viewer.may(SEATING_EDIT):
        return {}
    co_chairs = select(RoleGrant.person_id).where(
        RoleGrant.role == Role.CO_CHAIR,
        roles.in_force(),
        roles.counts_at(viewer.meeting_id),
    )
    rank = precedence.precedence_sort_key(precedence.order(viewer), Participation.party_id)
    rows = db.session.execute(
        select(
            Participation.id,
            Participation.person_id.label("person"),
            Participation.party_id.label("party"),
            Participation.person_id.in_(co_chairs).label("is_head"),
            (Participation.capacity != Capacity.PARTICIPANT).label("observes"),
            *_NAMES,
        )
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(needs_seat(viewer), participants.visible(viewer, SEATING_EDIT))
        .order_by(rank, Person.collation, Person.name, Participation.id)
    )
    return {row.id: Guest(**row._mapping) for row in rows}


def interpreters(viewer: Viewer) -> Mapping[UUID, str]:
    """Return names of the meeting's interpreters by person id, for people who plan.

    Other viewers see only that an interpreter sits there.
    """
    if not viewer.may(SEATING_EDIT):
        return {}
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.INTERPRETER, roles.in_force(), roles.visible(viewer, SEATING_EDIT))
        .order_by(Person.collation, Person.name, Person.id)
    )
    return {row.id: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class Plate:
    """Text of a name plate. It has no rank, title or flag."""

    name: StyledName
    native: str
    native_language: str
    party: str


def plates(viewer: Viewer, language: str) -> list[Plate]:
    """Return a plate for each participant the viewer sees, with the party's name in that language; two queries."""
    if not viewer.may(PLATES_SEE):
        return []
    rank = precedence.precedence_sort_key(precedence.order(viewer), Participation.party_id)
    rows = db.session.execute(
        select(Person, native_script(viewer, PARTICIPANTS_SEE).label("native"), Party.code, Party.names)
        .select_from(Participation)
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(needs_seat(viewer), _listed(viewer))
        .order_by(rank, Person.collation, Person.name, Participation.id)
    )
    return [
        Plate(
            styled(person.name, person.family, person.given, person.name_order),
            native,
            script_language(native, person.languages),
            names.get(language) or names.get("en") or code,
        )
        for person, native, code, names in rows
    ]
