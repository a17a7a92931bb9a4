"""Writes that other features and event handlers need: copy, move and purge."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from dialogues.core.common.stores import key_store
from dialogues.core.keys.models import StoredFile
from dialogues.core.keys.operations import drop_file
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.people.participants.models import Participation, Question
from dialogues.people.participants.queries.frame import LIVE
from dialogues.people.participants.rules.steps import Step
from dialogues.people.questionnaire.models import Answer
from dialogues.people.questionnaire.queries import key_of
from dialogues.people.questionnaire.rules import QuestionFacts, purge_day


def reopen_questions_step(meeting_id: UUID) -> None:
    """Marks the questions step of everyone at the meeting as not done, because there is something new to answer."""
    participations = select(Participation).where(Participation.meeting_id == meeting_id)
    for participation in db.session.scalars(participations):
        if Step.QUESTIONS.value in participation.steps:
            participation.steps = [step for step in participation.steps if step != Step.QUESTIONS.value]
    db.session.flush()


def copy_questions(model_id: UUID, meeting_id: UUID) -> None:
    """Copies the questions of one meeting to another, without answers and with adjusted purge dates."""
    model, meeting = (db.session.get_one(Meeting, one) for one in (model_id, meeting_id))
    found = select(Question).where(Question.meeting_id == model_id, LIVE).order_by(Question.position, Question.id)
    for position, question in enumerate(db.session.scalars(found).all(), 1):
        purge_on = purge_day(question.purge_on, model.ends_on, meeting.ends_on)
        add_question(meeting, position, replace(facts_of(question), purge_on=purge_on))


def facts_of(question: Question) -> QuestionFacts:
    return QuestionFacts(**{field.name: getattr(question, field.name) for field in fields(QuestionFacts)})


def add_question(meeting: Meeting, position: int, facts: QuestionFacts) -> Question:
    place = {"dialogue_id": meeting.dialogue_id, "meeting_id": meeting.id}
    question = Question(**place, position=position, **asdict(facts))
    db.session.add(question)
    db.session.flush()
    return question


def shift_purge_dates(meeting_id: UUID, by_days: int) -> None:
    """Shifts the purge dates with the meeting. A date outside the allowed retention becomes the default."""
    ends_on = db.session.get_one(Meeting, meeting_id).ends_on
    found = select(Question).where(Question.meeting_id == meeting_id, Question.purged_at.is_(None))
    for question in db.session.scalars(found):
        shifted = question.purge_on + timedelta(days=by_days)
        question.purge_on = purge_day(shifted, ends_on, ends_on)
        question.version += 1
    db.session.flush()


def purge_answers(day: date, now: datetime) -> dict[UUID, dict[str, int]]:
    """Deletes answers whose purge date has come.

    Returns the number of deleted answers per meeting and kind of question, for the certificate of erasure. The key is
    erased first, so an interrupted run leaves only unreadable data, and the next run deletes the rows.
    """
    due = select(Question).where(Question.purge_on <= day, Question.purged_at.is_(None))
    counts: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for question in db.session.scalars(due.order_by(Question.id)).all():
        key_store().erase(key_of(question.id), now=now)
        answers = db.session.scalars(select(Answer).where(Answer.question_id == question.id)).all()
        counts[question.meeting_id][question.kind.value] += len(answers)
        delete_answers(answers)
        question.purged_at = now
    db.session.flush()
    return {meeting: {kind: n for kind, n in found.items() if n} for meeting, found in counts.items()}


def delete_answers(answers: Sequence[Answer]) -> None:
    """Deletes answers with their files."""
    files = [answer.file_id for answer in answers if answer.file_id is not None]
    for answer in answers:
        db.session.delete(answer)
    db.session.flush()
    for row in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(files))).all():
        drop_file(db.session(), row)
