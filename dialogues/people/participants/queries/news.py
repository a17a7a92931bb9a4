"""The exchange of sealed lists: when it opens, whom it is told, and what changed on opened lists."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.queries import awaits_own_list, in_force, observes_in, roles_of
from dialogues.policy import PARTICIPANTS_SEE, Condition, Role, Scope, scopes

_TOLD = frozenset({Role.FOCAL_POINT, Role.CO_CHAIR})
#: Everyone whom the time of the exchange concerns.
_CONCERNED = _TOLD | {Role.COORDINATOR, Role.HOST_LEAD}


def readers_of_news(meeting_id: UUID, kind: EmailKind) -> list[UUID]:
    """Focal points and co-chairs with an address who read the opened lists; read by the house to write to them.

    Of a change only those hear who see everyone at the table: an observer could conclude from it on someone hidden. Of
    the time of the exchange everyone concerned hears, the coordinators and the host lead included.
    """
    if kind is EmailKind.EXCHANGE_SET:
        return sorted(person_id for person_id, held in holders(meeting_id).items() if held.roles & _CONCERNED)
    met = _met(meeting_id)
    found = []
    for person_id, held in holders(meeting_id).items():
        if held.awaits_own_list or (kind is EmailKind.LIST_CHANGED and Role.OBSERVER in held.roles):
            continue
        if held.roles & _TOLD and Scope.ALL in scopes(PARTICIPANTS_SEE, held.roles, met):
            found.append(person_id)
    return sorted(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsRecipient:
    """Who a letter about lists is for."""

    email: str
    name: str
    locale: str


def reader_of_news(meeting_id: UUID | None, person_id: UUID | None, kind: EmailKind) -> NewsRecipient | None:
    """The person as they can be written to; None if they read the lists no more, before the letter has left."""
    if meeting_id is None or person_id not in readers_of_news(meeting_id, kind):
        return None
    person = db.session.get_one(Person, person_id)
    return NewsRecipient(email=person.email, name=person.name, locale=person.locale) if person.email else None


@dataclass(slots=True)
class Holder:
    roles: frozenset[Role]
    awaits_own_list: bool


def holders(meeting_id: UUID, only: UUID | None = None) -> dict[UUID, Holder]:
    """Those with a role in force at the meeting and an address, or only this person, with or without one."""
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


def _met(meeting_id: UUID) -> frozenset[Condition]:
    told = db.session.get_one(Meeting, meeting_id).observers_told
    return frozenset({Condition.EXCHANGED, Condition.RULE_SAYS} if told else {Condition.EXCHANGED})
