"""Invitations: for a correction by a coordinator, and for the holder of a personal link."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Person
from dialogues.meetings.dialogues.queries.meetings import days_of, gathering_of
from dialogues.meetings.dialogues.rules.facts import Days, RegistrationWindow
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.nominations.queries.nominations import NomineeLine, nominee
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.frame import is_named
from dialogues.people.participants.queries.visibility import person_of
from dialogues.people.participants.rules.standing import ParticipationStatus
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
    gathering: RegistrationWindow


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
        gathering=gathering_of(meeting),
    )
