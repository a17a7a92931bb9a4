"""Reads for coordinators: approval state, selections for bulk actions, and past bulk actions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, or_, select, type_coerce

from dialogues.core.common.columns import enum_column
from dialogues.core.common.read_guard import limits_rows
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox import queries as outbox
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Meeting, Party, Person
from dialogues.meetings.dialogues.queries.names import names_of
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.precedence.queries import Order, precedence_sort_key
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.frame import has_questions
from dialogues.people.participants.queries.visibility import person_of, visible
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.participants.rules.steps import Step
from dialogues.people.registration.queries import confirmed_recipient
from dialogues.people.roster.models import BulkAction
from dialogues.people.roster.rules import ChosenRow, Readiness, Selection, build_selection
from dialogues.policy import PARTICIPANTS_INVITE, REGISTRATION_APPROVE, Action

#: Right needed for each bulk action.
RIGHTS: Mapping[BulkKind, Action] = {
    BulkKind.APPROVE: REGISTRATION_APPROVE,
    BulkKind.REMIND: PARTICIPANTS_INVITE,
    BulkKind.TAKE_BACK: PARTICIPANTS_INVITE,
}


def _steps_done(*steps: Step) -> ColumnElement[bool]:
    """SQL condition: these steps of the registration are done. Must agree with `steps.missing_steps`."""
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
    state = case(
        (Participation.status != ParticipationStatus.CONFIRMED, None),
        (Participation.approved_at.is_not(None), Readiness.APPROVED.value),
        (_steps_done(*Step), Readiness.TO_APPROVE.value),
        else_=Readiness.INCOMPLETE.value,
    )
    return type_coerce(state, enum_column(Readiness))


def is_ready(state: Readiness) -> ColumnElement[bool]:
    """SQL condition: a confirmed registration has this approval state."""
    return and_(Participation.status == ParticipationStatus.CONFIRMED, readiness() == state)


def selection_for(viewer: Viewer, kind: BulkKind, ids: Collection[UUID], now: datetime) -> Selection:
    """Sorts the selected participants for a bulk action, in list order."""
    return build_selection(kind, _chosen_rows(viewer, RIGHTS[kind], ids), now)


def _chosen_rows(viewer: Viewer, action: Action, ids: Collection[UUID]) -> list[ChosenRow]:
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
        .order_by(*list_order(precedence.order(viewer)))
    )
    selected, last_queued = frozenset(ids), outbox.last_queued(viewer, EmailKind.INVITATION)
    return [_chosen_row(row, last_queued.get(row.person_id)) for row in rows if row.id in selected]


def list_order(order: Order, *, by_person: bool = False) -> tuple[Any, ...]:
    """Sorts by party and person, or by person only. The statement has to join `Person`."""
    by_name = (Person.collation, Person.name, Participation.id)
    return by_name if by_person else (precedence_sort_key(order, Participation.party_id), *by_name)


def _chosen_row(row: Any, last_queued: Any) -> ChosenRow:
    return ChosenRow(
        id=row.id,
        name=row.name,
        party_code=row.party_code,
        status=row.status,
        has_address=row.email is not None,
        is_approved=row.approved_at is not None,
        missing=tuple(step for step in Step if not getattr(row, f"has_{step.value}")),
        last_emailed_at=last_queued.at if last_queued else None,
        email_waits=bool(last_queued and last_queued.waits),
    )


def approval_recipient(participation_id: UUID) -> Any:
    """Row (name, email, locale) for the approval email. None if it was withdrawn or the person has no address."""
    return confirmed_recipient(participation_id, Participation.approved_at.is_not(None))


@limits_rows
def visible_actions(viewer: Viewer) -> ColumnElement[bool]:
    """SQL condition: bulk actions of the viewer's meeting that the viewer may perform."""
    kinds = [kind for kind, action in RIGHTS.items() if viewer.may(action)]
    return and_(BulkAction.meeting_id == viewer.meeting_id, BulkAction.kind.in_(kinds))


#: A participant of a past bulk action: participation id, name, and the reason if it was not applied or not undone.
_Line = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkActionDetails:
    """A past bulk action with its participants and the state of its emails."""

    action: BulkAction
    by: str
    people: Sequence[_Line]
    left_out: Sequence[_Line]
    emails: int
    emails_sent: int


def bulk_action(viewer: Viewer, action_id: UUID) -> BulkActionDetails:
    """:raises NotFound: missing or not permitted."""
    found = db.session.execute(select(BulkAction).where(BulkAction.id == action_id, visible_actions(viewer)))
    action = or_not_found(found.scalar_one_or_none())
    rows = {UUID(row["id"]): row for row in action.rows}
    emails = [UUID(row["email"]) for row in action.rows if row.get("email")]
    people, left_out = list[_Line](), list[_Line]()
    for participation_id, name in _names(viewer, RIGHTS[action.kind]):
        if row := rows.get(participation_id):
            skipped = row.get("left_out", "")
            (left_out if skipped else people).append((participation_id, name, skipped or row.get("kept", "")))
    return BulkActionDetails(
        action=action,
        by=names_of([action.by_person]).get(action.by_person, "") if action.by_person else "",
        people=people,
        left_out=left_out,
        emails=len(emails),
        emails_sent=len(outbox.left(emails)) if emails else 0,
    )


def _names(viewer: Viewer, action: Action) -> Sequence[Any]:
    """Ids and names of everyone the action reaches, in list order."""
    rows = select(Participation.id, Person.name).join(Person, person_of()).where(visible(viewer, action))
    return db.session.execute(rows.order_by(*list_order(precedence.order(viewer)))).all()


def recent_bulk_actions(viewer: Viewer) -> Sequence[BulkAction]:
    """The last 20 bulk actions, newest first."""
    newest = select(BulkAction).where(visible_actions(viewer)).order_by(BulkAction.at.desc(), BulkAction.id).limit(20)
    return db.session.scalars(newest).all()
