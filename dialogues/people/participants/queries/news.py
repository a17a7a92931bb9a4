"""Recipients of emails about lists and the exchange."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.queries import awaits_own_list, in_force, observes_in, roles_of
from dialogues.policy import PARTICIPANTS_SEE, Condition, Role, Scope, scopes

_LIST_READERS = frozenset({Role.FOCAL_POINT, Role.CO_CHAIR})
#: Recipients of emails about the time of the exchange.
_EXCHANGE_CONCERNED = _LIST_READERS | {Role.COORDINATOR, Role.HOST_LEAD}


def readers_of_news(meeting_id: UUID, kind: EmailKind) -> list[UUID]:
    """Returns the person ids that get this kind of email about lists. For sending emails; never shown to a viewer.

    Emails about the time of the exchange also go to coordinators and host leads. The others go to focal points and
    co-chairs who may read all lists. Observers get none about changes, because they could conclude that a hidden person
    exists.
    """
    if kind is EmailKind.EXCHANGE_SET:
        concerned = holders(meeting_id, among=_EXCHANGE_CONCERNED)
        return sorted(person_id for person_id, held in concerned.items() if held.roles & _EXCHANGE_CONCERNED)
    observers_may_read = db.session.get_one(Meeting, meeting_id).observers_may_read
    met = frozenset({Condition.EXCHANGED, Condition.RULE_SAYS} if observers_may_read else {Condition.EXCHANGED})
    found = []
    for person_id, held in holders(meeting_id, among=_LIST_READERS).items():
        if held.awaits_own_list or (kind is EmailKind.LIST_CHANGED and Role.OBSERVER in held.roles):
            continue
        if held.roles & _LIST_READERS and Scope.ALL in scopes(PARTICIPANTS_SEE, held.roles, met):
            found.append(person_id)
    return sorted(found)


@reading(Purpose.DELIVERY)
def news_recipient(meeting_id: UUID | None, person_id: UUID | None, kind: EmailKind) -> Person | None:
    """Returns the recipient, or None if the person may no longer read the lists when the email is sent."""
    may_read = meeting_id is not None and person_id in readers_of_news(meeting_id, kind)
    return db.session.get_one(Person, person_id) if may_read else None


@dataclass(slots=True)
class Holder:
    roles: frozenset[Role]
    awaits_own_list: bool


@reading(Purpose.CHECK)
def holders(meeting_id: UUID, only: UUID | None = None, *, among: frozenset[Role] | None = None) -> dict[UUID, Holder]:
    """Returns roles per person at the meeting: of everyone with an email address, or of `only`, even without one.

    :param among: limits the result to people with one of these roles.
    """
    dialogue_id = db.session.get_one(Meeting, meeting_id).dialogue_id
    values = {"meeting": meeting_id, "dialogue": dialogue_id, "only": only, "among": list(among or ())}
    held: dict[UUID, Holder] = {}
    for row in db.session.execute(_holders(only is None, among is not None), values):
        holder = held.setdefault(row.person_id, Holder(frozenset(), bool(row.awaits_own_list)))
        holder.roles |= roles_of(row.role, observes=bool(row.observes))
    return held


# Built once, because building it takes longer than reading a few rows.
@cache
def _holders(everyone: bool, limited: bool) -> Select[*tuple[Any, ...]]:
    meeting_id, dialogue_id = bindparam("meeting", type_=Uuid()), bindparam("dialogue", type_=Uuid())
    here = or_(RoleGrant.meeting_id.is_(None), RoleGrant.meeting_id == meeting_id)
    rows = (
        select(
            RoleGrant.person_id,
            RoleGrant.role,
            observes_in(meeting_id).label("observes"),
            awaits_own_list(RoleGrant.person_id, meeting_id).label("awaits_own_list"),
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.dialogue_id == dialogue_id,
            here,
            Person.email.is_not(None) if everyone else Person.id == bindparam("only", type_=Uuid()),
            in_force(),
        )
    )
    if not limited:
        return rows
    grant = aliased(RoleGrant)
    roles = bindparam("among", type_=RoleGrant.__table__.c.role.type, expanding=True)
    also = exists().where(
        grant.person_id == Person.id,
        grant.dialogue_id == dialogue_id,
        grant.role.in_(roles),
        grant.revoked_at.is_(None),
    )
    return rows.where(also)
