"""Invitations and registrations: the person's own, and what a personal link tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Party, Person
from dialogues.meetings.dialogues.queries.meetings import days_of, gathering_of
from dialogues.meetings.dialogues.rules.facts import Days, RegistrationWindow
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.frame import is_named
from dialogues.people.participants.queries.visibility import person_of, visible
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import PARTICIPANTS_INVITE


def to_correct(viewer: Viewer, participation_id: UUID) -> Any:
    """Someone who is invited and has not answered, as the office may correct them.

    :raises Unseen: there is no such person for this viewer, or they have answered.
    """
    row = db.session.execute(
        select(
            Participation.id,
            Participation.party_id,
            Participation.capacity,
            Person.name,
            Person.native,
            func.coalesce(Person.email, Participation.claimed_email, "").label("email"),
            Person.account_id.is_not(None).label("signs_in"),
            (Participation.version + Person.version).label("version"),
        )
        .select_from(Participation)
        .join(Person, person_of())
        .where(
            visible(viewer, PARTICIPANTS_INVITE),
            Participation.id == participation_id,
            Participation.status == ParticipationStatus.INVITED,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The invitation's own words, which is all that a link shows before it is answered."""

    name: str
    email: str | None
    locale: str
    capacity: Capacity
    party: str
    status: ParticipationStatus
    #: Empty unless the meeting chose to be named.
    dialogue_title: str
    meeting_title: str
    city: str
    zone: str
    days: Days
    closes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation for the holder of its link, whether answers are taken, and the meeting."""

    words: Invitation
    gathering: RegistrationWindow
    meeting_id: UUID


def invitation(participation_id: UUID) -> Invited:
    """The invitation that a personal link is about.

    :raises Unseen: there is none.
    """
    row = db.session.execute(
        select(Participation, Person, Meeting, Dialogue, Party)
        .join(Person, person_of())
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .join(Dialogue, Dialogue.id == Participation.dialogue_id)
        .join(Party, Party.id == Participation.party_id)
        .where(Participation.id == participation_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    participation, invited, meeting, dialogue, party = row
    full = is_named(meeting, dialogue, invited)
    words = Invitation(
        name=invited.name,
        email=invited.email,
        locale=invited.locale,
        capacity=participation.capacity,
        party=party.names.get("en", party.code),
        status=participation.status,
        dialogue_title=dialogue.title if full else "",
        meeting_title=meeting.title if full else "",
        city=meeting.city or "",
        zone=meeting.zone,
        days=days_of(meeting),
        closes_at=meeting.registration_closes_at,
    )
    return Invited(words=words, gathering=gathering_of(meeting), meeting_id=meeting.id)
