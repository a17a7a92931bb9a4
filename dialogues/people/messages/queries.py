"""Messages to groups: who is in a group, what was sent, and the text for one person."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from dialogues.core.common.read_guard import limited_to_viewer, limits_rows, reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.core.outbox import queries as outbox
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Person
from dialogues.meetings.dialogues.queries.names import names_of
from dialogues.meetings.dialogues.rules.kinds import Capacity, Existence
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.queries import counts_at, in_force
from dialogues.people.messages.models import Message
from dialogues.people.messages.rules import NamedPerson, Reader, Recipients
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.frame import is_named
from dialogues.people.participants.queries.news import Holder, holders
from dialogues.people.participants.queries.visibility import is_listed, person_of, visible
from dialogues.people.participants.rules.audiences import audiences
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus
from dialogues.policy import MESSAGES_WRITE, PARTICIPANTS_SEE, Condition, Role, Scope, scopes

_ROLES = {
    Recipients.FOCAL_POINTS: Role.FOCAL_POINT,
    Recipients.CO_CHAIRS: Role.CO_CHAIR,
    Recipients.INTERPRETERS: Role.INTERPRETER,
}


@limits_rows
def visible_messages(viewer: Viewer) -> ColumnElement[bool]:
    """SQL condition: messages of the viewer's meeting, if the viewer may write them."""
    return Message.meeting_id == viewer.meeting_id if viewer.may(MESSAGES_WRITE) else false()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientFilter:
    """Filter for the recipients of a message. An empty set means no restriction."""

    recipients: Recipients = Recipients.PARTICIPANTS
    statuses: frozenset[ParticipationStatus] = frozenset()
    parties: frozenset[UUID] = frozenset()
    capacities: frozenset[Capacity] = frozenset()


def group(viewer: Viewer, recipient_filter: RecipientFilter) -> Sequence[Any]:
    """People who match the filter, in list order, as rows (person_id, name, has_address, is_here)."""
    has_role = recipient_filter.recipients in _ROLES
    return _addressees(viewer, (_role_holders if has_role else _participants)(viewer, recipient_filter))


def addressees_of_rows(viewer: Viewer, participation_ids: Collection[UUID]) -> Sequence[Any]:
    """People of the selected participations, in list order."""
    chosen = frozenset(participation_ids)
    rows = select(Participation.id, Participation.person_id).where(visible(viewer, MESSAGES_WRITE))
    found = {row.person_id for row in db.session.execute(rows) if row.id in chosen}
    return _addressees(viewer, limited_to_viewer(Person.id.in_(found)))


def addressees(viewer: Viewer, person_ids: Collection[UUID]) -> Sequence[Any]:
    """Those of these people who take part in the viewer's meeting or hold a role in it."""
    taking_part = select(Participation.person_id).where(visible(viewer, MESSAGES_WRITE))
    holding = select(RoleGrant.person_id).where(_active_grants(viewer), RoleGrant.role.in_(_ROLES.values()))
    reached = limited_to_viewer(or_(Person.id.in_(taking_part), Person.id.in_(holding)))
    return _addressees(viewer, and_(Person.id.in_(person_ids), reached))


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
    if viewer.meeting_id is None or not viewer.may(MESSAGES_WRITE):
        return false()
    return and_(
        RoleGrant.dialogue_id == viewer.dialogue_id,
        counts_at(viewer.meeting_id),
        in_force(),
    )


def _addressees(viewer: Viewer, reached: ColumnElement[bool]) -> Sequence[Any]:
    rows = select(
        Person.id.label("person_id"),
        Person.name,
        Person.email.is_not(None).label("has_address"),
        _is_here(viewer.meeting_id).label("is_here"),
    )
    return db.session.execute(rows.where(reached).order_by(Person.collation, Person.name, Person.id)).all()


def _is_here(meeting_id: Any) -> ColumnElement[bool]:
    """SQL condition: the person has a role in the meeting, or is on one of its lists and has not left."""
    takes_part = exists().where(
        Participation.person_id == Person.id,
        Participation.meeting_id == meeting_id,
        Participation.status.not_in(GONE),
    )
    has_role = exists().where(
        RoleGrant.person_id == Person.id,
        counts_at(meeting_id),
        in_force(),
    )
    return or_(takes_part, has_role)


def name_disclosure(viewer: Viewer, person_ids: Collection[UUID]) -> tuple[list[NamedPerson], list[Reader]]:
    """People of the meeting, and what each recipient may see of them: the input of the check for names.

    Always the same number of statements. Recipients have an email address.
    """
    rows = db.session.execute(
        select(
            Participation.person_id,
            Participation.party_id,
            Participation.visibility,
            Person.name,
            Person.native,
            is_listed().label("is_listed"),
        )
        .join(Person, person_of())
        .where(visible(viewer, MESSAGES_WRITE))
    )
    names = [_named(row) for row in rows]
    speaks_for = defaultdict[UUID, set[UUID]](set)
    grants = select(RoleGrant.person_id, RoleGrant.party_id).where(
        _active_grants(viewer), RoleGrant.role == Role.FOCAL_POINT, RoleGrant.party_id.is_not(None)
    )
    for grant in db.session.execute(grants):
        speaks_for[grant.person_id].add(grant.party_id)
    held = holders(viewer.here)
    return names, [_reader(viewer, one, held.get(one), speaks_for[one]) for one in person_ids]


def _reader(viewer: Viewer, person_id: UUID, held: Holder | None, parties: Collection[UUID]) -> Reader:
    """Applies the policy to the roles of one recipient, under the conditions of the meeting that hold for them."""
    roles = held.roles if held is not None else frozenset[Role]()
    awaits_own_list = held is not None and held.awaits_own_list
    met = viewer.conditions - ({Condition.EXCHANGED} if awaits_own_list else frozenset())
    reads_as = audiences(PARTICIPANTS_SEE, roles, met)
    return Reader(
        person_id=person_id,
        parties=frozenset(parties),
        reads_list=Scope.ALL in scopes(PARTICIPANTS_SEE, roles, met),
        audiences=None if reads_as is None else frozenset(one.value for one in reads_as),
    )


def _named(row: Any) -> NamedPerson:
    chosen: Mapping[str, str] = row.visibility or {}
    hidden = {audience for audience, shown in chosen.items() if shown == Shown.NOTHING.value}
    return NamedPerson(
        person_id=row.person_id,
        party_id=row.party_id,
        names_used=(row.name, row.native) if row.native else (row.name,),
        is_listed=row.is_listed,
        hidden_from=frozenset(hidden - {Audience.TABLE.value}),
    )


def is_confidential(viewer: Viewer) -> bool:
    """Whether the existence of the viewer's meeting or its dialogue is confidential."""
    meeting = db.session.get_one(Meeting, viewer.here)
    return is_secret(meeting, db.session.get_one(Dialogue, meeting.dialogue_id))


def is_secret(meeting: Meeting, dialogue: Dialogue) -> bool:
    return Existence.CONFIDENTIAL in {meeting.existence, dialogue.existence}


def name_for(meeting: Meeting, dialogue: Dialogue, person: Person) -> str:
    """Text for the placeholder `{meeting}`. Empty for the neutral wording."""
    return (meeting.title or meeting.code) if is_named(meeting, dialogue, person) else ""


@reading(Purpose.DELIVERY)
def message_for(message_id: UUID, person_id: UUID | None) -> Any:
    """Row (Message, Person, Meeting, Dialogue, is_here) for the email to one person. None without an address.

    System query, not filtered by viewer.
    """
    return db.session.execute(
        select(Message, Person, Meeting, Dialogue, _is_here(Meeting.id).label("is_here"))
        .join(Meeting, Meeting.id == Message.meeting_id)
        .join(Dialogue, Dialogue.id == Message.dialogue_id)
        .join(Person, Person.dialogue_id == Message.dialogue_id)
        .where(Message.id == message_id, Person.id == person_id, Person.email.is_not(None))
    ).one_or_none()


@reading(Purpose.VISIBLE_IDS)
def meeting_name_for(viewer: Viewer, person_id: UUID) -> str:
    """Text for the placeholder `{meeting}` for this person."""
    row = db.session.execute(
        select(Meeting, Dialogue, Person)
        .join(Dialogue, Dialogue.id == Meeting.dialogue_id)
        .join(Person, Person.dialogue_id == Dialogue.id)
        .where(Meeting.id == viewer.meeting_id, Person.id == person_id)
    ).one_or_none()
    return "" if row is None else name_for(*row)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """`emails_sent` counts emails that have left. `unreached` holds names of people without an address."""

    message: Message
    by: str
    emails_sent: int
    unreached: tuple[str, ...]


def sent_messages(viewer: Viewer) -> list[SentMessage]:
    """Messages of the viewer's meeting, newest first."""
    return _sent_messages(viewer, true())


def sent_message(viewer: Viewer, message_id: UUID) -> SentMessage:
    """:raises NotFound: missing or not permitted."""
    return or_not_found(next(iter(_sent_messages(viewer, Message.id == message_id)), None))


def _sent_messages(viewer: Viewer, condition: ColumnElement[bool]) -> list[SentMessage]:
    rows = select(Message).where(visible_messages(viewer), condition).order_by(Message.sent_at.desc(), Message.id)
    messages = db.session.scalars(rows).all()
    left = outbox.left_by_cause(viewer, EmailKind.MESSAGE)
    unreached = {message.id: [UUID(one) for one in message.chosen.get("unreached", ())] for message in messages}
    people = {one for ids in unreached.values() for one in ids} | {one.by_person for one in messages if one.by_person}
    names = names_of(people)
    return [
        SentMessage(
            message=message,
            by=names.get(message.by_person, "") if message.by_person else "",
            emails_sent=left.get(message.id.hex, 0),
            unreached=tuple(names[one] for one in unreached[message.id] if one in names),
        )
        for message in messages
    ]
