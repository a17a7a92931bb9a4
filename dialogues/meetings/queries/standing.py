"""Who a signed-in viewer is in a dialogue or meeting, and which conditions are met there."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from dialogues.common.viewer import Holding, Place, Viewer
from dialogues.extensions import db
from dialogues.meetings.models import Dialogue, Exchange, Meeting, Party, Person, RoleGrant
from dialogues.meetings.rules import PartyKind
from dialogues.policy import STAFF_ROLES, Condition, Role

WINDOW_BEFORE = timedelta(days=14)
WINDOW_AFTER = timedelta(days=7)


def stand_in(viewer: Viewer, dialogue_id: UUID | None, meeting_id: UUID | None, now: datetime) -> Viewer | None:
    """The signed-in viewer as the person they are in that dialogue or meeting, with the roles that count there.

    Two queries; None if there is no such place or the account holds no accepted role in it. Staff roles count only in a
    sign-in with a second factor.
    """
    facts = _place_facts(dialogue_id, meeting_id)
    # Asked in any case, so that a place that does not exist costs as much as one that is closed to the viewer.
    nowhere = dialogue_id or meeting_id
    held = db.session.execute(
        _live_grants(viewer.account_id, facts.dialogue_id if facts else nowhere, meeting_id)
    ).all()
    grants = [grant for grant in held if viewer.as_staff or grant.role not in STAFF_ROLES]
    if facts is None or dialogue_id not in {None, facts.dialogue_id} or not grants:
        return None
    place = Place(
        dialogue_id=facts.dialogue_id,
        dialogue_title=facts.dialogue_title,
        meeting_id=meeting_id,
        meeting_code=facts.code or "",
        meeting_title=facts.title or "",
        zone=facts.zone or "UTC",
    )
    holdings = holdings_of(grants)
    met = conditions(facts, now) if meeting_id is not None else _met_around_meetings(grants, now)
    return viewer.standing_in(place, grants[0].person_id, holdings, met)


def _met_around_meetings(grants: Iterable[Any], now: datetime) -> frozenset[Condition]:
    """In the dialogue around its meetings: the window is open while that of any meeting with a role is."""
    windows = (in_window(grant, now) for grant in grants if grant.starts_on is not None)
    return frozenset({Condition.WINDOW}) if any(windows) else frozenset()


def _live_grants(
    account_id: UUID | None, dialogue_id: UUID | None, meeting_id: UUID | None
) -> Select[Any, *tuple[Any, ...]]:
    grants = (
        select(
            RoleGrant.role,
            RoleGrant.person_id,
            RoleGrant.party_id,
            RoleGrant.meeting_id,
            Party.kind.label("party_kind"),
            Meeting.zone,
            Meeting.starts_on,
            Meeting.ends_on,
        )
        .outerjoin(Meeting, Meeting.id == RoleGrant.meeting_id)
        .outerjoin(Party, Party.id == RoleGrant.party_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            Person.account_id == account_id,
            RoleGrant.dialogue_id == dialogue_id,
            in_force(),
        )
    )
    if meeting_id is not None:
        grants = grants.where(or_(RoleGrant.meeting_id.is_(None), RoleGrant.meeting_id == meeting_id))
    return grants


def roles_of(grant: Any) -> frozenset[Role]:
    """What a grant (its columns role, party_kind) makes one: speaking for observers, one is an observer as well."""
    observes = grant.role is Role.FOCAL_POINT and grant.party_kind is PartyKind.OBSERVER
    return frozenset({grant.role, Role.OBSERVER}) if observes else frozenset({grant.role})


def holdings_of(grants: Iterable[Any]) -> tuple[Holding, ...]:
    """What grants amount to for a viewer."""
    return tuple(
        Holding(role, grant.person_id, grant.party_id, grant.meeting_id) for grant in grants for role in roles_of(grant)
    )


def in_force() -> ColumnElement[bool]:
    """Which grants count: accepted and not ended.

    Whoever was let in as an observer stays one for as long as they speak for a party there, even once they come no
    more: as a focal point and nothing else they would see more than before.
    """
    speaks = aliased(RoleGrant)
    speaks_still = exists().where(
        speaks.person_id == RoleGrant.person_id,
        speaks.role == Role.FOCAL_POINT,
        speaks.accepted_at.is_not(None),
        speaks.revoked_at.is_(None),
        or_(speaks.meeting_id.is_(None), speaks.meeting_id == RoleGrant.meeting_id),
    )
    ended = RoleGrant.revoked_at.is_not(None)
    return and_(RoleGrant.accepted_at.is_not(None), or_(~ended, and_(RoleGrant.role == Role.OBSERVER, speaks_still)))


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
        facts = (
            facts.select_from(Dialogue)
            .outerjoin(Meeting, false())
            .outerjoin(Exchange, false())
            .where(Dialogue.id == dialogue_id)
        )
    else:
        facts = (
            facts.join(Meeting, Meeting.dialogue_id == Dialogue.id)
            .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
            .where(Meeting.id == meeting_id)
        )
    return db.session.execute(facts).one_or_none()


def conditions(meeting: Any, now: datetime) -> frozenset[Condition]:
    """Which conditions a meeting meets at that time: its zone, days, observers_told and opened_at say."""
    met = set()
    if meeting.opened_at is not None and meeting.opened_at <= now:
        met.add(Condition.EXCHANGED)
    if meeting.observers_told:
        met.add(Condition.RULE_SAYS)
    if in_window(meeting, now):
        met.add(Condition.WINDOW)
    return frozenset(met)


def in_window(meeting: Any, now: datetime) -> bool:
    """Whether the meeting (its columns zone, starts_on, ends_on) is near enough for those who come only for it."""
    today = now.astimezone(ZoneInfo(meeting.zone)).date()
    return bool(meeting.starts_on - WINDOW_BEFORE <= today <= meeting.ends_on + WINDOW_AFTER)
