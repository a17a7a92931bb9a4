"""Reads of roles: who holds or is offered which in a place, and what waits for an account's own answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from dialogues.common.refusal import Unseen
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.models import Dialogue, Meeting, Party, Person, RoleGrant
from dialogues.meetings.queries.dialogues import in_english
from dialogues.meetings.queries.order import order
from dialogues.meetings.queries.reach import within_reach
from dialogues.meetings.rules import OFFERED_ROLES, Existence
from dialogues.policy import ROLES_SEE, Action


def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """The grants an action reaches: those of the whole dialogue the viewer stands in, and of the meeting if in one."""
    return within_reach(viewer, action, _here(viewer))


def _here(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_system:
        return true()
    if viewer.place is None:
        return false()
    meeting_id = viewer.place.meeting_id
    whole = RoleGrant.meeting_id.is_(None)
    return and_(
        RoleGrant.dialogue_id == viewer.place.dialogue_id,
        whole if meeting_id is None else or_(whole, RoleGrant.meeting_id == meeting_id),
    )


def roles(viewer: Viewer) -> list[Any]:
    """Who holds or is offered which role where the viewer stands; participants and observers are listed elsewhere.

    Focal points stand as their parties do: in the meeting's order in force, around meetings by their English names.
    """
    place = {role: place for place, role in enumerate(OFFERED_ROLES)}
    rows = db.session.execute(_live_roles(viewer, ROLES_SEE)).all()
    standing = _standing_of(viewer)
    return sorted(rows, key=lambda row: (place[row.role], standing(row), row.collation, str(row.id)))


def _standing_of(viewer: Viewer) -> Callable[[Any], Any]:
    if viewer.place is not None and viewer.place.meeting_id is not None:
        in_force = order(viewer, action=ROLES_SEE)
        return lambda row: in_force.rank(row.party_id)
    return lambda row: in_english(row.party_names, row.party_code) if row.party_id else ""


def role(viewer: Viewer, action: Action, grant_id: UUID) -> Any:
    """One role held or offered exactly where the viewer stands.

    :raises Unseen: there is none, or not for this viewer.
    """
    found = db.session.execute(_live_roles(viewer, action).where(RoleGrant.id == grant_id)).one_or_none()
    if found is None or viewer.place is None or found.meeting_id != viewer.place.meeting_id:
        raise Unseen
    return found


def _live_roles(viewer: Viewer, action: Action) -> Select[Any, *tuple[Any, ...]]:
    return (
        select(
            RoleGrant.id,
            RoleGrant.role,
            RoleGrant.meeting_id,
            RoleGrant.offered_at,
            RoleGrant.accepted_at,
            Person.name,
            Person.native,
            Person.email,
            Person.collation,
            Party.id.label("party_id"),
            Party.code.label("party_code"),
            Party.names.label("party_names"),
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(Party, Party.id == RoleGrant.party_id)
        .where(visible(viewer, action), RoleGrant.revoked_at.is_(None), RoleGrant.role.in_(OFFERED_ROLES))
    )


def offers(viewer: Viewer) -> list[Any]:
    """The roles that wait for the answer of the signed-in viewer."""
    rows = (
        select(
            RoleGrant.id,
            RoleGrant.role,
            RoleGrant.offered_at,
            RoleGrant.meeting_id,
            Dialogue.title.label("dialogue_title"),
            Meeting.title.label("meeting_title"),
            Meeting.code.label("meeting_code"),
            or_(
                Dialogue.existence == Existence.CONFIDENTIAL,
                and_(Meeting.id.is_not(None), Meeting.existence == Existence.CONFIDENTIAL),
            ).label("confidential"),
            Party.names.label("party_names"),
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Dialogue, Dialogue.id == RoleGrant.dialogue_id)
        .outerjoin(Meeting, Meeting.id == RoleGrant.meeting_id)
        .outerjoin(Party, Party.id == RoleGrant.party_id)
        .where(
            Person.account_id == viewer.account_id,
            RoleGrant.role.in_(OFFERED_ROLES),
            RoleGrant.accepted_at.is_(None),
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(RoleGrant.offered_at, RoleGrant.id)
    )
    return list(db.session.execute(rows).all())
