"""The questions of a meeting: as the office keeps them, and as they are put to people now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, select

from dialogues.common.refusal import Unseen
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.keys.rules import KeyName
from dialogues.meetings.models import Meeting
from dialogues.participants.models import Answer, Question
from dialogues.participants.rules.questions import KEPT_FOR, Asked, QuestionFacts
from dialogues.policy import QUESTIONS_EDIT

#: A question that is put to people: neither retired nor past its purge.
LIVE = and_(Question.retired_at.is_(None), Question.purged_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """A question as the office keeps it, and how many have answered."""

    id: UUID
    position: int
    facts: QuestionFacts
    answers: int
    purged_at: datetime | None
    retired_at: datetime | None
    version: int

    @property
    def is_live(self) -> bool:
        return self.retired_at is None and self.purged_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """All questions of a meeting: those that are put, in their order, and those that are no longer."""

    live: tuple[QuestionLine, ...]
    past: tuple[QuestionLine, ...]


def questions(viewer: Viewer) -> Asking:
    """The questions of the meeting the viewer stands in, for whoever asks them."""
    lines = [_line(question, count) for question, count in _counted(_own(viewer))]
    return Asking(
        live=tuple(line for line in lines if line.is_live), past=tuple(line for line in lines if not line.is_live)
    )


def question(viewer: Viewer, question_id: UUID) -> QuestionLine:
    """One question.

    :raises Unseen: there is none, or not for this viewer.
    """
    for found, count in _counted(and_(_own(viewer), Question.id == question_id)):
        return _line(found, count)
    raise Unseen


def _own(viewer: Viewer) -> ColumnElement[bool]:
    place = viewer.place
    if place is None or place.meeting_id is None or not viewer.may(QUESTIONS_EDIT):
        return false()
    return Question.meeting_id == place.meeting_id


def _counted(which: ColumnElement[bool]) -> list[Any]:
    answers = select(func.count()).where(Answer.question_id == Question.id).correlate(Question).scalar_subquery()
    found = select(Question, answers).where(which).order_by(Question.position, Question.id)
    return list(db.session.execute(found).all())


def _line(row: Question, answers: int) -> QuestionLine:
    return QuestionLine(
        id=row.id,
        position=row.position,
        facts=facts_of(row),
        answers=answers,
        purged_at=row.purged_at,
        retired_at=row.retired_at,
        version=row.version,
    )


def facts_of(row: Question) -> QuestionFacts:
    """A question as it was written."""
    return QuestionFacts(
        kind=row.kind,
        words=row.words,
        hint=row.hint,
        choices=tuple(row.choices),
        required=row.required,
        audience=row.audience,
        purge_on=row.purge_on,
    )


def asked(meeting_id: UUID) -> tuple[Asked, ...]:
    """The questions that are put to people at that meeting, in their order."""
    found = select(Question).where(Question.meeting_id == meeting_id, LIVE).order_by(Question.position, Question.id)
    return tuple(as_asked(row) for row in db.session.execute(found).scalars())


def as_asked(row: Question) -> Asked:
    """A question as it is put."""
    return Asked(
        id=row.id,
        kind=row.kind,
        words=row.words,
        hint=row.hint,
        choices=tuple(row.choices),
        required=row.required,
        audience=row.audience,
        purge_on=row.purge_on,
        version=row.version,
    )


def usual_purge(viewer: Viewer) -> date:
    """The day that is proposed for the purge of answers, for the meeting the viewer stands in."""
    meeting_id = viewer.place.meeting_id if viewer.place else None
    ends_on = db.session.execute(select(Meeting.ends_on).where(Meeting.id == meeting_id)).scalar_one()
    return ends_on + KEPT_FOR


def key_of(question_id: UUID) -> KeyName:
    """The key that seals every answer to one question."""
    return KeyName("question_answers", question_id)
