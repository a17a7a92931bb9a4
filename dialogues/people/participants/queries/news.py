"""Recipients of emails about lists and the exchange."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

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
        return sorted(person_id for person_id, held in holders(meeting_id).items() if held.roles & _EXCHANGE_CONCERNED)
    observers_may_read = db.session.get_one(Meeting, meeting_id).observers_may_read
    met = frozenset({Condition.EXCHANGED, Condition.RULE_SAYS} if observers_may_read else {Condition.EXCHANGED})
    found = []
    for person_id, held in holders(meeting_id).items():
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
def holders(meeting_id: UUID, only: UUID | None = None) -> dict[UUID, Holder]:
    """Returns roles per person at the meeting: of everyone with an email address, or of `only`, even without one."""
    dialogue_id = db.session.get_one(Meeting, meeting_id).dialogue_id
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
            or_(RoleGrant.meeting_id.is_(None), RoleGrant.meeting_id == meeting_id),
            Person.email.is_not(None) if only is None else Person.id == only,
            in_force(),
        )
    )
    held: dict[UUID, Holder] = {}
    for row in db.session.execute(rows):
        holder = held.setdefault(row.person_id, Holder(frozenset(), bool(row.awaits_own_list)))
        holder.roles |= roles_of(row.role, observes=bool(row.observes))
    return held
