"""People to seat, and the names of those whom the viewer may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.roles import queries as roles
from dialogues.meetings.roles.models import RoleGrant
from dialogues.onsite.seating.queries.visibility import needs_seat
from dialogues.onsite.seating.rules.names import StyledName, script_language, styled
from dialogues.onsite.seating.rules.order import Guest
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants
from dialogues.people.participants.queries.visibility import native_script
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_SEE, PLATES_SEE, SEATING_EDIT, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class VisiblePerson:
    """The names shown on a plan for a person the viewer may see."""

    name: str
    party_code: str
    party_name: str


def visible_people(viewer: Viewer) -> Mapping[UUID, VisiblePerson]:
    """Return the seated people the viewer sees on the participants list, by participation id; one query."""
    rows = db.session.execute(
        select(Participation.id, Person.name, Party.code, Party.names)
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(needs_seat(viewer), _listed(viewer))
    )
    return {
        row.id: VisiblePerson(name=row.name, party_code=row.code, party_name=row.names.get("en") or row.code)
        for row in rows
    }


def _listed(viewer: Viewer) -> Any:
    """Filter of the people the viewer sees on the participants list."""
    return or_(participants.visible(viewer, PARTICIPANTS_SEE), participants.visible(viewer, NOMINATIONS_SEE))


@reading(Purpose.FILTERED_LATER)
def seated_ids(viewer: Viewer) -> frozenset[UUID]:
    """Return the participation ids of everyone who needs a seat, whether the viewer may see them or not.

    The places of other participations are shown as free.
    """
    return frozenset(db.session.execute(select(Participation.id).where(needs_seat(viewer))).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedGuest:
    """A person to seat, with names for the planner."""

    guest: Guest
    name: str
    party_code: str
    party_name: str


def named_guests(viewer: Viewer) -> list[NamedGuest]:
    """Return everyone to seat, for people who plan; parties in the order in force, then by name; two queries."""
    if not viewer.may(SEATING_EDIT):
        return []
    ranks = precedence.order(viewer).ranks
    meeting_id = viewer.meeting_id
    co_chairs = select(RoleGrant.person_id).where(
        RoleGrant.role == Role.CO_CHAIR,
        RoleGrant.accepted_at.is_not(None),
        RoleGrant.revoked_at.is_(None),
        or_(RoleGrant.meeting_id == meeting_id, RoleGrant.meeting_id.is_(None)),
    )
    rows = db.session.execute(
        select(
            Participation.id,
            Participation.person_id,
            Participation.party_id,
            Participation.capacity,
            Person.name,
            Party.code,
            Party.names,
            Participation.person_id.in_(co_chairs).label("is_head"),
        )
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(needs_seat(viewer), participants.visible(viewer, SEATING_EDIT))
        .order_by(Person.collation, Person.name, Participation.id)
    ).all()
    return [_named_guest(row) for row in sorted(rows, key=lambda row: ranks.get(row.party_id, len(ranks)))]


def _named_guest(row: Any) -> NamedGuest:
    guest = Guest(
        id=row.id,
        person=row.person_id,
        party=row.party_id,
        is_head=bool(row.is_head),
        observes=row.capacity is not Capacity.PARTICIPANT,
    )
    return NamedGuest(guest=guest, name=row.name, party_code=row.code, party_name=row.names.get("en") or row.code)


def interpreters(viewer: Viewer) -> Mapping[UUID, str]:
    """Return names of the meeting's interpreters by person id, for people who plan.

    Other viewers see only that an interpreter sits there.
    """
    if not viewer.may(SEATING_EDIT) or viewer.place is None:
        return {}
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == Role.INTERPRETER,
            RoleGrant.accepted_at.is_not(None),
            RoleGrant.revoked_at.is_(None),
            roles.visible(viewer, SEATING_EDIT),
            RoleGrant.meeting_id == viewer.meeting_id,
        )
        .order_by(Person.collation, Person.name, Person.id)
    )
    return {row.id: row.name for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
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
    ranks = precedence.order(viewer).ranks
    native = native_script(viewer, PARTICIPANTS_SEE).label("native")
    rows = db.session.execute(
        select(
            Participation.party_id,
            Person.name,
            Person.family,
            Person.given,
            Person.name_order,
            Person.languages,
            native,
            Party.code,
            Party.names,
        )
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(needs_seat(viewer), _listed(viewer))
        .order_by(Person.collation, Person.name, Participation.id)
    ).all()
    return [_plate(row, language) for row in sorted(rows, key=lambda row: ranks.get(row.party_id, len(ranks)))]


def _plate(row: Any, language: str) -> Plate:
    order: NameOrder = row.name_order
    return Plate(
        name=styled(row.name, row.family, row.given, order),
        native=row.native,
        native_language=script_language(row.native, tuple(row.languages)),
        party=row.names.get(language) or row.names.get("en") or row.code,
    )
