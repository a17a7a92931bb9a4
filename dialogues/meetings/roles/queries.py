"""Roles of the signed-in viewer in a dialogue or meeting, and the policy conditions met there."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    column,
    exists,
    false,
    literal,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.orm import aliased

from dialogues.core.common.columns import constant
from dialogues.core.common.read_guard import limited_to_viewer, limits_rows
from dialogues.core.common.viewer import Place, RoleAssignment, Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Dialogue, Exchange, Institution, Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.queries.dialogues import english_sort_key
from dialogues.meetings.dialogues.rules.kinds import Existence, PartyKind
from dialogues.meetings.precedence.queries import order
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.rules import OFFERED_ROLES
from dialogues.policy import ROLES_SEE, STAFF_ROLES, Action, Condition, Role, Scope


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter of the grants an action reaches: of the viewer's dialogue as a whole, and of the current meeting."""
    if viewer.is_system:
        return true()
    if viewer.place is None or Scope.ALL not in viewer.scopes(action):
        return false()
    return and_(RoleGrant.dialogue_id == viewer.place.dialogue_id, counts_at(viewer.meeting_id))


def roles(viewer: Viewer) -> list[Any]:
    """Return held and offered roles in the viewer's place, without participants and observers.

    Sorted by role, then by party (the meeting's order of parties, or English names outside a meeting), then by name.
    """
    rank = {role: number for number, role in enumerate(OFFERED_ROLES)}
    rows = db.session.execute(_live_roles(viewer, ROLES_SEE)).all()
    party_key = _party_sort_key(viewer)
    return sorted(rows, key=lambda row: (rank[row.role], party_key(row), row.collation, str(row.id)))


def _party_sort_key(viewer: Viewer) -> Callable[[Any], Any]:
    if viewer.meeting_id is not None:
        in_force = order(viewer, action=ROLES_SEE)
        return lambda row: in_force.rank(row.party_id)
    return lambda row: english_sort_key(row.party_names, row.party_code) if row.party_id else ""


def role(viewer: Viewer, action: Action, grant_id: UUID) -> Any:
    """Return one held or offered role of exactly the viewer's place.

    :raises NotFound: missing or not permitted.
    """
    found = or_not_found(db.session.execute(_live_roles(viewer, action).where(RoleGrant.id == grant_id)).one_or_none())
    if found.meeting_id != viewer.meeting_id:
        raise NotFound
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
            limited_to_viewer(Person.account_id == viewer.account_id),
            RoleGrant.role.in_(OFFERED_ROLES),
            RoleGrant.accepted_at.is_(None),
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(RoleGrant.offered_at, RoleGrant.id)
    )
    return list(db.session.execute(rows).all())


WINDOW_BEFORE = timedelta(days=14)
WINDOW_AFTER = timedelta(days=7)


def viewer_in_meeting(
    viewer: Viewer, dialogue_id: UUID | None, meeting_id: UUID | None, now: datetime
) -> Viewer | None:
    """Return the viewer as the person they are in that dialogue or meeting, with the roles that count there.

    One query. Returns None if the place does not exist or is closed to the viewer: both cases cost the same, so that
    existence is not revealed. Staff roles count only in a sign-in with a second factor. A limited sign-in (by link) has
    no roles.
    """
    if viewer.is_limited:
        return None
    rows = db.session.execute(
        _grants_statement(meeting_id is not None), {"place": meeting_id or dialogue_id, "account": viewer.account_id}
    )
    held = (row for row in rows if row.role is not None)
    grants = [grant for grant in held if viewer.as_staff or grant.role not in STAFF_ROLES]
    if not grants or dialogue_id not in {None, grants[0].dialogue_id}:
        return None
    here = grants[0]
    if meeting_id is None:
        place = Place(dialogue_id=here.dialogue_id, dialogue_title=here.dialogue_title)
        in_a_window = any(in_window(grant, now) for grant in grants if grant.starts_on is not None)
        met = frozenset({Condition.WINDOW}) if in_a_window else frozenset[Condition]()
        return viewer.in_meeting(place, here.person_id, role_assignments(grants), met)
    place = Place(
        dialogue_id=here.dialogue_id,
        dialogue_title=here.dialogue_title,
        meeting_id=meeting_id,
        meeting_code=here.code,
        meeting_title=here.title,
        zone=here.zone,
        meeting=here.Meeting,
    )
    held_there = role_assignments(grants, meeting_id=meeting_id)
    return viewer.in_meeting(place, here.person_id, held_there, conditions(here, now))


@lru_cache(maxsize=2)
def _grants_statement(in_meeting: bool) -> Select[*tuple[Any, ...]]:
    """Statement for a place with the account's grants that count in it, or one row without a grant.

    In a meeting the facts are those of the meeting; outside a meeting those of each grant's own meeting. Built once
    because every request needs it.
    """
    facts: Any = select(
        Dialogue.id.label("dialogue_id"),
        Dialogue.title.label("dialogue_title"),
        Meeting.code,
        Meeting.title,
        Meeting.zone,
        Meeting.starts_on,
        Meeting.ends_on,
        Meeting.observers_may_read,
        Exchange.opened_at,
        RoleGrant.role,
        RoleGrant.person_id,
        RoleGrant.party_id,
        RoleGrant.meeting_id,
        (observes_in(Meeting.id) if in_meeting else observes_outside_meetings()).label("observes"),
        (awaits_own_list(Person.id, Meeting.id) if in_meeting else literal(False)).label("awaits_own_list"),
    ).select_from(Dialogue)
    counts = in_force()
    if in_meeting:
        facts = facts.add_columns(Meeting)
        facts = facts.join(Meeting, Meeting.dialogue_id == Dialogue.id).where(Meeting.id == bindparam("place"))
        counts &= counts_at(Meeting.id)
    else:
        facts = facts.where(Dialogue.id == bindparam("place"))
    facts = facts.outerjoin(
        Person, limited_to_viewer((Person.dialogue_id == Dialogue.id) & (Person.account_id == bindparam("account")))
    ).outerjoin(RoleGrant, (RoleGrant.person_id == Person.id) & counts)
    if not in_meeting:
        facts = facts.outerjoin(Meeting, Meeting.id == RoleGrant.meeting_id)
    statement: Select[*tuple[Any, ...]] = facts.outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
    return statement


#: Roles that an observer's participation restricts. Roles of staff and interpreters are not restricted, because the
#: coordinator grants them for work in certain sessions, and they belong to no party.
YIELDING = frozenset({Role.CO_CHAIR, Role.FOCAL_POINT, Role.PARTICIPANT})


def roles_of(role: Role, *, observes: bool) -> frozenset[Role]:
    """Return the effective roles of an accepted role, given whether the person was offered an observer's participation.

    A right counts from acceptance, a restriction from the offer: a person who was offered an observer's participation
    reads as an observer from then on, even with other accepted roles. A focal point still does the party's work.
    Declining or withdrawing does not lift the restriction, because people could then gain access by their own decision.
    Accepting a participant's participation lifts it.
    """
    if not observes or role not in YIELDING:
        return frozenset({role})
    return frozenset({role, Role.OBSERVER}) if role is Role.FOCAL_POINT else frozenset({Role.OBSERVER})


def role_assignments(
    grants: Iterable[Any], *, observes: bool | None = None, meeting_id: UUID | None = None
) -> tuple[RoleAssignment, ...]:
    """Return the role assignments that the grants amount to.

    :param observes: applies to all grants; if None, each grant has its own `observes`.
    :param meeting_id: the viewer's meeting; an observer's role is limited to it.
    """
    return tuple(
        RoleAssignment(
            role,
            grant.person_id,
            grant.party_id,
            grant.meeting_id if role is grant.role else meeting_id or grant.meeting_id,
        )
        for grant in grants
        for role in roles_of(grant.role, observes=bool(grant.observes if observes is None else observes))
    )


def in_force() -> ColumnElement[bool]:
    """Filter of the grants that count: accepted and not ended."""
    return and_(RoleGrant.accepted_at.is_not(None), RoleGrant.revoked_at.is_(None))


def counts_at(meeting_id: Any) -> ColumnElement[bool]:
    """Filter of the grants that concern a meeting: those in it, and those in the whole dialogue."""
    return or_(RoleGrant.meeting_id.is_(None), RoleGrant.meeting_id == meeting_id)


#: Columns of the participation table. Declared here because its feature is above this one and may not be imported.
_participation = table(
    "participation",
    column("meeting_id", Uuid()),
    column("person_id", Uuid()),
    column("party_id", Uuid()),
    column("reads_as_observer", Boolean()),
)


def observes_in(meeting_id: Any, person_id: Any = RoleGrant.person_id) -> ColumnElement[bool]:
    """SQL: whether the person (default: of the grant) was offered an observer's participation in that meeting.

    True also for a person who speaks for an observing organisation, in the meeting or the whole dialogue. See
    `roles_of`.
    """
    here = _participation.c.meeting_id == meeting_id
    return or_(_was_offered_participation(here, person_id), _speaks_for_observers(meeting_id, person_id))


def observes_outside_meetings() -> ColumnElement[bool]:
    """The same outside a meeting, for the grant's meeting, or for any meeting if it is a dialogue-wide grant."""
    here = aliased(Meeting)
    meetings = select(here.id).where(
        here.dialogue_id == RoleGrant.dialogue_id, or_(RoleGrant.meeting_id.is_(None), here.id == RoleGrant.meeting_id)
    )
    anywhere = _participation.c.meeting_id.in_(meetings.correlate_except(here))
    person_id = RoleGrant.person_id
    return or_(_was_offered_participation(anywhere, person_id), _speaks_for_observers(RoleGrant.meeting_id, person_id))


def _was_offered_participation(where: ColumnElement[bool], person_id: Any) -> ColumnElement[bool]:
    offered = exists().where(_participation.c.person_id == person_id, where, _participation.c.reads_as_observer)
    return offered.correlate_except(_participation)


def _speaks_for_observers(meeting_id: Any, person_id: Any) -> ColumnElement[bool]:
    grant, party = aliased(RoleGrant), aliased(Party)
    is_speaker = exists().where(
        grant.person_id == person_id,
        grant.role == constant(Role.FOCAL_POINT),
        grant.revoked_at.is_(None),
        or_(grant.meeting_id.is_(None), grant.meeting_id == meeting_id),
        party.id == grant.party_id,
        party.kind == constant(PartyKind.OBSERVER),
    )
    return is_speaker.correlate_except(grant, party)


def belongs_to(party_id: Any, person_id: Any, meeting_id: Any) -> ColumnElement[bool]:
    """SQL: whether a person belongs to that party at a meeting.

    True with a participation for the party (of any status), with a live role for the party, or for a co-chair whose
    institution belongs to the party.
    """
    named = exists().where(
        _participation.c.meeting_id == meeting_id,
        _participation.c.person_id == person_id,
        _participation.c.party_id == party_id,
    )
    grant, chair_grant, person = aliased(RoleGrant), aliased(RoleGrant), aliased(Person)
    institution = aliased(Institution)
    is_speaker = exists().where(
        grant.person_id == person_id,
        grant.party_id == party_id,
        grant.revoked_at.is_(None),
        or_(grant.meeting_id.is_(None), grant.meeting_id == meeting_id),
    )
    is_co_chair = exists().where(
        person.id == person_id,
        institution.id == person.institution_id,
        institution.party_id == party_id,
        chair_grant.person_id == person.id,
        chair_grant.role == constant(Role.CO_CHAIR),
        chair_grant.revoked_at.is_(None),
        or_(chair_grant.meeting_id.is_(None), chair_grant.meeting_id == meeting_id),
    )
    return or_(
        named.correlate_except(_participation),
        is_speaker.correlate_except(grant),
        is_co_chair.correlate_except(chair_grant, person, institution),
    )


def awaits_own_list(person_id: Any, meeting_id: Any) -> ColumnElement[bool]:
    """SQL: whether a party of the person has not submitted its list for the meeting.

    Includes observing organisations: other parties do not wait for them, but they read the lists of others only after
    they have submitted their own.
    """
    party = aliased(MeetingParty)
    sealed = exists().where(
        party.meeting_id == meeting_id, party.submitted_at.is_(None), belongs_to(party.party_id, person_id, meeting_id)
    )
    return sealed.correlate_except(party)


def conditions(meeting: Any, now: datetime) -> frozenset[Condition]:
    """Return the policy conditions that hold for someone in a meeting at that time.

    `meeting` has the columns zone, starts_on, ends_on, observers_may_read, opened_at and awaits_own_list. Lists are
    open to people whose own party has submitted, and to people without a party.
    """
    met = set()
    if meeting.opened_at is not None and meeting.opened_at <= now and not meeting.awaits_own_list:
        met.add(Condition.EXCHANGED)
    if meeting.observers_may_read:
        met.add(Condition.RULE_SAYS)
    if in_window(meeting, now):
        met.add(Condition.WINDOW)
    return frozenset(met)


def in_window(meeting: Any, now: datetime) -> bool:
    """Whether `now` is within 14 days before and 7 days after the meeting, by the calendar of its zone.

    Roles limited to the meeting's time have access only in this window.
    """
    today = now.astimezone(ZoneInfo(meeting.zone)).date()
    return bool(meeting.starts_on - WINDOW_BEFORE <= today <= meeting.ends_on + WINDOW_AFTER)
