"""Who a signed-in viewer is in a dialogue or meeting, and which conditions are met there."""

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
from dialogues.core.common.viewer import Place, RoleAssignment, Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Dialogue, Exchange, Institution, Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.queries.dialogues import in_english
from dialogues.meetings.dialogues.queries.reach import within_reach
from dialogues.meetings.dialogues.rules.kinds import Existence, PartyKind
from dialogues.meetings.precedence.queries import order
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.rules import OFFERED_ROLES
from dialogues.policy import ROLES_SEE, STAFF_ROLES, Action, Condition, Role


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


WINDOW_BEFORE = timedelta(days=14)
WINDOW_AFTER = timedelta(days=7)


def viewer_in_meeting(
    viewer: Viewer, dialogue_id: UUID | None, meeting_id: UUID | None, now: datetime
) -> Viewer | None:
    """The signed-in viewer as the person they are in that dialogue or meeting, with the roles that count there.

    One query, the same for a place that does not exist and one that is closed to the viewer; None for both. Staff roles
    count only in a sign-in with a second factor. A limited sign-in stands nowhere by its roles.
    """
    if viewer.is_limited:
        return None
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
        return viewer.in_meeting(place, here.person_id, holdings_of(grants), _met_around_meetings(grants, now))
    place = Place(
        dialogue_id=here.dialogue_id,
        dialogue_title=here.dialogue_title,
        meeting_id=meeting_id,
        meeting_code=here.code,
        meeting_title=here.title,
        zone=here.zone,
    )
    held_there = holdings_of(grants, meeting_id=meeting_id)
    return viewer.in_meeting(place, here.person_id, held_there, conditions(here, now))


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
        (observes_in(Meeting.id) if in_meeting else observes_around()).label("observes"),
        (awaits_own_list(Person.id, Meeting.id) if in_meeting else literal(False)).label("awaits_own_list"),
    ).select_from(Dialogue)
    counts = in_force()
    if in_meeting:
        facts = facts.join(Meeting, Meeting.dialogue_id == Dialogue.id).where(Meeting.id == bindparam("place"))
        counts &= or_(RoleGrant.meeting_id.is_(None), RoleGrant.meeting_id == Meeting.id)
    else:
        facts = facts.where(Dialogue.id == bindparam("place"))
    facts = facts.outerjoin(
        Person, (Person.dialogue_id == Dialogue.id) & (Person.account_id == bindparam("account"))
    ).outerjoin(RoleGrant, (RoleGrant.person_id == Person.id) & counts)
    if not in_meeting:
        facts = facts.outerjoin(Meeting, Meeting.id == RoleGrant.meeting_id)
    return facts.outerjoin(Exchange, Exchange.meeting_id == Meeting.id)


#: Roles of the table, which yield to an observer's part. Those of the staff and of interpreters do not, because the
#: coordinator gives them for work, session by session, and they belong to no side.
YIELDING = frozenset({Role.CO_CHAIR, Role.FOCAL_POINT, Role.PARTICIPANT})


def roles_of(role: Role, *, observes: bool) -> frozenset[Role]:
    """What an accepted role amounts to for someone who was offered an observer's part there, or not.

    A right counts from acceptance, a restriction from the offer: who is offered an observer's part reads as an observer
    from then on, whatever else they accepted. A focal point keeps the business of the party. Declining or withdrawing
    lifts nothing, because people would then read more by their own decision. Accepting a participant's part does.
    """
    if not observes or role not in YIELDING:
        return frozenset({role})
    return frozenset({role, Role.OBSERVER}) if role is Role.FOCAL_POINT else frozenset({Role.OBSERVER})


def holdings_of(
    grants: Iterable[Any], *, observes: bool | None = None, meeting_id: UUID | None = None
) -> tuple[RoleAssignment, ...]:
    """What grants amount to for a viewer.

    :param observes: for all of them alike; None: each grant says it of itself.
    :param meeting_id: where the viewer stands; what observers may read there stays within that meeting.
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
    """Which grants count: accepted and not ended."""
    return and_(RoleGrant.accepted_at.is_not(None), RoleGrant.revoked_at.is_(None))


#: Columns of the table of participations, which belongs to a later feature: that feature may not be imported here.
_participation = table(
    "participation",
    column("meeting_id", Uuid()),
    column("person_id", Uuid()),
    column("party_id", Uuid()),
    column("reads_as_observer", Boolean()),
)


def observes_in(meeting_id: Any, person_id: Any = RoleGrant.person_id) -> ColumnElement[bool]:
    """Whether the person, by default that of a grant, was offered an observer's part in that meeting; see `roles_of`.

    Speaking for an observing organisation is one, in the meeting or in the whole dialogue.
    """
    here = _participation.c.meeting_id == meeting_id
    return or_(_was_offered_a_part(here, person_id), _speaks_for_observers(meeting_id, person_id))


def observes_around() -> ColumnElement[bool]:
    """The same in the dialogue around its meetings: in the grant's meeting, or in any where it counts in all."""
    here = aliased(Meeting)
    meetings = select(here.id).where(
        here.dialogue_id == RoleGrant.dialogue_id, or_(RoleGrant.meeting_id.is_(None), here.id == RoleGrant.meeting_id)
    )
    anywhere = _participation.c.meeting_id.in_(meetings.correlate_except(here))
    person_id = RoleGrant.person_id
    return or_(_was_offered_a_part(anywhere, person_id), _speaks_for_observers(RoleGrant.meeting_id, person_id))


def _was_offered_a_part(where: ColumnElement[bool], person_id: Any) -> ColumnElement[bool]:
    offered = exists().where(_participation.c.person_id == person_id, where, _participation.c.reads_as_observer)
    return offered.correlate_except(_participation)


def _speaks_for_observers(meeting_id: Any, person_id: Any) -> ColumnElement[bool]:
    offer, side = aliased(RoleGrant), aliased(Party)
    speaks = exists().where(
        offer.person_id == person_id,
        offer.role == constant(Role.FOCAL_POINT),
        offer.revoked_at.is_(None),
        or_(offer.meeting_id.is_(None), offer.meeting_id == meeting_id),
        side.id == offer.party_id,
        side.kind == constant(PartyKind.OBSERVER),
    )
    return speaks.correlate_except(offer, side)


def belongs_to(party_id: Any, person_id: Any, meeting_id: Any) -> ColumnElement[bool]:
    """Whether a person is one of that party's people at a meeting.

    By their participation, whatever has become of it, by a role that they hold or are offered for the party, or as a
    co-chair by the institution that they come from.
    """
    named = exists().where(
        _participation.c.meeting_id == meeting_id,
        _participation.c.person_id == person_id,
        _participation.c.party_id == party_id,
    )
    offer, chair, who = aliased(RoleGrant), aliased(RoleGrant), aliased(Person)
    institution = aliased(Institution)
    speaks = exists().where(
        offer.person_id == person_id,
        offer.party_id == party_id,
        offer.revoked_at.is_(None),
        or_(offer.meeting_id.is_(None), offer.meeting_id == meeting_id),
    )
    chairs = exists().where(
        who.id == person_id,
        institution.id == who.institution_id,
        institution.party_id == party_id,
        chair.person_id == who.id,
        chair.role == constant(Role.CO_CHAIR),
        chair.revoked_at.is_(None),
        or_(chair.meeting_id.is_(None), chair.meeting_id == meeting_id),
    )
    return or_(
        named.correlate_except(_participation),
        speaks.correlate_except(offer),
        chairs.correlate_except(chair, who, institution),
    )


def awaits_own_list(person_id: Any, meeting_id: Any) -> ColumnElement[bool]:
    """Whether a party of the person has not submitted its list for the meeting.

    An observing organisation keeps nobody else waiting, but is a party here: it reads others once it has submitted.
    """
    side = aliased(MeetingParty)
    sealed = exists().where(
        side.meeting_id == meeting_id, side.submitted_at.is_(None), belongs_to(side.party_id, person_id, meeting_id)
    )
    return sealed.correlate_except(side)


def conditions(meeting: Any, now: datetime) -> frozenset[Condition]:
    """Which conditions a meeting meets for someone at that time.

    Its zone, days, observers_told, opened_at and `awaits_own_list` say. Lists are open to people whose own party has
    submitted, and to those who have no party.
    """
    met = set()
    if meeting.opened_at is not None and meeting.opened_at <= now and not meeting.awaits_own_list:
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
