"""What is held about the one who asks: every field that is kept of them, and nothing about anyone else."""

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
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.models import Email
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Dialogue, Institution, Meeting, Party, Person
from dialogues.meetings.meetings import queries as meetings
from dialogues.meetings.meetings.queries import MyPlaces
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.documents.models import AccessLogEntry, SealedField
from dialogues.people.documents.queries import opened, today_in
from dialogues.people.participants.models import Availability, ChangeRequest, Participation, Question
from dialogues.people.participants.rules.kinds import SealedKind
from dialogues.people.questionnaire.models import Answer
from dialogues.policy import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One's account, persons, registrations, roles, letters and sign-ins, each as rows."""

    account: Any
    persons: Sequence[Any]
    registrations: Sequence[Any]
    roles: Sequence[Any]
    emails: Sequence[Any]
    sign_ins: Sequence[Any]
    #: Passport, visa, flights and needs: that they are there, never their content.
    sealed: Sequence[Any]
    looks: Sequence[Any]
    #: Hours away, answers to questions, changes asked for: what each is, and its times.
    others: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Named:
    """The dialogues and meetings that may be named: those open to the viewer in this sign-in, at this time."""

    places: MyPlaces

    @property
    def dialogue(self) -> ColumnElement[str]:
        return case((Dialogue.id.in_(self.places.dialogues), Dialogue.title), else_="").label("dialogue")

    @property
    def meeting(self) -> ColumnElement[str]:
        return case((Meeting.id.in_(self.places.meetings), Meeting.code), else_="").label("meeting")


def held_about(viewer: Viewer, now: datetime) -> Held:
    """Everything held about the signed-in viewer, in a constant number of queries.

    A registration or role that waits for an answer is left out: its words come with its own letter, not before. A
    dialogue or meeting that is not open to the viewer at present goes unnamed, for this page opens what others close.
    """
    own = Person.account_id == viewer.account_id
    named = _Named(meetings.my_places(viewer, now))
    account = select(Account.email, Account.locale, Account.zone, Account.created_at).where(
        Account.id == viewer.account_id
    )
    return Held(
        account=db.session.execute(account).one(),
        persons=_rows(_persons(named).where(own, Person.id.in_(_known_places(viewer)))),
        registrations=_rows(_registrations(named).where(own, Participation.answered_at.is_not(None))),
        roles=_rows(_roles(named).where(own, RoleGrant.accepted_at.is_not(None))),
        emails=_rows(
            select(Email.kind, Email.state, Email.queued_at, Email.sent_at)
            .join(Person, Person.id == Email.person_id)
            .where(own)
            .order_by(Email.queued_at.desc())
            .limit(200)
        ),
        sign_ins=_rows(
            select(SignIn.created_at, SignIn.last_seen_at, SignIn.ended_at, SignIn.browser)
            .where(SignIn.account_id == viewer.account_id)
            .order_by(SignIn.created_at.desc())
            .limit(50)
        ),
        sealed=[row for row in _rows(_sealed(named).where(own)) if row.purge_on > today_in(row.zone, now)],
        looks=_rows(_looks(named).where(own)),
        others=_rows(_others(named, own)),
    )


def shown_to_self(viewer: Viewer, field_id: UUID, now: datetime) -> tuple[SealedKind, dict[str, str]]:
    """One of one's own sealed fields: its kind and its parts.

    :raises Unseen: there is none, or it is due to be destroyed.
    """
    row = db.session.execute(
        select(SealedField, Meeting.zone)
        .join(Person, Person.id == SealedField.person_id)
        .join(Meeting, Meeting.id == SealedField.meeting_id)
        .where(SealedField.id == field_id, Person.account_id == viewer.account_id, _told(SealedField))
    ).one_or_none()
    if row is None or row.SealedField.purge_on <= today_in(row.zone, now):
        raise NotFound
    return row.SealedField.kind, opened(row.SealedField)


def log_about(viewer: Viewer) -> Sequence[Any]:
    """What was done about the one who asks, as the audit log has it: when and what, the newest first; no content."""
    taken = db.session.execute(
        select(Person.id.label("person_id"), Participation.id.label("participation_id"))
        .outerjoin(Participation, (Participation.person_id == Person.id) & Participation.answered_at.is_not(None))
        .where(Person.account_id == viewer.account_id, or_(Participation.id.is_not(None), _interprets()))
    ).all()
    ids = {one for row in taken for one in (row.person_id, row.participation_id) if one is not None}
    return audit.entries_about(ids)


def _interprets() -> ColumnElement[bool]:
    grant = (RoleGrant.role == Role.INTERPRETER) & RoleGrant.accepted_at.is_not(None)
    return exists().where(RoleGrant.person_id == Person.id, grant).correlate(Person)


def _rows(query: Any) -> Sequence[Any]:
    return db.session.execute(query).all()


def _known_places(viewer: Viewer) -> Any:
    """The persons in dialogues that the viewer has accepted to be in; others are not theirs to know of yet."""
    return (
        select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.account_id == viewer.account_id, RoleGrant.accepted_at.is_not(None))
    )


def _persons(named: _Named) -> Any:
    return (
        select(
            named.dialogue,
            Person.name,
            Person.native,
            Person.family,
            Person.given,
            Person.gender,
            Person.sort_key,
            Person.aliases,
            Person.email,
            Person.languages,
            Person.zone,
            Person.affiliation,
            Person.always_discreet,
            Institution.name.label("institution"),
        )
        .join(Dialogue, Dialogue.id == Person.dialogue_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .order_by(named.dialogue, Person.id)
    )


def _registrations(named: _Named) -> Any:
    return (
        select(
            named.meeting,
            Party.names.label("party_names"),
            Participation.capacity,
            Participation.status,
            Participation.invited_at,
            Participation.answered_at,
            Participation.present_from,
            Participation.present_to,
            Participation.remote,
            Participation.listens_in,
            Participation.visa_status,
            Participation.visibility,
            Participation.needs_shared,
            Participation.rules_accepted_at,
            Participation.approved_at,
        )
        .join(Person, Person.id == Participation.person_id)
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .join(Party, Party.id == Participation.party_id)
        .order_by(Meeting.starts_on)
    )


def _roles(named: _Named) -> Any:
    return (
        select(
            named.dialogue,
            named.meeting,
            RoleGrant.meeting_id,
            RoleGrant.role,
            RoleGrant.accepted_at,
            RoleGrant.revoked_at,
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Dialogue, Dialogue.id == RoleGrant.dialogue_id)
        .outerjoin(Meeting, Meeting.id == RoleGrant.meeting_id)
        .order_by(named.dialogue, RoleGrant.accepted_at)
    )


def _told(table: Any) -> ColumnElement[bool]:
    """Nothing tells of a meeting whose invitation was not answered yet; interpreters are not invited."""
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
        .where(_told(SealedField))
        .order_by(Meeting.starts_on, SealedField.kind)
    )


def _looks(named: _Named) -> Any:
    looker = aliased(Person)
    name = case((Meeting.id.in_(named.places.meetings), looker.name), else_="").label("looker")
    return (
        select(
            named.meeting,
            Meeting.zone,
            AccessLogEntry.kind,
            AccessLogEntry.at,
            AccessLogEntry.by_role,
            AccessLogEntry.reason,
            name,
        )
        .join(Person, Person.id == AccessLogEntry.person_id)
        .join(looker, looker.id == AccessLogEntry.by_person)
        .join(Meeting, Meeting.id == AccessLogEntry.meeting_id)
        .where(_told(AccessLogEntry))
        .order_by(AccessLogEntry.at.desc(), AccessLogEntry.id)
        .limit(200)
    )


def _others(named: _Named, own: ColumnElement[bool]) -> Any:
    """Rows of three tables with the same columns, in one statement."""
    no_day, no_moment = cast(null(), Date), cast(null(), Instant)
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
        select(literal("answer"), named.meeting, words, Answer.answered_at, no_moment, Question.purge_on)
        .join(Question, Question.id == Answer.question_id)
        .join(Participation, Participation.id == Answer.participation_id)
    )
    changes = select(
        literal("change"), named.meeting, ChangeRequest.reason, ChangeRequest.asked_at, ChangeRequest.decided_at, no_day
    ).join(Participation, Participation.id == ChangeRequest.participation_id)
    of_mine = (
        part.join(Person, Person.id == Participation.person_id)
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .where(own, Participation.answered_at.is_not(None))
        for part in (away, answers, changes)
    )
    return union_all(*of_mine).order_by("what", "since")
