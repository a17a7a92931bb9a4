"""What the office does with its questions: ask, word anew, move, retire."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from dialogues.common.refusal import N_, Refusal, Unseen, refuse_stale
from dialogues.common.transaction import Change, transaction
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.models import Meeting
from dialogues.participants.models import Answer, Question
from dialogues.participants.posting.answers import ask_again
from dialogues.participants.queries.questioning import LIVE, facts_of
from dialogues.participants.rules.questions import (
    MOST_QUESTIONS,
    QuestionFacts,
    QuestionsChanged,
    refuse_rewording,
    settled,
)
from dialogues.policy import QUESTIONS_EDIT


def add_question(viewer: Viewer, facts: QuestionFacts, *, now: datetime) -> None:
    """Ask everyone who registers one more thing, after all that is asked already; sent twice, it is asked once.

    :raises Refusal: the question is odd, is asked already in other terms, or is one too many.
    """
    with transaction(viewer, QUESTIONS_EDIT) as change:
        meeting = _meeting(change)
        facts = settled(facts, meeting.ends_on)
        live = _live(meeting.id)
        twin = next((one for one in live if one.words.casefold() == facts.words.casefold()), None)
        if twin is not None and facts_of(twin) == facts:
            return
        if twin is not None:
            raise Refusal(N_("This is asked already, as question %(number)s."), field="words", number=twin.position)
        if len(live) >= MOST_QUESTIONS:
            raise Refusal(N_("There are %(most)s questions: retire one before you ask more."), most=MOST_QUESTIONS)
        question = Question(dialogue_id=meeting.dialogue_id, meeting_id=meeting.id, position=len(live) + 1)
        _write(question, facts)
        db.session.add(question)
        db.session.flush()
        ask_again(meeting.id)
        _say(change, question, now)


def edit_question(viewer: Viewer, question_id: UUID, facts: QuestionFacts, *, version: int, now: datetime) -> None:
    """Word a question anew; once there are answers, only what changes nothing for those who gave them.

    :raises Refusal: the question is odd, is retired, has answers that its new terms break, or someone saved a change.
    """
    with transaction(viewer, QUESTIONS_EDIT) as change:
        question = _question(change, question_id)
        _refuse_retired(question)
        refuse_stale(question.version, version)
        facts = settled(facts, _meeting(change).ends_on)
        was = facts_of(question)
        if facts == was:
            return
        if _has_answers(question_id):
            refuse_rewording(was, facts)
        twins = (one for one in _live(question.meeting_id) if one.id != question_id)
        if any(one.words.casefold() == facts.words.casefold() for one in twins):
            raise Refusal(N_("Another question asks this already."), field="words")
        _write(question, facts)
        question.version += 1
        if facts.required and not was.required:
            ask_again(question.meeting_id)
        _say(change, question, now)


def move_question(viewer: Viewer, question_id: UUID, *, by: int, stood: int, now: datetime) -> None:
    """Move a question one place up (-1) or down (1), unless it no longer stands where the page showed it."""
    with transaction(viewer, QUESTIONS_EDIT) as change:
        question = _question(change, question_id)
        live = _live(question.meeting_id)
        there = stood - 1 + by
        if question not in live or question.position != stood or not 0 <= there < len(live):
            return
        live.remove(question)
        live.insert(there, question)
        _number(live)
        _say(change, question, now)


def retire_question(viewer: Viewer, question_id: UUID, *, now: datetime) -> None:
    """Ask it no more; the answers that there are stay with those who read them until their purge."""
    with transaction(viewer, QUESTIONS_EDIT) as change:
        question = _question(change, question_id)
        if question.retired_at is not None:
            return
        question.retired_at = now
        question.version += 1
        db.session.flush()
        _number(_live(question.meeting_id))
        _say(change, question, now)


def _meeting(change: Change) -> Meeting:
    place = change.viewer.place
    if place is None or place.meeting_id is None:
        raise Unseen
    return db.session.get_one(Meeting, place.meeting_id)


def _question(change: Change, question_id: UUID) -> Question:
    question = db.session.get(Question, question_id)
    place = change.viewer.place
    if question is None or place is None or question.meeting_id != place.meeting_id:
        raise Unseen
    return question


def _refuse_retired(question: Question) -> None:
    if question.retired_at is not None or question.purged_at is not None:
        raise Refusal(N_("This question is no longer asked: ask a new one."))


def _live(meeting_id: UUID) -> list[Question]:
    found = select(Question).where(Question.meeting_id == meeting_id, LIVE).order_by(Question.position, Question.id)
    return list(db.session.scalars(found))


def _has_answers(question_id: UUID) -> bool:
    count = select(func.count()).select_from(Answer).where(Answer.question_id == question_id)
    return db.session.execute(count).scalar_one() > 0


def _number(live: list[Question]) -> None:
    for position, question in enumerate(live, 1):
        question.position = position


def _write(question: Question, facts: QuestionFacts) -> None:
    question.kind, question.words, question.hint = facts.kind, facts.words, facts.hint
    question.choices, question.required = list(facts.choices), facts.required
    question.audience, question.purge_on = facts.audience, facts.purge_on


def _say(change: Change, question: Question, now: datetime) -> None:
    change.happened(
        QuestionsChanged(about=question.id, dialogue_id=question.dialogue_id, meeting_id=question.meeting_id, at=now)
    )
