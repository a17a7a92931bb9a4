"""Messages to groups: who is in a group, what was sent, and the text for one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select

from dialogues.core.common.read_guard import limited_to_viewer, limits_rows, reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.core.outbox import queries as outbox
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Person
from dialogues.meetings.dialogues.queries.names import names_of
from dialogues.meetings.dialogues.rules.kinds import Capacity, Existence
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.messages.models import Message
from dialogues.people.messages.rules import NamedPerson, Reader, Recipients
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.frame import is_named
from dialogues.people.participants.queries.visibility import person_of, visible
from dialogues.people.participants.rules.audiences import audiences
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import MESSAGES_WRITE, PARTICIPANTS_SEE, Role, Scope, scopes

_ROLES = {
    Recipients.FOCAL_POINTS: Role.FOCAL_POINT,
    Recipients.CO_CHAIRS: Role.CO_CHAIR,
    Recipients.INTERPRETERS: Role.INTERPRETER,
}


@limits_rows
def visible_messages(viewer: Viewer) -> ColumnElement[bool]:
    """SQL condition: messages of the viewer's meeting, if the viewer may write them."""
    place = viewer.place
    if place is None or place.meeting_id is None or not viewer.may(MESSAGES_WRITE):
        return false()
    return Message.meeting_id == place.meeting_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientFilter:
    """Filter for the recipients of a message. An empty set means no restriction."""

    recipients: Recipients = Recipients.PARTICIPANTS
    statuses: frozenset[ParticipationStatus] = frozenset()
    parties: frozenset[UUID] = frozenset()
    capacities: frozenset[Capacity] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    person_id: UUID
    name: str
    has_address: bool


def group(viewer: Viewer, recipient_filter: RecipientFilter) -> list[Addressee]:
    """People who match the filter, in list order."""
    reached = (
        _role_holders(viewer, recipient_filter)
        if recipient_filter.recipients in _ROLES
        else _participants(viewer, recipient_filter)
    )
    return _addressees(reached)


def addressees_of_rows(viewer: Viewer, participation_ids: Collection[UUID]) -> list[Addressee]:
    """People of the selected participations, in list order."""
    chosen = frozenset(participation_ids)
    rows = select(Participation.id, Participation.person_id).where(visible(viewer, MESSAGES_WRITE))
    found = {row.person_id for row in db.session.execute(rows) if row.id in chosen}
    return _addressees(limited_to_viewer(Person.id.in_(found)))


def addressees(viewer: Viewer, person_ids: Collection[UUID]) -> list[Addressee]:
    """Those of these people who take part in the viewer's meeting or hold a role in it."""
    taking_part = select(Participation.person_id).where(visible(viewer, MESSAGES_WRITE))
    holding = select(RoleGrant.person_id).where(_active_grants(viewer), RoleGrant.role.in_(_ROLES.values()))
    reached = limited_to_viewer(or_(Person.id.in_(taking_part), Person.id.in_(holding)))
    return _addressees(and_(Person.id.in_(person_ids), reached))


@limits_rows
def _participants(viewer: Viewer, recipient_filter: RecipientFilter) -> ColumnElement[bool]:
    rows = select(Participation.person_id).where(visible(viewer, MESSAGES_WRITE))
    if recipient_filter.statuses:
        rows = rows.where(Participation.status.in_(recipient_filter.statuses))
    if recipient_filter.parties:
        rows = rows.where(Participation.party_id.in_(recipient_filter.parties))
    if recipient_filter.capacities:
        rows = rows.where(Participation.capacity.in_(recipient_filter.capacities))
    return Person.id.in_(rows)


@limits_rows
def _role_holders(viewer: Viewer, recipient_filter: RecipientFilter) -> ColumnElement[bool]:
    rows = select(RoleGrant.person_id).where(
        _active_grants(viewer), RoleGrant.role == _ROLES[recipient_filter.recipients]
    )
    if recipient_filter.parties and recipient_filter.recipients is Recipients.FOCAL_POINTS:
        rows = rows.where(RoleGrant.party_id.in_(recipient_filter.parties))
    return Person.id.in_(rows)


def _active_grants(viewer: Viewer) -> ColumnElement[bool]:
    """SQL condition: active role grants for the viewer's meeting or the whole dialogue."""
    place = viewer.place
    if place is None or place.meeting_id is None or not viewer.may(MESSAGES_WRITE):
        return false()
    return and_(
        RoleGrant.dialogue_id == place.dialogue_id,
        or_(RoleGrant.meeting_id == place.meeting_id, RoleGrant.meeting_id.is_(None)),
        RoleGrant.accepted_at.is_not(None),
        RoleGrant.revoked_at.is_(None),
    )


def _addressees(reached: ColumnElement[bool]) -> list[Addressee]:
    rows = select(Person.id, Person.name, Person.email).where(reached)
    found = db.session.execute(rows.order_by(Person.collation, Person.name, Person.id))
    return [Addressee(person_id=row.id, name=row.name, has_address=row.email is not None) for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameDisclosure:
    """Input of the check for names: people of the meeting, and what each recipient may see of them."""

    names: tuple[NamedPerson, ...]
    readers: tuple[Reader, ...]


def name_disclosure(viewer: Viewer, person_ids: Collection[UUID]) -> NameDisclosure:
    """Loads the input of the check for names. Two statements."""
    rows = db.session.execute(
        select(
            Participation.person_id,
            Participation.party_id,
            Participation.status,
            Participation.visibility,
            Person.name,
            Person.native,
        )
        .join(Person, person_of())
        .where(visible(viewer, MESSAGES_WRITE))
    )
    names = tuple(_named(row) for row in rows)
    roles: dict[UUID, set[Role]] = {}
    speaks_for: dict[UUID, set[UUID]] = {}
    grants = select(RoleGrant.person_id, RoleGrant.role, RoleGrant.party_id).where(_active_grants(viewer))
    for grant in db.session.execute(grants):
        roles.setdefault(grant.person_id, set()).add(grant.role)
        if grant.role is Role.FOCAL_POINT and grant.party_id is not None:
            speaks_for.setdefault(grant.person_id, set()).add(grant.party_id)
    readers = (_reader(viewer, one, roles.get(one, set()), speaks_for.get(one, set())) for one in person_ids)
    return NameDisclosure(names=names, readers=tuple(readers))


def _reader(viewer: Viewer, person_id: UUID, held: Collection[Role], parties: Collection[UUID]) -> Reader:
    """Applies the policy to the roles of one recipient, under the current conditions of the meeting."""
    reads_as = audiences(PARTICIPANTS_SEE, held, viewer.conditions)
    return Reader(
        person_id=person_id,
        parties=frozenset(parties),
        reads_list=Scope.ALL in scopes(PARTICIPANTS_SEE, held, viewer.conditions),
        audiences=None if reads_as is None else frozenset(one.value for one in reads_as),
    )


def _named(row: Any) -> NamedPerson:
    chosen: Mapping[str, str] = row.visibility or {}
    hidden = {audience for audience, shown in chosen.items() if shown == Shown.NOTHING.value}
    return NamedPerson(
        person_id=row.person_id,
        party_id=row.party_id,
        names_used=(row.name, row.native) if row.native else (row.name,),
        is_listed=row.status is ParticipationStatus.CONFIRMED,
        hidden_from=frozenset(hidden - {Audience.TABLE.value}),
    )


def is_confidential(viewer: Viewer) -> bool:
    """Whether the existence of the viewer's meeting or its dialogue is confidential."""
    meeting_id = viewer.meeting_id
    found = select(Meeting.existence, Dialogue.existence.label("around")).join(
        Dialogue, Dialogue.id == Meeting.dialogue_id
    )
    row = db.session.execute(found.where(Meeting.id == meeting_id)).one()
    return Existence.CONFIDENTIAL in {row.existence, row.around}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalMessage:
    """A message for one person. An empty subject or meeting stands for the neutral wording."""

    name: str
    email: str
    locale: str
    subject: str
    text: str
    meeting: str


@reading(Purpose.DELIVERY)
def personal_message(message_id: UUID, person_id: UUID | None) -> PersonalMessage | None:
    """The message for one person. None if the person has no address. System query, not filtered by viewer."""
    row = db.session.execute(
        select(Message, Person, Meeting, Dialogue)
        .join(Meeting, Meeting.id == Message.meeting_id)
        .join(Dialogue, Dialogue.id == Message.dialogue_id)
        .join(Person, Person.dialogue_id == Message.dialogue_id)
        .where(Message.id == message_id, Person.id == person_id, Person.email.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    message, person, meeting, dialogue = row
    is_secret = Existence.CONFIDENTIAL in {meeting.existence, dialogue.existence}
    return PersonalMessage(
        name=person.name,
        email=person.email or "",
        locale=person.locale,
        subject="" if is_secret else message.subject,
        text=message.text,
        meeting=(meeting.title or meeting.code) if is_named(meeting, dialogue, person) else "",
    )


@reading(Purpose.VISIBLE_IDS)
def meeting_name_for(viewer: Viewer, person_id: UUID) -> str:
    """Text for the placeholder `{meeting}`. Empty for the neutral wording."""
    meeting_id = viewer.meeting_id
    row = db.session.execute(
        select(Meeting, Dialogue, Person)
        .join(Dialogue, Dialogue.id == Meeting.dialogue_id)
        .join(Person, Person.dialogue_id == Dialogue.id)
        .where(Meeting.id == meeting_id, Person.id == person_id)
    ).one_or_none()
    if row is None or not is_named(*row):
        return ""
    return row[0].title or row[0].code


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """`emails_left` counts emails that have left. `unreached` holds names of people without an address."""

    id: UUID
    subject: str
    text: str
    sent_at: datetime
    by: str
    people: int
    emails_sent: int
    chosen: Mapping[str, Any]
    unreached: tuple[str, ...]


def sent_messages(viewer: Viewer) -> Sequence[SentMessage]:
    """Messages of the viewer's meeting, newest first."""
    rows = select(Message).where(visible_messages(viewer)).order_by(Message.sent_at.desc(), Message.id)
    return _to_sent_messages(viewer, list(db.session.execute(rows).scalars()))


def sent_message(viewer: Viewer, message_id: UUID) -> SentMessage:
    """:raises NotFound: missing or not permitted."""
    rows = select(Message).where(Message.id == message_id, visible_messages(viewer))
    found = _to_sent_messages(viewer, list(db.session.execute(rows).scalars()))
    if not found:
        raise NotFound
    return found[0]


def _to_sent_messages(viewer: Viewer, messages: Sequence[Message]) -> list[SentMessage]:
    left = outbox.left_by_cause(viewer, EmailKind.MESSAGE)
    unreached = {message.id: [UUID(one) for one in message.chosen.get("unreached", ())] for message in messages}
    people = {one for ids in unreached.values() for one in ids} | {one.by_person for one in messages if one.by_person}
    names = names_of(people)
    return [
        SentMessage(
            id=message.id,
            subject=message.subject,
            text=message.text,
            sent_at=message.sent_at,
            by=names.get(message.by_person, "") if message.by_person else "",
            people=message.people,
            emails_sent=left.get(message.id.hex, 0),
            chosen=message.chosen,
            unreached=tuple(names[one] for one in unreached[message.id] if one in names),
        )
        for message in messages
    ]
