"""Reads of emails, always for a viewer; never their text or address."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true

from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.state import state
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import UNSENT, EmailKind, EmailState
from dialogues.extensions import db
from dialogues.lib.paging import page_numbers
from dialogues.policy import EMAILS_SEE, Action, Scope

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Emails:
    """One page of the emails of a meeting, and how many there are in each state."""

    lines: Sequence[Any]
    names: Mapping[UUID, str]
    counts: Mapping[EmailState, int]
    page: int
    last: int


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    return or_(false(), *(_reach(viewer, scope) for scope in viewer.scopes(action)))


def _reach(viewer: Viewer, scope: Scope) -> ColumnElement[bool]:
    if viewer.is_system:
        return true()
    if scope is Scope.ALL and viewer.meeting_id is not None:
        return and_(Email.dialogue_id == viewer.dialogue_id, Email.listed_under == viewer.meeting_id)
    return false()


def emails(viewer: Viewer, states: frozenset[EmailState] = frozenset(EmailState), page: int = 1) -> Emails:
    counts = _counts(viewer)
    page, last = page_numbers(page, sum(counts.get(one, 0) for one in states), PAGE)
    found = db.session.execute(
        select(
            Email.id,
            Email.kind,
            Email.state,
            Email.person_id,
            Email.tries,
            Email.last_error,
            Email.queued_at,
            Email.sent_at,
        )
        .where(visible(viewer, EMAILS_SEE), Email.state.in_(states))
        .order_by(Email.queued_at.desc(), Email.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    names = state().names({row.person_id for row in found if row.person_id})
    return Emails(lines=found, names=names, counts=counts, page=page, last=last)


def _counts(viewer: Viewer) -> dict[EmailState, int]:
    counted = select(Email.state, func.count().label("number")).where(visible(viewer, EMAILS_SEE)).group_by(Email.state)
    return {row.state: row.number for row in db.session.execute(counted)}


def waiting(viewer: Viewer) -> Sequence[Any]:
    """Unsent emails, oldest first, for the administrator: id, kind, state, attempts, last error."""
    return db.session.execute(
        select(Email.id, Email.kind, Email.state, Email.tries, Email.last_error)
        .where(visible(viewer, EMAILS_SEE), Email.state.in_(UNSENT | {EmailState.FAILED}))
        .order_by(Email.queued_at, Email.sequence, Email.id)
    ).all()


@reading(Purpose.DELIVERY)
def message_id_of(email_id: UUID | None) -> str | None:
    sent = select(Email.message_id).where(Email.id == email_id, Email.state == EmailState.SENT)
    return db.session.execute(sent).scalar_one_or_none()


@reading(Purpose.DELIVERY)
def has_begun(order_key: str, sequence: int, recipient: str) -> bool:
    """Whether an earlier email of this order was sent to that address, or may have been."""
    earlier = _tried(order_key, sequence).where(Email.recipient == recipient)
    return db.session.execute(earlier).first() is not None


@reading(Purpose.DELIVERY)
def is_being_sent(order_key: str, recipient: str) -> bool:
    """Whether an email of this order is on its way to that address."""
    found = select(Email.id).where(Email.order_key == order_key, Email.state == EmailState.SENDING)
    return db.session.execute(found.where(Email.recipient == recipient)).first() is not None


@reading(Purpose.FOLLOW_UP)
def last_recipient(order_key: str) -> tuple[str, int] | None:
    """The address to which the last email of this order was sent, or may have been, and its sequence."""
    tried = select(Email.recipient, Email.sequence).where(Email.order_key == order_key, Email.recipient.is_not(None))
    tried = tried.where(or_(Email.state == EmailState.SENT, Email.tries > 0))
    row = db.session.execute(tried.order_by(Email.sequence.desc(), Email.queued_at.desc()).limit(1)).first()
    return (str(row.recipient), row.sequence) if row else None


@reading(Purpose.FOLLOW_UP)
def last_sequence_to(recipient: str, order_prefix: str) -> int:
    """The greatest sequence of emails to that address in orders of this prefix, sent or not; -1 without any."""
    found = select(func.max(Email.sequence)).where(
        Email.order_key.startswith(order_prefix, autoescape=True),
        Email.recipient == recipient,
        Email.state != EmailState.SUPERSEDED,
    )
    last = db.session.scalar(found)
    return -1 if last is None else last


@reading(Purpose.DELIVERY)
def last_left(order_key: str, sequence: int, recipient: str) -> int | None:
    """The sequence of the last attempted email of this order before `sequence`, if that address certainly has it."""
    tried = _tried(order_key, sequence).order_by(Email.sequence.desc(), Email.queued_at.desc()).limit(1)
    newest = db.session.execute(tried).first()
    certain = newest is not None and newest.state is EmailState.SENT and newest.recipient == recipient
    return newest.sequence if newest is not None and certain else None


def _tried(order_key: str, sequence: int) -> Select[*tuple[Any, ...]]:
    """Selects earlier emails of an order that were sent, or may have been."""
    earlier = select(Email.sequence, Email.state, Email.recipient).where(
        Email.order_key == order_key, Email.sequence < sequence
    )
    return earlier.where(or_(Email.state == EmailState.SENT, Email.tries > 0))


def last_queued(viewer: Viewer, kind: EmailKind) -> dict[UUID, Any]:
    """For each person of the meeting, when (`at`) the latest email was queued, and whether it `waits`."""
    waits = case((Email.state.in_(UNSENT | {EmailState.FAILED}), 1), else_=0)
    rows = db.session.execute(
        select(Email.person_id, func.max(Email.queued_at).label("at"), func.max(waits).label("waits"))
        .where(visible(viewer, EMAILS_SEE), Email.kind == kind, Email.person_id.is_not(None))
        .where(Email.state != EmailState.SUPERSEDED)
        .group_by(Email.person_id)
    )
    return {row.person_id: row for row in rows}


_SENT_OR_SENDING = (EmailState.SENDING, EmailState.SENT)


@reading(Purpose.VISIBLE_IDS)
def left(email_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these emails that are sent or being sent."""
    gone = select(Email.id).where(Email.id.in_(email_ids), Email.state.in_(_SENT_OR_SENDING))
    return frozenset(db.session.execute(gone).scalars())


def left_by_cause(viewer: Viewer, kind: EmailKind) -> dict[str, int]:
    """How many emails of that kind were sent in the viewer's meeting, by the hexadecimal id in their `dedup_key`."""
    cause = func.substr(Email.dedup_key, len(kind.value) + 2, 32)
    gone = select(cause.label("cause"), func.count().label("left")).where(
        visible(viewer, EMAILS_SEE), Email.kind == kind, Email.state.in_(_SENT_OR_SENDING)
    )
    return {row.cause: row.left for row in db.session.execute(gone.group_by(cause))}
