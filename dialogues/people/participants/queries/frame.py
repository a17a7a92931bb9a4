"""Context of a registration and filters for the registrations that a viewer fills in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Exchange, Meeting, Person
from dialogues.meetings.dialogues.queries.meetings import days_of, registration_window
from dialogues.meetings.dialogues.rules.facts import Days, RegistrationWindow
from dialogues.meetings.dialogues.rules.kinds import Existence, InviteProfile, MeetingFormat
from dialogues.people.participants.models import Participation, Question
from dialogues.people.participants.queries.visibility import visible
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus
from dialogues.people.participants.rules.steps import fingerprint
from dialogues.policy import REGISTRATION_FOR, REGISTRATION_OWN


def registers(viewer: Viewer, participation_id: UUID | None = None) -> ColumnElement[bool]:
    """Filter: the viewer's own confirmed participation, or the one that the viewer fills in for another person."""
    if participation_id is not None:
        return and_(registered_by_others(viewer), Participation.id == participation_id)
    return and_(visible(viewer, REGISTRATION_OWN), Participation.status == ParticipationStatus.CONFIRMED)


#: Filter: questions that are neither retired nor purged.
LIVE = and_(Question.retired_at.is_(None), Question.purged_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationContext:
    city: str
    zone: str
    days: Days
    days_version: int
    window: RegistrationWindow
    languages: tuple[str, ...]
    format: MeetingFormat
    rules: str
    has_questions: bool
    lists_opened_at: datetime | None

    @property
    def fingerprint(self) -> str:
        """Checksum of the rules text, to detect that it changed after the page was shown."""
        return fingerprint(self.rules)


def has_questions(meeting_id: Any) -> ColumnElement[bool]:
    return exists().where(Question.meeting_id == meeting_id, LIVE)


def frame(meeting_id: UUID) -> RegistrationContext:
    """Loads the registration context. Does no access check: the viewer has to know the meeting already."""
    row = db.session.execute(
        select(Meeting, Exchange.opened_at, has_questions(Meeting.id).label("asks"))
        .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
        .where(Meeting.id == meeting_id)
    ).one()
    meeting = row.Meeting
    return RegistrationContext(
        city=meeting.city or "",
        zone=meeting.zone,
        days=days_of(meeting),
        days_version=meeting.days_version,
        window=registration_window(meeting),
        languages=tuple(meeting.working_languages),
        format=meeting.format,
        rules=meeting.rules_text,
        has_questions=row.asks,
        lists_opened_at=row.opened_at,
    )


def registered_by_others(viewer: Viewer) -> ColumnElement[bool]:
    """Filter: registrations that the viewer fills in for people without an email address and without an account.

    People with a claimed address that is in doubt are excluded, because the page must not reveal that another person
    uses that address.
    """
    return and_(
        visible(viewer, REGISTRATION_FOR),
        Participation.claimed_email.is_(None),
        Participation.status.not_in(GONE),
        Participation.person.has(and_(Person.email_norm.is_(None), Person.account_id.is_(None))),
    )


def is_named(meeting: Any, dialogue: Any, invited: Any) -> bool:
    """Whether invitations may name the dialogue and the meeting.

    True for meetings with the profile "full", unless the meeting, the dialogue or the person requires discretion.
    """
    is_open = Existence.CONFIDENTIAL not in {meeting.existence, dialogue.existence}
    return meeting.profile is InviteProfile.FULL and is_open and not invited.always_discreet
