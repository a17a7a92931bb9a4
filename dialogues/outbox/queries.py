"""Reads of letters, always for a viewer; what stands in a letter, and where it goes, is never read here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true

from dialogues.common.state import state
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.outbox.models import Letter
from dialogues.outbox.rules import UNSENT, LetterKind, LetterState
from dialogues.policy import LETTERS_SEE, Action, Scope

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """A letter as it is listed."""

    id: UUID
    kind: LetterKind
    state: LetterState
    name: str
    tries: int
    last_error: str
    owed_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """One page of the letters of a meeting, and how many there are in each state."""

    lines: tuple[LetterLine, ...]
    counts: Mapping[LetterState, int]
    page: int
    last: int


def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Which letters the viewer reaches with the action."""
    return or_(false(), *(_reach(viewer, scope) for scope in viewer.scopes(action)))


def _reach(viewer: Viewer, scope: Scope) -> ColumnElement[bool]:
    if viewer.is_system:
        return true()
    if scope is Scope.ALL and viewer.place is not None and viewer.place.meeting_id is not None:
        return and_(Letter.dialogue_id == viewer.place.dialogue_id, Letter.listed_under == viewer.place.meeting_id)
    return false()


def letters(viewer: Viewer, states: frozenset[LetterState] = frozenset(LetterState), page: int = 1) -> Letters:
    """The letters of the viewer's meeting in these states, newest first."""
    counts = _counts(viewer)
    last = max(1, -(-sum(counts.get(state, 0) for state in states) // PAGE))
    page = min(max(page, 1), last)
    found = db.session.execute(
        select(
            Letter.id,
            Letter.kind,
            Letter.state,
            Letter.person_id,
            Letter.tries,
            Letter.last_error,
            Letter.owed_at,
            Letter.sent_at,
        )
        .where(visible(viewer, LETTERS_SEE), Letter.state.in_(states))
        .order_by(Letter.owed_at.desc(), Letter.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    names = state().names({row.person_id for row in found if row.person_id})
    lines = tuple(
        LetterLine(
            id=row.id,
            kind=row.kind,
            state=row.state,
            name=names.get(row.person_id, ""),
            tries=row.tries,
            last_error=row.last_error,
            owed_at=row.owed_at,
            sent_at=row.sent_at,
        )
        for row in found
    )
    return Letters(lines=lines, counts=counts, page=page, last=last)


def _counts(viewer: Viewer) -> dict[LetterState, int]:
    counted = (
        select(Letter.state, func.count().label("number")).where(visible(viewer, LETTERS_SEE)).group_by(Letter.state)
    )
    return {row.state: row.number for row in db.session.execute(counted)}


def set_aside(viewer: Viewer) -> int:
    """How many letters of the viewer's meeting wait for somebody to look at them."""
    return _counts(viewer).get(LetterState.SET_ASIDE, 0)


def waiting(viewer: Viewer) -> list[tuple[UUID, LetterKind, LetterState, int, str]]:
    """Letters that have not left, oldest first: id, kind, state, tries, what went wrong; for the operator."""
    rows = db.session.execute(
        select(Letter.id, Letter.kind, Letter.state, Letter.tries, Letter.last_error)
        .where(visible(viewer, LETTERS_SEE), Letter.state.in_(UNSENT | {LetterState.SET_ASIDE}))
        .order_by(Letter.owed_at, Letter.sequence, Letter.id)
    )
    return [(row.id, row.kind, row.state, row.tries, row.last_error) for row in rows]


def message_id_of(letter_id: UUID | None) -> str | None:
    """The Message-ID of a letter that has left, for letters that follow it; None if it has not."""
    sent = select(Letter.message_id).where(Letter.id == letter_id, Letter.state == LetterState.SENT)
    return db.session.execute(sent).scalar_one_or_none()


def has_begun(order_key: str, sequence: int) -> bool:
    """Whether a letter of this order before that sequence has left, or may have."""
    earlier = select(Letter.id).where(Letter.order_key == order_key, Letter.sequence < sequence)
    return (
        db.session.execute(earlier.where(or_(Letter.state == LetterState.SENT, Letter.tries > 0))).first() is not None
    )


def last_left(order_key: str, sequence: int) -> int | None:
    """The sequence of the newest letter of this order before that one, if it has left for certain."""
    earlier = select(Letter.sequence, Letter.state).where(Letter.order_key == order_key, Letter.sequence < sequence)
    tried = earlier.where(or_(Letter.state == LetterState.SENT, Letter.tries > 0))
    newest = db.session.execute(tried.order_by(Letter.sequence.desc(), Letter.owed_at.desc()).limit(1)).first()
    return newest.sequence if newest is not None and newest.state is LetterState.SENT else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastOwed:
    """The newest letter of one kind to a person: when it was owed, and whether it has yet to leave."""

    at: datetime
    waits: bool


def last_owed(viewer: Viewer, kind: LetterKind) -> dict[UUID, LastOwed]:
    """The newest letter of that kind to each person of the viewer's meeting; replaced ones do not count."""
    waits = case((Letter.state.in_(UNSENT | {LetterState.SET_ASIDE}), 1), else_=0)
    rows = db.session.execute(
        select(Letter.person_id, func.max(Letter.owed_at).label("at"), func.max(waits).label("waits"))
        .where(visible(viewer, LETTERS_SEE), Letter.kind == kind, Letter.person_id.is_not(None))
        .where(Letter.state != LetterState.SUPERSEDED)
        .group_by(Letter.person_id)
    )
    return {row.person_id: LastOwed(at=row.at, waits=bool(row.waits)) for row in rows}


_LEFT = (LetterState.SENDING, LetterState.SENT)


def left(letter_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these letters that have left, or are leaving."""
    gone = select(Letter.id).where(Letter.id.in_(letter_ids), Letter.state.in_(_LEFT))
    return frozenset(db.session.execute(gone).scalars())


def left_by_cause(viewer: Viewer, kind: LetterKind) -> dict[str, int]:
    """How many letters of that kind have left in the viewer's meeting, by the hexadecimal id in their debt keys."""
    cause = func.substr(Letter.debt_key, len(kind.value) + 2, 32)
    gone = select(cause.label("cause"), func.count().label("left")).where(
        visible(viewer, LETTERS_SEE), Letter.kind == kind, Letter.state.in_(_LEFT)
    )
    return {row.cause: row.left for row in db.session.execute(gone.group_by(cause))}
