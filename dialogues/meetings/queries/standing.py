"""Who a signed-in viewer is in a dialogue or meeting, and which conditions are met there."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from dialogues.common.columns import constant
from dialogues.common.viewer import Holding, Place, Viewer
from dialogues.extensions import db
from dialogues.meetings.models import Dialogue, Exchange, Meeting, Party, Person, RoleGrant
from dialogues.meetings.rules import PartyKind
from dialogues.policy import STAFF_ROLES, Condition, Role

WINDOW_BEFORE = timedelta(days=14)
WINDOW_AFTER = timedelta(days=7)


def stand_in(viewer: Viewer, dialogue_id: UUID | None, meeting_id: UUID | None, now: datetime) -> Viewer | None:
    """The signed-in viewer as the person they are in that dialogue or meeting, with the roles that count there.

    One query, the same for a place that does not exist and one that is closed to the viewer; None for both. Staff roles
    count only in a sign-in with a second factor.
    """
    rows = db.session.connection().execute(
        _standing(meeting_id is not None), {"place": meeting_id or dialogue_id, "account": viewer.account_id}
    )
    held = (row for row in rows if row.role is not None)
    grants = [grant for grant in held if viewer.as_staff or grant.role not in STAFF_ROLES]
    if not grants or dialogue_id not in {None, grants[0].dialogue_id}:
        return None
    here = grants[0]
    if meeting_id is None:
        place = Place(dialogue_id=here.dialogue_id, dialogue_title=here.dialogue_title)
        return viewer.standing_in(place, here.person_id, holdings_of(grants), _met_around_meetings(grants, now))
    place = Place(
        dialogue_id=here.dialogue_id,
        dialogue_title=here.dialogue_title,
        meeting_id=meeting_id,
        meeting_code=here.code,
        meeting_title=here.title,
        zone=here.zone,
    )
    return viewer.standing_in(place, here.person_id, holdings_of(grants), conditions(here, now))


def _met_around_meetings(grants: Iterable[Any], now: datetime) -> frozenset[Condition]:
    """In the dialogue around its meetings: the window is open while that of any meeting with a role is."""
    windows = (in_window(grant, now) for grant in grants if grant.starts_on is not None)
    return frozenset({Condition.WINDOW}) if any(windows) else frozenset()


@lru_cache(maxsize=2)
def _standing(in_meeting: bool) -> Select[*tuple[Any, ...]]:
    """The place with the grants of an account that count in it, or with none; built once, since every page sends it.

    In a meeting each row has its facts, in the dialogue around its meetings those of the grant's own meeting.
    """
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
        RoleGrant.role,
        RoleGrant.person_id,
        RoleGrant.party_id,
        RoleGrant.meeting_id,
        Party.kind.label("party_kind"),
    ).select_from(Dialogue)
    counts = in_force()
    if in_meeting:
        facts = facts.join(Meeting, Meeting.dialogue_id == Dialogue.id).where(Meeting.id == bindparam("place"))
        counts &= or_(RoleGrant.meeting_id.is_(None), RoleGrant.meeting_id == Meeting.id)
    else:
        facts = facts.where(Dialogue.id == bindparam("place"))
    facts = (
        facts.outerjoin(Person, (Person.dialogue_id == Dialogue.id) & (Person.account_id == bindparam("account")))
        .outerjoin(RoleGrant, (RoleGrant.person_id == Person.id) & counts)
        .outerjoin(Party, Party.id == RoleGrant.party_id)
    )
    if not in_meeting:
        facts = facts.outerjoin(Meeting, Meeting.id == RoleGrant.meeting_id)
    return facts.outerjoin(Exchange, Exchange.meeting_id == Meeting.id)


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
    speaks_still = (
        exists()
        .where(
            speaks.person_id == RoleGrant.person_id,
            speaks.role == constant(Role.FOCAL_POINT),
            speaks.accepted_at.is_not(None),
            speaks.revoked_at.is_(None),
            or_(speaks.meeting_id.is_(None), speaks.meeting_id == RoleGrant.meeting_id),
        )
        .correlate(RoleGrant)
    )
    ended = RoleGrant.revoked_at.is_not(None)
    return and_(
        RoleGrant.accepted_at.is_not(None), or_(~ended, and_(RoleGrant.role == constant(Role.OBSERVER), speaks_still))
    )


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
