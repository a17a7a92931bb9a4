"""Tasks of the viewer in one or all of their meetings, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select

from dialogues.agenda.planning.queries import waiting as planning
from dialogues.agenda.versions.models import Release, ReleaseItem, ReleasePerson
from dialogues.agenda.versions.queries import published as versions
from dialogues.agenda.versions.rules import Part
from dialogues.core.common.read_guard import limited_to_viewer
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Person
from dialogues.meetings.dialogues.queries import meetings as dialogues
from dialogues.meetings.dialogues.rules.kinds import OVER, MeetingStatus
from dialogues.meetings.meetings.queries import MyMeeting
from dialogues.meetings.roles import queries as roles
from dialogues.pages.home.queries.counts import count_tasks
from dialogues.pages.home.queries.mine import stage_of, visible_in_any
from dialogues.pages.home.rules import Stage, Task, TaskKind
from dialogues.people.nominations.queries import nominations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import frame as participants_frame
from dialogues.people.participants.queries import visibility as participants_visibility
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus
from dialogues.people.participants.rules.steps import Progress, missing_steps
from dialogues.policy import (
    AGENDA_RELEASE,
    AGENDA_SEE,
    NOMINATE,
    PARTICIPANTS_INVITE,
    REGISTRATION_OWN,
    SUBMIT_LIST,
    SUMMARY_EDIT,
    Role,
    Scope,
)
from dialogues.records.notes.models import Document
from dialogues.records.notes.rules import RULES_WITH_NOTES, DocumentState


def tasks_everywhere(viewer: Viewer, mine: Sequence[MyMeeting], now: datetime) -> list[Task]:
    offers = [Task(kind=TaskKind.OFFER, urgent=True)] if roles.offers(viewer) else []
    return [*offers, *_invitations(viewer, now), *_tasks(mine, now)]


def tasks_in(meeting: MyMeeting, now: datetime) -> list[Task]:
    """Return the viewer's tasks in one meeting, without the name of the meeting."""
    return [replace(task, meeting="") for task in _tasks([meeting], now)]


def _invitations(viewer: Viewer, now: datetime) -> list[Task]:
    """Count unanswered invitations. Nothing else is shown, because only the link of an invitation may reveal more."""
    count = db.session.execute(
        select(func.count())
        .select_from(Participation)
        .join(Person, Person.id == Participation.person_id)
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .where(
            limited_to_viewer(Person.account_id == viewer.account_id),
            Participation.status == ParticipationStatus.INVITED,
            Meeting.status.not_in(OVER),
            or_(Meeting.registration_closes_at.is_(None), Meeting.registration_closes_at > now),
        )
    ).scalar_one()
    return [Task(kind=TaskKind.INVITATION, count=count, urgent=True)] if count else []


def _tasks(mine: Sequence[MyMeeting], now: datetime) -> list[Task]:
    counts = count_tasks(mine, now)
    return [
        *_steps_missing(mine, now),
        *_counted(mine, TaskKind.EMAILS_FAILED, counts[TaskKind.EMAILS_FAILED], urgent=True),
        *_addresses(mine),
        *_submission(mine, now),
        *_counted(mine, TaskKind.UNANSWERED, counts[TaskKind.UNANSWERED]),
        *_counted(mine, TaskKind.TO_APPROVE, counts[TaskKind.TO_APPROVE]),
        *_counted(mine, TaskKind.CHANGES_ASKED, counts[TaskKind.CHANGES_ASKED]),
        *_unreleased(mine, now),
        *_counted(mine, TaskKind.SUMMARY, _summaries_to_write(mine, now)),
        *_counted(mine, TaskKind.TO_FILE, counts[TaskKind.TO_FILE]),
    ]


#: Tasks that end when registration closes.
_BY_THE_CLOSE = {TaskKind.STEPS, TaskKind.UNANSWERED}


def _counted(mine: Sequence[MyMeeting], kind: TaskKind, counts: dict[UUID, int], *, urgent: bool = False) -> list[Task]:
    return [
        Task(
            kind=kind,
            meeting_id=meeting.id,
            meeting=meeting.facts.code,
            count=counts[meeting.id],
            by=meeting.facts.registration_closes_at if kind in _BY_THE_CLOSE else None,
            urgent=urgent,
        )
        for meeting in mine
        if counts.get(meeting.id)
    ]


def _steps_missing(mine: Sequence[MyMeeting], now: datetime) -> list[Task]:
    """Registration steps not saved, or to save again because the meeting moved."""
    answering = {
        meeting.id: meeting
        for meeting in mine
        if meeting.viewer.may(REGISTRATION_OWN) and dialogues.registration_window(meeting.facts).is_open(now)
    }
    reached = visible_in_any(list(answering.values()), participants_visibility.visible, REGISTRATION_OWN)
    if reached is None:
        return []
    coming = select(
        Participation.meeting_id,
        Participation.present_from,
        Participation.present_to,
        Participation.steps,
        Participation.rules_accepted_at,
        participants_frame.has_questions(Participation.meeting_id).label("has_questions"),
    ).where(reached, Participation.status == ParticipationStatus.CONFIRMED)
    missing = {
        row.meeting_id: len(missing_steps(_progress(row, answering[row.meeting_id].facts)))
        for row in db.session.execute(coming)
    }
    return _counted(mine, TaskKind.STEPS, missing)


def _progress(row: Any, meeting: Any) -> Progress:
    return Progress(
        saved=row.steps,
        days=dialogues.days_of(meeting),
        present_from=row.present_from,
        present_to=row.present_to,
        has_rules=bool(meeting.rules_text),
        rules_accepted=row.rules_accepted_at is not None,
        has_questions=row.has_questions,
    )


def _addresses(mine: Sequence[MyMeeting]) -> list[Task]:
    """Addresses and capacities that a coordinator must decide on, and addresses a party must replace."""
    reached = visible_in_any(mine, participants_visibility.visible, NOMINATE)
    if reached is None:
        return []
    claimed, asks = Participation.claimed_email.is_not(None), Participation.requested_capacity.is_not(None)
    address_asked = and_(Participation.address_asked, ~claimed)
    rows = db.session.execute(
        select(Participation.meeting_id, *(func.sum(case((one, 1), else_=0)) for one in (claimed, address_asked, asks)))
        .where(reached, Participation.status.not_in(GONE), or_(claimed, address_asked, asks))
        .group_by(Participation.meeting_id)
    ).all()
    coordinated = [meeting for meeting in mine if meeting.viewer.may(PARTICIPANTS_INVITE)]
    doubts, address_requests, capacity_requests = ({row[0]: row[column] for row in rows} for column in (1, 2, 3))
    nominating = [meeting for meeting in mine if meeting not in coordinated and meeting.viewer.may(NOMINATE)]
    return [
        *_counted(coordinated, TaskKind.ADDRESS_DOUBT, doubts, urgent=True),
        *_counted(nominating, TaskKind.ADDRESS_ASKED, address_requests, urgent=True),
        *_counted(coordinated, TaskKind.CAPACITY_ASKED, capacity_requests, urgent=True),
    ]


def _submission(mine: Sequence[MyMeeting], now: datetime) -> list[Task]:
    """Lists the viewer's party has not submitted, with the number of free seats."""
    own_lists = [
        meeting
        for meeting in mine
        if Scope.ALL not in meeting.viewer.scopes(SUBMIT_LIST)
        and meeting.viewer.may(SUBMIT_LIST)
        and dialogues.registration_window(meeting.facts).is_open(now)
    ]
    reached = visible_in_any(own_lists, nominations.visible_parties, SUBMIT_LIST)
    if reached is None:
        return []
    taken = (
        select(func.count())
        .where(
            Participation.meeting_id == MeetingParty.meeting_id,
            Participation.party_id == MeetingParty.party_id,
            Participation.seat.is_not(None),
        )
        .correlate(MeetingParty)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(MeetingParty.meeting_id, MeetingParty.seats, taken.label("taken")).where(
            reached, MeetingParty.submitted_at.is_(None)
        )
    )
    free = {row.meeting_id: max(0, sum(row.seats.values()) - row.taken) for row in rows}
    return [
        Task(kind=TaskKind.SUBMIT_LIST, meeting_id=meeting.id, meeting=meeting.facts.code, count=free[meeting.id])
        for meeting in own_lists
        if meeting.id in free
    ]


def _unreleased(mine: Sequence[MyMeeting], now: datetime) -> list[Task]:
    """Meetings that are not past with an unpublished agenda, or with sessions that differ from it."""
    coming = [
        meeting
        for meeting in mine
        if meeting.viewer.may(AGENDA_RELEASE)
        and stage_of(meeting, now) is not Stage.PAST
        and meeting.facts.status is not MeetingStatus.CANCELLED
    ]
    differing = planning.unreleased_sessions([meeting.viewer for meeting in coming])
    unpublished = {meeting.id: 1 for meeting in coming if meeting.id not in differing}
    return [
        *_counted(coming, TaskKind.NO_RELEASE, unpublished),
        *_counted(coming, TaskKind.UNRELEASED, differing),
    ]


def _summaries_to_write(mine: Sequence[MyMeeting], now: datetime) -> dict[UUID, int]:
    """Number of ended sessions without a finished summary by meeting, where the viewer is rapporteur."""
    writing = [meeting for meeting in mine if Role.RAPPORTEUR in meeting.roles and meeting.viewer.may(SUMMARY_EDIT)]
    reached = visible_in_any(writing, versions.visible, AGENDA_SEE)
    if reached is None:
        return {}
    done = select(Document.session_id).where(Document.state != DocumentState.DRAFT)
    rows = db.session.execute(
        select(ReleaseItem.meeting_id, func.count())
        .join(Release, Release.id == ReleaseItem.release_id)
        .join(
            ReleasePerson,
            (ReleasePerson.release_id == ReleaseItem.release_id) & (ReleasePerson.session_id == ReleaseItem.session_id),
        )
        .where(
            reached,
            versions.is_newest(),
            ReleasePerson.part == Part.RAPPORTEUR,
            ReleasePerson.person_id.in_({meeting.person_id for meeting in writing}),
            ReleaseItem.rule.in_(RULES_WITH_NOTES),
            ReleaseItem.ends_utc < now,
            ReleaseItem.session_id.not_in(done),
        )
        .group_by(ReleaseItem.meeting_id)
    )
    return {row[0]: row[1] for row in rows}
