"""Invitations: the plan of an import, for a correction by a coordinator, and for the holder of a personal link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.typed_addresses import mail_address
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import N_, NotFound, Refusal
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Party, Person
from dialogues.meetings.dialogues.queries.meetings import days_of, registration_window
from dialogues.meetings.dialogues.rules.facts import Days, RegistrationWindow
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder, PartyKind
from dialogues.meetings.precedence.queries import parties_in_order
from dialogues.people.invitations.rules import ImportPlan, Invitee, Line, Planned, parse_invitee
from dialogues.people.nominations.queries.nominations import NomineeLine, nominee
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.frame import is_named
from dialogues.people.participants.queries.visibility import person_of
from dialogues.people.participants.rules.standing import ParticipationStatus, check_not_already_invited, refuse_closed
from dialogues.policy import PARTICIPANTS_INVITE


def invitation_to_correct(viewer: Viewer, participation_id: UUID) -> NomineeLine:
    """:raises NotFound: there is no such invitation for this viewer, or it is answered."""
    invited = nominee(viewer, participation_id, PARTICIPANTS_INVITE)
    if invited.status is not ParticipationStatus.INVITED:
        raise NotFound
    return invited


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The content of an invitation; a personal link shows nothing else before the answer."""

    name: str
    email: str | None
    locale: str
    capacity: Capacity
    status: ParticipationStatus
    #: Titles are empty unless :func:`is_named` allows them.
    dialogue_title: str
    meeting_title: str
    city: str
    zone: str
    days: Days
    window: RegistrationWindow


@reading(Purpose.SECRET_LINK)
def invitation(participation_id: UUID) -> Invitation | None:
    """Returns the invitation of a personal link. Does no access check: the caller has to verify the link."""
    row = db.session.execute(
        select(Participation, Person, Meeting, Dialogue)
        .join(Person, person_of())
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .join(Dialogue, Dialogue.id == Participation.dialogue_id)
        .where(Participation.id == participation_id)
    ).one_or_none()
    if row is None:
        return None
    participation, person, meeting, dialogue = row
    may_name = is_named(meeting, dialogue, person)
    return Invitation(
        name=person.name,
        email=person.email,
        locale=person.locale,
        capacity=participation.capacity,
        status=participation.status,
        dialogue_title=dialogue.title if may_name else "",
        meeting_title=meeting.title if may_name else "",
        city=meeting.city or "",
        zone=meeting.zone,
        days=days_of(meeting),
        window=registration_window(meeting),
    )


def import_plan(viewer: Viewer, lines: Sequence[Line], order: NameOrder, now: datetime) -> ImportPlan:
    """Returns what an import of these rows would do at the viewer's meeting; changes nothing.

    :param order: of family and given name, where the script does not tell.
    :raises Refusal: registration is closed.
    """
    meeting = db.session.get_one(Meeting, viewer.here)
    refuse_closed(registration_window(meeting), now)
    names = {party.id: (party.code, *party.names.values()) for party in parties_in_order(viewer)}
    parties = {party.id: party.kind for party in db.session.scalars(select(Party).where(Party.id.in_(names)))}
    read: list[tuple[Line, Invitee | Refusal]] = [(line, _read_line(line, names, parties, order)) for line in lines]
    known = _known_people(viewer, [same_address(one.email) for _line, one in read if isinstance(one, Invitee)])
    ready, faults, seen = [], [], dict[str, int]()
    for line, one in read:
        try:
            if isinstance(one, Refusal):
                raise one
            address = same_address(one.email)
            _refuse_repeated(address, line.number, seen)
            name, status = known.get(address, (None, None))
            if name and status:
                check_not_already_invited(name, status)
            ready.append(Planned(line, one, name))
        except Refusal as refusal:
            faults.append((line, refusal))
    return ImportPlan(tuple(ready), tuple(faults))


def _read_line(
    line: Line, names: Mapping[UUID, Sequence[str]], parties: Mapping[UUID, PartyKind], order: NameOrder
) -> Invitee | Refusal:
    try:
        invitee = parse_invitee(line, names, parties, order)
        return replace(invitee, email=mail_address(invitee.email))
    except Refusal as refusal:
        return refusal


def _refuse_repeated(address: str, number: int, seen: dict[str, int]) -> None:
    first = seen.setdefault(address, number)
    if first != number:
        raise Refusal(N_("Row %(row)s has the same address already. Enter another."), row=first)


@reading(Purpose.ADDRESS_DOUBT)
def _known_people(viewer: Viewer, addresses: Sequence[str]) -> dict[str, tuple[str, ParticipationStatus | None]]:
    """Returns name and status at the viewer's meeting of the people of the dialogue with these addresses.

    For coordinators only, who decide whether the person of a row is the one that the dialogue knows.
    """
    here = and_(Participation.person_id == Person.id, Participation.meeting_id == viewer.here)
    found = (
        select(Person.email_norm, Person.name, Participation.status)
        .outerjoin(Participation, here)
        .where(Person.dialogue_id == viewer.dialogue_id, Person.email_norm.in_(addresses))
    )
    return {row.email_norm: (row.name, row.status) for row in db.session.execute(found)}
