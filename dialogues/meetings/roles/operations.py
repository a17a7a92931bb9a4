"""Writes of roles for other features; they join the open transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.roles.models import RoleGrant
from dialogues.policy import Role


def grant_role(
    person_id: UUID,
    role: Role,
    *,
    dialogue_id: UUID,
    meeting_id: UUID | None = None,
    party_id: UUID | None = None,
    offered_at: datetime,
    accepted_at: datetime | None = None,
) -> UUID:
    """Offer a role, or grant it directly if `accepted_at` is given; returns the id of the grant.

    :raises Refusal: the person already has the role there, or the party already has a focal point.
    """
    if live_grant(person_id, role, dialogue_id=dialogue_id, meeting_id=meeting_id) is not None:
        raise Refusal(N_("This person already has this role here, or was offered it."), field="role")
    if role is Role.FOCAL_POINT:
        _refuse_second_focal_point(dialogue_id, meeting_id, party_id)
    grant = RoleGrant(
        dialogue_id=dialogue_id,
        meeting_id=meeting_id,
        person_id=person_id,
        role=role,
        party_id=party_id,
        offered_at=offered_at,
        accepted_at=accepted_at,
    )
    db.session.add(grant)
    db.session.flush()
    return grant.id


def _refuse_second_focal_point(dialogue_id: UUID, meeting_id: UUID | None, party_id: UUID | None) -> None:
    if party_id is None:
        raise Refusal(N_("A focal point speaks for a party: choose which."), field="party")
    taken = _live_grants(dialogue_id, meeting_id).where(
        RoleGrant.role == Role.FOCAL_POINT, RoleGrant.party_id == party_id
    )
    if db.session.execute(taken).first() is not None:
        raise Refusal(
            N_("This party has its focal point already, or the role is on offer: end that first."), field="party"
        )


def live_grant(person_id: UUID, role: Role, *, dialogue_id: UUID, meeting_id: UUID | None = None) -> RoleGrant | None:
    """Return the person's offered or active grant of this role in exactly this place, or None."""
    grants = _live_grants(dialogue_id, meeting_id).where(RoleGrant.person_id == person_id, RoleGrant.role == role)
    return db.session.execute(grants).scalar_one_or_none()


def _live_grants(dialogue_id: UUID, meeting_id: UUID | None) -> Select[RoleGrant]:
    """Select the grants that have not ended, in exactly this place; `meeting_id` None means the whole dialogue."""
    return select(RoleGrant).where(
        RoleGrant.dialogue_id == dialogue_id,
        RoleGrant.meeting_id == meeting_id if meeting_id is not None else RoleGrant.meeting_id.is_(None),
        RoleGrant.revoked_at.is_(None),
    )


def revoke_role(
    person_id: UUID, role: Role, *, dialogue_id: UUID, meeting_id: UUID | None = None, now: datetime
) -> None:
    """End the person's role in this place; does nothing if there is none."""
    grant = live_grant(person_id, role, dialogue_id=dialogue_id, meeting_id=meeting_id)
    if grant is not None:
        grant.revoked_at = now
        db.session.flush()
