"""Personal data stored about the viewer, and about nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, case, cast, exists, literal, null, or_, select, type_coerce, union_all
from sqlalchemy.orm import aliased

from dialogues.core.accounts.models import Account, SignIn
from dialogues.core.audit import queries as audit
from dialogues.core.common.columns import Instant
from dialogues.core.common.read_guard import limited_to_viewer
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.models import Email
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Dialogue, Institution, Meeting, Party, Person
from dialogues.meetings.meetings import queries as meetings
from dialogues.meetings.meetings.queries import OpenPlaces
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.documents.models import AccessLogEntry, SealedField
from dialogues.people.documents.queries import opened, today_in
from dialogues.people.participants.models import Availability, ChangeRequest, Participation, Question
from dialogues.people.participants.rules.kinds import SealedKind
from dialogues.people.questionnaire.models import Answer
from dialogues.policy import Role


@dataclass(frozen=True, slots=True)
class _Named:
    """Columns with the names of dialogues and meetings the viewer may currently open; "" for the others."""

    places: OpenPlaces

    @property
    def dialogue(self) -> ColumnElement[str]:
        return case((Dialogue.id.in_(self.places.dialogues), Dialogue.title), else_="").label("dialogue")

    @property
    def meeting(self) -> ColumnElement[str]:
        return case((Meeting.id.in_(self.places.meetings), Meeting.code), else_="").label("meeting")


def personal_data(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return rows of the signed-in viewer's account, persons, registrations, roles, emails, sign-ins and so on.

    Of encrypted fields (`sealed`) only kind and dates; `access_log` is who opened them, when and why. `others` are
    absences, answers to questions and change requests. Leaves out unanswered registrations and roles, because only
    their own email may announce them. Dialogues and meetings that are not open to the viewer have no name here,
    because this page must not reveal them. A constant number of queries.
    """
    own = limited_to_viewer(Person.account_id == viewer.account_id)
    named = _Named(meetings.open_places(viewer, now))
    account = select(Account.email, Account.locale, Account.zone, Account.created_at).where(
        Account.id == viewer.account_id
    )
    return {
        "account": db.session.execute(account).one(),
        "persons": _rows(_persons(named).where(own, Person.id.in_(_known_person_ids(viewer)))),
        "registrations": _rows(_registrations(named).where(own, Participation.answered_at.is_not(None))),
        "roles": _rows(_roles(named).where(own, RoleGrant.accepted_at.is_not(None))),
        "emails": _rows(
            select(Email.kind, Email.state, Email.queued_at, Email.sent_at)
            .join(Person, Person.id == Email.person_id)
            .where(own)
            .order_by(Email.queued_at.desc())
            .limit(200)
        ),
        "sign_ins": _rows(
            select(SignIn.created_at, SignIn.last_seen_at, SignIn.ended_at, SignIn.browser)
            .where(SignIn.account_id == viewer.account_id)
            .order_by(SignIn.created_at.desc())
            .limit(50)
        ),
        "sealed": [row for row in _rows(_sealed(named).where(own)) if row.purge_on > today_in(row.zone, now)],
        "access_log": _rows(_access_log(named).where(own)),
        "others": _rows(_others(named, own)),
    }


def reveal_own_field(viewer: Viewer, field_id: UUID, now: datetime) -> tuple[SealedKind, dict[str, str]]:
    """Return the kind and the decrypted parts of one of the viewer's own fields.

    :raises NotFound: there is no such field of the viewer, its meeting is not known to them, or the field is due for
        deletion.
    """
    row = db.session.execute(
        select(SealedField, Meeting.zone)
        .join(Person, Person.id == SealedField.person_id)
        .join(Meeting, Meeting.id == SealedField.meeting_id)
        .where(
            SealedField.id == field_id,
            limited_to_viewer(Person.account_id == viewer.account_id),
            _is_known(SealedField),
        )
    ).one_or_none()
    if row is None or row.SealedField.purge_on <= today_in(row.zone, now):
        raise NotFound
    return row.SealedField.kind, opened(row.SealedField)


def log_about(viewer: Viewer) -> Sequence[Any]:
    """Return audit log entries about the viewer: time and action, newest first, without content."""
    answered = db.session.execute(
        select(Person.id.label("person_id"), Participation.id.label("participation_id"))
        .outerjoin(Participation, (Participation.person_id == Person.id) & Participation.answered_at.is_not(None))
        .where(
            limited_to_viewer(Person.account_id == viewer.account_id),
            or_(Participation.id.is_not(None), _is_interpreter()),
        )
    ).all()
    ids = {one for row in answered for one in (row.person_id, row.participation_id) if one is not None}
    return audit.entries_about(ids)


def _is_interpreter() -> ColumnElement[bool]:
    grant = (RoleGrant.role == Role.INTERPRETER) & RoleGrant.accepted_at.is_not(None)
    return exists().where(RoleGrant.person_id == Person.id, grant).correlate(Person)


def _rows(query: Any) -> Sequence[Any]:
    return db.session.execute(query).all()


def _known_person_ids(viewer: Viewer) -> Any:
    """Select the viewer's persons with an accepted role; the viewer may not know of other dialogues yet."""
    return (
        select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(limited_to_viewer(Person.account_id == viewer.account_id), RoleGrant.accepted_at.is_not(None))
    )


def _persons(named: _Named) -> Any:
    return (
        select(Person, named.dialogue, Institution.name.label("institution"))
        .join(Dialogue, Dialogue.id == Person.dialogue_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .order_by(named.dialogue, Person.id)
    )


def _registrations(named: _Named) -> Any:
    return (
        select(Participation, named.meeting, Party.names.label("party_names"))
        .join(Person, Person.id == Participation.person_id)
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .join(Party, Party.id == Participation.party_id)
        .order_by(Meeting.starts_on)
    )


def _roles(named: _Named) -> Any:
    return (
        select(RoleGrant, named.dialogue, named.meeting)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Dialogue, Dialogue.id == RoleGrant.dialogue_id)
        .outerjoin(Meeting, Meeting.id == RoleGrant.meeting_id)
        .order_by(named.dialogue, RoleGrant.accepted_at)
    )


def _is_known(table: Any) -> ColumnElement[bool]:
    """SQL: the meeting is known to the person. False while their invitation is unanswered; interpreters get none."""
    waits = exists().where(
        Participation.meeting_id == table.meeting_id,
        Participation.person_id == table.person_id,
        Participation.answered_at.is_(None),
    )
    return ~waits.correlate(table)


def _sealed(named: _Named) -> Any:
    return (
        select(
            named.meeting,
            Meeting.zone,
            SealedField.id,
            SealedField.kind,
            SealedField.entered_at,
            SealedField.purge_on,
            (SealedField.entered_by == SealedField.person_id).label("by_self"),
        )
        .join(Person, Person.id == SealedField.person_id)
        .join(Meeting, Meeting.id == SealedField.meeting_id)
        .where(_is_known(SealedField))
        .order_by(Meeting.starts_on, SealedField.kind)
    )


def _access_log(named: _Named) -> Any:
    looker = aliased(Person)
    name = case((Meeting.id.in_(named.places.meetings), looker.name), else_="").label("looker")
    return (
        select(AccessLogEntry, named.meeting, name)
        .join(Person, Person.id == AccessLogEntry.person_id)
        .join(looker, looker.id == AccessLogEntry.by_person)
        .join(Meeting, Meeting.id == AccessLogEntry.meeting_id)
        .where(_is_known(AccessLogEntry))
        .order_by(AccessLogEntry.at.desc(), AccessLogEntry.id)
        .limit(200)
    )


def _others(named: _Named, own: ColumnElement[bool]) -> Any:
    """Rows of three tables with the same columns, in one statement."""
    no_day, no_time = cast(null(), Date), cast(null(), Instant)
    words = case((Meeting.id.in_(named.places.meetings), Question.words), else_="")
    away = select(
        literal("away").label("what"),
        named.meeting,
        literal("").label("words"),
        type_coerce(Availability.away_from, Instant).label("since"),
        type_coerce(Availability.away_to, Instant).label("until"),
        no_day.label("purge_on"),
    ).join(Participation, Participation.id == Availability.participation_id)
    answers = (
        select(literal("answer"), named.meeting, words, Answer.answered_at, no_time, Question.purge_on)
        .join(Question, Question.id == Answer.question_id)
        .join(Participation, Participation.id == Answer.participation_id)
    )
    changes = select(
        literal("change"), named.meeting, ChangeRequest.reason, ChangeRequest.asked_at, ChangeRequest.decided_at, no_day
    ).join(Participation, Participation.id == ChangeRequest.participation_id)
    own_rows = (
        rows.join(Person, Person.id == Participation.person_id)
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .where(own, Participation.answered_at.is_not(None))
        for rows in (away, answers, changes)
    )
    return union_all(*own_rows).order_by("what", "since")
