"""Who is to be seated, as the planner knows them; and who of them has a name for whoever looks at a plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.roles.models import RoleGrant
from dialogues.onsite.seating.queries.visibility import sits
from dialogues.onsite.seating.rules.names import StyledName, script_language, styled
from dialogues.onsite.seating.rules.order import Guest
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants
from dialogues.people.participants.queries.visibility import native_script
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_SEE, PLATES_SEE, SEATING_EDIT, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Someone whom the viewer may see, as they are called on a plan."""

    name: str
    party_code: str
    party_name: str


def faces(viewer: Viewer) -> Mapping[UUID, Face]:
    """By participation those who are seated, as far as the viewer sees them on the participants list; one query."""
    rows = db.session.execute(
        select(Participation.id, Person.name, Party.code, Party.names)
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(sits(viewer), _listed(viewer))
    )
    return {
        row.id: Face(name=row.name, party_code=row.code, party_name=row.names.get("en") or row.code) for row in rows
    }


def _listed(viewer: Viewer) -> Any:
    """The same who stand on the participants list for this viewer."""
    return or_(participants.visible(viewer, PARTICIPANTS_SEE), participants.visible(viewer, NOMINATIONS_SEE))


def who_sits(viewer: Viewer) -> frozenset[UUID]:
    """The participations of all who need a chair, named or not: a plan shows the places of others as free."""
    return frozenset(db.session.execute(select(Participation.id).where(sits(viewer))).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitter:
    """Someone to be seated, and what the planner calls them."""

    guest: Guest
    name: str
    party_code: str
    party_name: str


def sitters(viewer: Viewer) -> list[Sitter]:
    """Everyone to be seated, for whoever plans: parties in the order in force, persons by sort key; two queries."""
    if not viewer.may(SEATING_EDIT):
        return []
    ranks = precedence.order(viewer).ranks
    meeting_id = viewer.place.meeting_id if viewer.place else None
    chairs = select(RoleGrant.person_id).where(
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
            Participation.person_id.in_(chairs).label("is_head"),
        )
        .join(Person, Person.id == Participation.person_id)
        .join(Party, Party.id == Participation.party_id)
        .where(sits(viewer))
        .order_by(Person.collation, Person.name, Participation.id)
    ).all()
    return [_sitter(row) for row in sorted(rows, key=lambda row: ranks.get(row.party_id, len(ranks)))]


def _sitter(row: Any) -> Sitter:
    guest = Guest(
        id=row.id,
        person=row.person_id,
        party=row.party_id,
        is_head=bool(row.is_head),
        observes=row.capacity is not Capacity.PARTICIPANT,
    )
    return Sitter(guest=guest, name=row.name, party_code=row.code, party_name=row.names.get("en") or row.code)


def interpreters(viewer: Viewer) -> Mapping[UUID, str]:
    """The interpreters of the meeting, by their names: for whoever plans; others are told that one sits there."""
    if not viewer.may(SEATING_EDIT) or viewer.place is None:
        return {}
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == Role.INTERPRETER,
            RoleGrant.accepted_at.is_not(None),
            RoleGrant.revoked_at.is_(None),
            RoleGrant.meeting_id == viewer.place.meeting_id,
        )
        .order_by(Person.collation, Person.name, Person.id)
    )
    return {row.id: row.name for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """What stands on a name plate: no rank, no title, no flag."""

    name: StyledName
    native: str
    native_language: str
    party: str


def plates(viewer: Viewer, language: str) -> list[Plate]:
    """A plate for everyone who comes and whom the viewer sees, the party in that language; two queries."""
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
        .where(sits(viewer), _listed(viewer))
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
