"""Meetings and dialogues in which an account has a role."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from dialogues.core.common.read_guard import limited_to_viewer
from dialogues.core.common.viewer import Place, Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Dialogue, Exchange, Meeting, Person
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.queries import (
    awaits_own_list,
    conditions,
    in_force,
    observes_in,
    observes_outside_meetings,
    role_assignments,
    roles_of,
)
from dialogues.policy import DIALOGUE_SEE, MEETING_SEE, STAFF_ROLES, Role, scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class MyMeeting:
    """A meeting in which the account has a role.

    `roles` are those that count there, `viewer` is the account's viewer in that meeting, and `facts` are the columns of
    the meeting with `opened_at` of its exchange.
    """

    id: UUID
    dialogue_id: UUID
    dialogue_title: str
    person_id: UUID
    roles: frozenset[Role]
    viewer: Viewer
    facts: Any


def my_meetings(viewer: Viewer, now: datetime, dialogue_id: UUID | None = None) -> list[MyMeeting]:
    """Return the meetings the signed-in viewer may see, of one dialogue or of all, earliest first; two queries."""
    return _open_meetings(viewer, _grants(viewer, dialogue_id), now)


def _open_meetings(viewer: Viewer, grants: Sequence[Any], now: datetime) -> list[MyMeeting]:
    by_place = defaultdict(list)
    for grant in grants:
        by_place[grant.meeting_id or grant.dialogue_id].append(grant)
    found = []
    for row in _meetings_of(viewer, grants):
        here = role_assignments(by_place[row.dialogue_id] + by_place[row.id], observes=row.observes, meeting_id=row.id)
        roles, met_conditions = frozenset(holding.role for holding in here), conditions(row, now)
        if scopes(MEETING_SEE, roles, met_conditions):
            person_id = here[0].person_id
            found.append(
                MyMeeting(
                    id=row.id,
                    dialogue_id=row.dialogue_id,
                    dialogue_title=row.dialogue_title,
                    person_id=person_id,
                    roles=roles,
                    viewer=viewer.in_meeting(_place_of(row), person_id, here, met_conditions),
                    facts=row,
                )
            )
    return found


def _place_of(row: Any) -> Place:
    return Place(
        dialogue_id=row.dialogue_id,
        dialogue_title=row.dialogue_title,
        meeting_id=row.id,
        meeting_code=row.code,
        meeting_title=row.title,
        zone=row.zone,
    )


@dataclass(frozen=True, slots=True)
class OpenPlaces:
    dialogues: frozenset[UUID]
    meetings: frozenset[UUID]


def open_places(viewer: Viewer, now: datetime) -> OpenPlaces:
    """Return the dialogues and meetings the signed-in viewer may open at `now`; two queries."""
    grants = _grants(viewer, None)
    dialogue_wide = defaultdict[UUID, set[Role]](set)
    for grant in grants:
        if grant.meeting_id is None:
            dialogue_wide[grant.dialogue_id] |= roles_of(grant.role, observes=grant.observes)
    # A role in one meeting gives access to its dialogue only while it gives access to the meeting.
    meetings = _open_meetings(viewer, grants, now)
    dialogues = {meeting.dialogue_id for meeting in meetings}
    dialogues |= {dialogue for dialogue, roles in dialogue_wide.items() if scopes(DIALOGUE_SEE, roles, frozenset())}
    return OpenPlaces(frozenset(dialogues), frozenset(meeting.id for meeting in meetings))


def my_dialogues(viewer: Viewer, now: datetime) -> list[Any]:
    """Return id, code and title of the dialogues the signed-in viewer may open at `now`, by title."""
    places = open_places(viewer, now).dialogues
    rows = select(Dialogue.id, Dialogue.code, Dialogue.title).where(Dialogue.id.in_(places)).order_by(Dialogue.title)
    return list(db.session.execute(rows).all())


def _grants(viewer: Viewer, dialogue_id: UUID | None) -> list[Any]:
    grants = (
        select(
            RoleGrant.role,
            RoleGrant.person_id,
            RoleGrant.party_id,
            RoleGrant.dialogue_id,
            RoleGrant.meeting_id,
            observes_outside_meetings().label("observes"),
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .where(limited_to_viewer(Person.account_id == viewer.account_id), in_force())
    )
    if dialogue_id is not None:
        grants = grants.where(RoleGrant.dialogue_id == dialogue_id)
    return [grant for grant in db.session.execute(grants) if viewer.as_staff or grant.role not in STAFF_ROLES]


def _meetings_of(viewer: Viewer, grants: Sequence[Any]) -> Sequence[Any]:
    dialogue_wide = {grant.dialogue_id for grant in grants if grant.meeting_id is None}
    single = {grant.meeting_id for grant in grants if grant.meeting_id is not None}
    return db.session.execute(
        select(
            *Meeting.__table__.columns,
            Dialogue.title.label("dialogue_title"),
            Exchange.opened_at,
            observes_in(Meeting.id, Person.id).label("observes"),
            awaits_own_list(Person.id, Meeting.id).label("awaits_own_list"),
        )
        .join(Dialogue, Dialogue.id == Meeting.dialogue_id)
        .join(Person, limited_to_viewer((Person.dialogue_id == Dialogue.id) & (Person.account_id == viewer.account_id)))
        .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
        .where(or_(Meeting.dialogue_id.in_(dialogue_wide), Meeting.id.in_(single)))
        .order_by(Meeting.starts_on, Meeting.code)
    ).all()
