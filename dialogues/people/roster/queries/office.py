"""Reads for coordinators: approval state, selections for bulk actions, and past bulk actions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, false, func, not_, or_, select

from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.core.outbox import queries as outbox
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Meeting, Party, Person
from dialogues.meetings.dialogues.queries.names import names_of
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.precedence.queries import precedence_sort_key
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.frame import has_questions
from dialogues.people.participants.queries.visibility import person_of, visible
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.participants.rules.steps import Step
from dialogues.people.roster.models import BulkAction
from dialogues.people.roster.rules import ChosenRow, Readiness, Selection, build_selection
from dialogues.policy import PARTICIPANTS_INVITE, REGISTRATION_APPROVE, Action

#: Right needed for each bulk action.
RIGHTS: Mapping[BulkKind, Action] = {
    BulkKind.APPROVE: REGISTRATION_APPROVE,
    BulkKind.REMIND: PARTICIPANTS_INVITE,
    BulkKind.TAKE_BACK: PARTICIPANTS_INVITE,
}


def is_complete() -> ColumnElement[bool]:
    """SQL condition: no step of the registration is missing. Must agree with `steps.missing_steps`."""
    return _steps_done(*Step)


def _steps_done(*steps: Step) -> ColumnElement[bool]:
    here = Meeting.id == Participation.meeting_id
    first = func.coalesce(Meeting.arrive_on, Meeting.starts_on)
    last = func.coalesce(Meeting.depart_on, Meeting.ends_on)
    among = (Participation.present_from >= first, Participation.present_to <= last)
    in_order = Participation.present_from <= Participation.present_to
    rules = or_(Meeting.rules_text == "", Participation.rules_accepted_at.is_not(None))
    conditions = {
        Step.DAYS: and_(*among, in_order),
        Step.RULES: rules,
        Step.QUESTIONS: or_(~has_questions(Meeting.id), _saved(Step.QUESTIONS)),
    }
    return exists().where(here, *(conditions.get(step, _saved(step)) for step in steps))


def _saved(step: Step) -> ColumnElement[bool]:
    return cast(Participation.steps, String).contains(f'"{step.value}"', autoescape=True)


def readiness() -> ColumnElement[Any]:
    """SQL expression for the approval state; NULL unless confirmed."""
    confirmed = Participation.status == ParticipationStatus.CONFIRMED
    return case(
        (not_(confirmed), None),
        (Participation.approved_at.is_not(None), Readiness.APPROVED.value),
        (is_complete(), Readiness.TO_APPROVE.value),
        else_=Readiness.INCOMPLETE.value,
    )


def is_ready(state: Readiness) -> ColumnElement[bool]:
    """SQL condition: a confirmed registration has this approval state."""
    found = readiness() == state.value
    return and_(Participation.status == ParticipationStatus.CONFIRMED, found)


def selection_for(viewer: Viewer, kind: BulkKind, ids: Collection[UUID], now: datetime) -> Selection:
    """Sorts the selected participants for a bulk action, in list order."""
    return build_selection(kind, chosen_rows(viewer, RIGHTS[kind], ids), now)


def chosen_rows(viewer: Viewer, action: Action, ids: Collection[UUID]) -> list[ChosenRow]:
    """Those of the selected participants the action reaches, in list order. Three statements."""
    rows = db.session.execute(
        select(
            Participation.id,
            Participation.person_id,
            Participation.status,
            Participation.approved_at,
            Person.name,
            Person.email,
            Party.code.label("party_code"),
            *(case((_steps_done(step), 1), else_=0).label(f"has_{step.value}") for step in Step),
        )
        .select_from(Participation)
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .where(visible(viewer, action))
        .order_by(*_in_order(viewer))
    )
    selected, last_queued = frozenset(ids), outbox.last_queued(viewer, EmailKind.INVITATION)
    return [_chosen_row(row, last_queued.get(row.person_id)) for row in rows if row.id in selected]


def _in_order(viewer: Viewer) -> tuple[Any, ...]:
    return (
        precedence_sort_key(precedence.order(viewer), Participation.party_id),
        Person.collation,
        Person.name,
        Participation.id,
    )


def _chosen_row(row: Any, last_queued: outbox.LastQueued | None) -> ChosenRow:
    return ChosenRow(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        party_code=row.party_code,
        status=row.status,
        has_address=row.email is not None,
        is_approved=row.approved_at is not None,
        missing=tuple(step for step in Step if not getattr(row, f"has_{step.value}")),
        last_emailed_at=last_queued.at if last_queued else None,
        email_waits=last_queued.waits if last_queued else False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRecipient:
    name: str
    email: str
    locale: str


@reading(Purpose.DELIVERY)
def approval_recipient(participation_id: UUID) -> ApprovalRecipient | None:
    """Recipient of the approval email. None if the approval was withdrawn or the person has no address."""
    query = select(Person.name, Person.email, Person.locale).join(Participation, Participation.person_id == Person.id)
    row = db.session.execute(
        query.where(
            Participation.id == participation_id,
            Participation.status == ParticipationStatus.CONFIRMED,
            Participation.approved_at.is_not(None),
            Person.email.is_not(None),
        )
    ).one_or_none()
    return None if row is None else ApprovalRecipient(name=row.name, email=row.email, locale=row.locale)


@limits_rows
def visible_actions(viewer: Viewer) -> ColumnElement[bool]:
    """SQL condition: bulk actions of the viewer's meeting that the viewer may perform."""
    place = viewer.place
    if place is None or place.meeting_id is None:
        return false()
    kinds = [kind for kind, action in RIGHTS.items() if viewer.may(action)]
    return and_(BulkAction.meeting_id == place.meeting_id, BulkAction.kind.in_(kinds))


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkActionRow:
    """One participant of a past bulk action, with the reason if it was not applied or not undone."""

    participation_id: UUID
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkActionDetails:
    """A past bulk action with its participants and the state of its emails."""

    id: UUID
    kind: BulkKind
    at: datetime
    by: str
    undone_at: datetime | None
    people: tuple[BulkActionRow, ...]
    left_out: tuple[BulkActionRow, ...]
    emails: int
    emails_sent: int


def bulk_action(viewer: Viewer, action_id: UUID) -> BulkActionDetails:
    """:raises NotFound: missing or not permitted."""
    found = db.session.execute(select(BulkAction).where(BulkAction.id == action_id, visible_actions(viewer)))
    action = or_not_found(found.scalar_one_or_none())
    names = _names(viewer, RIGHTS[action.kind])
    emails = [UUID(row["letter"]) for row in action.rows if row.get("letter")]
    rows = {UUID(row["id"]): row for row in action.rows}
    lines = [(_line(rows[one], names), bool(rows[one].get("left_out"))) for one in names if one in rows]
    by = names_of([action.by_person]).get(action.by_person, "") if action.by_person else ""
    return BulkActionDetails(
        id=action.id,
        kind=action.kind,
        at=action.at,
        by=by,
        undone_at=action.undone_at,
        people=tuple(line for line, is_out in lines if not is_out),
        left_out=tuple(line for line, is_out in lines if is_out),
        emails=len(emails),
        emails_sent=len(outbox.left(emails)) if emails else 0,
    )


def _line(row: Mapping[str, Any], names: Mapping[UUID, str]) -> BulkActionRow:
    participation_id = UUID(row["id"])
    reason = row.get("left_out") or row.get("kept") or ""
    return BulkActionRow(participation_id=participation_id, name=names[participation_id], reason=reason)


def _names(viewer: Viewer, action: Action) -> dict[UUID, str]:
    """Names of everyone the action reaches, in list order."""
    rows = select(Participation.id, Person.name).join(Person, person_of()).where(visible(viewer, action))
    return {row.id: row.name for row in db.session.execute(rows.order_by(*_in_order(viewer)))}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkActionSummary:
    """One row of the list of past bulk actions."""

    id: UUID
    kind: BulkKind
    at: datetime
    people: int
    is_undone: bool


def recent_bulk_actions(viewer: Viewer, limit: int = 20) -> Sequence[BulkActionSummary]:
    """Past bulk actions, newest first."""
    newest = (
        select(BulkAction).where(visible_actions(viewer)).order_by(BulkAction.at.desc(), BulkAction.id).limit(limit)
    )
    return [
        BulkActionSummary(
            id=action.id,
            kind=action.kind,
            at=action.at,
            people=sum(not row.get("left_out") for row in action.rows),
            is_undone=action.undone_at is not None,
        )
        for action in db.session.execute(newest).scalars()
    ]
