"""Reads about dialogues and meetings, always for a viewer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, false, or_, select

from dialogues.common.viewer import Holding, Place, Viewer
from dialogues.extensions import db
from dialogues.meetings.models import Dialogue, Exchange, Meeting, Person, RoleGrant
from dialogues.policy import Condition, Role

WINDOW_BEFORE = timedelta(days=14)
WINDOW_AFTER = timedelta(days=7)


def stand_in(viewer: Viewer, dialogue_id: UUID | None, meeting_id: UUID | None, now: datetime) -> Viewer | None:
    """The signed-in viewer as the person they are in that dialogue or meeting, with the roles that count there.

    Two queries; None if there is no such place or the account holds no accepted role in it. Staff roles count only in a
    sign-in with a second factor.
    """
    facts = _place_facts(dialogue_id, meeting_id)
    if facts is None or dialogue_id not in {None, facts.dialogue_id}:
        return None
    grants = [
        grant
        for grant in db.session.execute(_live_grants(viewer.account_id, facts.dialogue_id, meeting_id))
        if viewer.as_staff or grant.role not in STAFF_ROLES
    ]
    if not grants:
        return None
    place = Place(
        dialogue_id=facts.dialogue_id,
        dialogue_title=facts.dialogue_title,
        meeting_id=meeting_id,
        meeting_code=facts.code or "",
        meeting_title=facts.title or "",
        zone=facts.zone or "UTC",
    )
    holdings = tuple(Holding(grant.role, grant.person_id, grant.party_id) for grant in grants)
    return viewer.standing_in(place, grants[0].person_id, holdings, conditions(facts, now))


def _live_grants(
    account_id: UUID | None, dialogue_id: UUID, meeting_id: UUID | None
) -> Select[Role, UUID, UUID | None]:
    grants = (
        select(RoleGrant.role, RoleGrant.person_id, RoleGrant.party_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            Person.account_id == account_id,
            RoleGrant.dialogue_id == dialogue_id,
            RoleGrant.accepted_at.is_not(None),
            RoleGrant.revoked_at.is_(None),
        )
    )
    if meeting_id is not None:
        grants = grants.where(or_(RoleGrant.meeting_id.is_(None), RoleGrant.meeting_id == meeting_id))
    return grants


def _place_facts(dialogue_id: UUID | None, meeting_id: UUID | None) -> Any:
    facts = select(
        Dialogue.id.label("dialogue_id"),
        Dialogue.title.label("dialogue_title"),
        Meeting.code,
        Meeting.title,
        Meeting.zone,
        Meeting.starts_on,
        Meeting.ends_on,
        Meeting.observers_told,
        Exchange.opened_at,
    )
    if meeting_id is None:
        facts = facts.outerjoin(Meeting, false()).outerjoin(Exchange, false()).where(Dialogue.id == dialogue_id)
    else:
        facts = (
            facts.join(Meeting, Meeting.dialogue_id == Dialogue.id)
            .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
            .where(Meeting.id == meeting_id)
        )
    return db.session.execute(facts).one_or_none()


def conditions(meeting: Any, now: datetime) -> frozenset[Condition]:
    """Which conditions a meeting (its columns zone, starts_on, ends_on, observers_told, opened_at) meets at that time."""
    if meeting.starts_on is None:
        return frozenset()
    met = set()
    if meeting.opened_at is not None and meeting.opened_at <= now:
        met.add(Condition.EXCHANGED)
    if meeting.observers_told:
        met.add(Condition.RULE_SAYS)
    today = now.astimezone(ZoneInfo(meeting.zone)).date()
    if meeting.starts_on - WINDOW_BEFORE <= today <= meeting.ends_on + WINDOW_AFTER:
        met.add(Condition.WINDOW)
    return frozenset(met)
