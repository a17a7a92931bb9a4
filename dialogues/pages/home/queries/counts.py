"""Numbers of tasks in the viewer's meetings, in one query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from dialogues.core.outbox import queries as outbox
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import EmailState
from dialogues.extensions import db
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.meetings.meetings.queries import MyMeeting
from dialogues.pages.home.queries.mine import stage_of, visible_in_any
from dialogues.pages.home.rules import CLOSING_SOON, Stage, TaskKind
from dialogues.people.participants.models import ChangeRequest, Participation
from dialogues.people.participants.queries import visibility as participants
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.roster.queries.office import is_ready
from dialogues.people.roster.rules import Readiness
from dialogues.policy import EMAILS_SEE, NOMINATIONS_SEE, PARTICIPANTS_INVITE, RECORD_FILE, REGISTRATION_APPROVE
from dialogues.records.notes import queries as notes
from dialogues.records.notes.models import Document


def count_tasks(mine: Sequence[MyMeeting], now: datetime) -> dict[TaskKind, dict[UUID, int]]:
    """Return the number of tasks by kind and meeting id; one query."""
    wanted = {
        TaskKind.UNANSWERED: _unanswered(mine, now),
        TaskKind.TO_FILE: _summaries_to_file(mine),
        TaskKind.EMAILS_FAILED: _undelivered_emails(mine),
        TaskKind.TO_APPROVE: _to_approve(mine, now),
        TaskKind.CHANGES_ASKED: _changes_asked(mine),
    }
    queries = [
        query.add_columns(literal(kind.value).label("kind")) for kind, query in wanted.items() if query is not None
    ]
    found: dict[TaskKind, dict[UUID, int]] = {kind: {} for kind in wanted}
    for row in db.session.execute(union_all(*queries)) if queries else ():
        found[TaskKind(row.kind)][row.meeting_id] = row.number
    return found


def _counting(column: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(column.label("meeting_id"), func.count().label("number")).where(*conditions).group_by(column)


def _undelivered_emails(mine: Sequence[MyMeeting]) -> Select[Any] | None:
    reached = visible_in_any(mine, outbox.visible, EMAILS_SEE)
    if reached is None:
        return None
    return _counting(Email.listed_under, reached, Email.state == EmailState.FAILED)


def _unanswered(mine: Sequence[MyMeeting], now: datetime) -> Select[Any] | None:
    """Invitations without an answer, if registration closes soon."""
    closing_soon = [
        meeting
        for meeting in mine
        if meeting.viewer.may(PARTICIPANTS_INVITE)
        and meeting.facts.registration_closes_at is not None
        and now < meeting.facts.registration_closes_at <= now + CLOSING_SOON
    ]
    reached = visible_in_any(closing_soon, participants.visible, NOMINATIONS_SEE)
    invited = Participation.status == ParticipationStatus.INVITED
    return None if reached is None else _counting(Participation.meeting_id, reached, invited)


def _to_approve(mine: Sequence[MyMeeting], now: datetime) -> Select[Any] | None:
    """Complete registrations that wait for approval by a coordinator, of meetings to come."""
    coming = [
        meeting
        for meeting in mine
        if stage_of(meeting, now) is Stage.TO_COME and meeting.facts.status is not MeetingStatus.CANCELLED
    ]
    reached = visible_in_any(coming, participants.visible, REGISTRATION_APPROVE)
    return None if reached is None else _counting(Participation.meeting_id, reached, is_ready(Readiness.TO_APPROVE))


def _changes_asked(mine: Sequence[MyMeeting]) -> Select[Any] | None:
    """Change requests of approved registrations that wait for a coordinator."""
    reached = visible_in_any(mine, participants.visible, REGISTRATION_APPROVE)
    if reached is None:
        return None
    request_of = ChangeRequest.participation_id == Participation.id
    is_confirmed = Participation.status == ParticipationStatus.CONFIRMED
    return _counting(Participation.meeting_id, reached, request_of, is_confirmed, ChangeRequest.decided_at.is_(None))


def _summaries_to_file(mine: Sequence[MyMeeting]) -> Select[Any] | None:
    reached = visible_in_any(mine, notes.visible, RECORD_FILE)
    return None if reached is None else _counting(Document.meeting_id, reached)
