"""Editing custom questions, and saving answers to them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import exists, select

from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.core.keys.models import StoredFile
from dialogues.core.keys.operations import drop_file, store_file
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal_text, unseal_text
from dialogues.lib.encryption.stored_files import read_within
from dialogues.lib.media_types import media_type_of
from dialogues.lib.pictures import without_traces
from dialogues.lib.refusal import N_, Refusal, or_not_found, refuse_stale
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.operations import current_meeting
from dialogues.meetings.dialogues.queries.meetings import registration_window
from dialogues.people.participants.models import Participation, Question
from dialogues.people.participants.queries.frame import registers
from dialogues.people.participants.queries.visibility import person_of
from dialogues.people.participants.rules.kinds import QuestionKind
from dialogues.people.participants.rules.steps import Step, with_saved
from dialogues.people.questionnaire import operations
from dialogues.people.questionnaire.models import Answer
from dialogues.people.questionnaire.queries import answers_checksum, asked, hidden_from, key_of, place_of, question_here
from dialogues.people.questionnaire.rules import (
    MOST_QUESTIONS,
    QuestionFacts,
    QuestionsAnswered,
    QuestionsChanged,
    Replies,
    refuse_invalid_answer,
    refuse_rewording,
    validated,
)
from dialogues.policy import QUESTIONS_EDIT, REGISTRATION_FOR, REGISTRATION_OWN


def add_question(viewer: Viewer, facts: QuestionFacts, *, now: datetime) -> None:
    """Adds a question at the end of the list. Idempotent: adding an identical question again has no effect.

    :raises Refusal: the question is invalid, another question has the same text, or there are too many questions.
    """
    with transaction(viewer, QUESTIONS_EDIT) as change:
        meeting = current_meeting(change)
        facts = validated(facts, meeting.ends_on)
        live = asked(meeting.id)
        duplicate = next((one for one in live if one.words.casefold() == facts.words.casefold()), None)
        if duplicate is not None and operations.facts_of(duplicate) == facts:
            return
        if duplicate is not None:
            raise Refusal(
                N_("This is asked already, as question %(number)s."), field="words", number=duplicate.position
            )
        if len(live) >= MOST_QUESTIONS:
            raise Refusal(N_("There are %(most)s questions: retire one before you ask more."), most=MOST_QUESTIONS)
        question = operations.add_question(meeting, len(live) + 1, facts)
        operations.reopen_questions_step(meeting.id)
        _record_change(change, question, now)


def edit_question(viewer: Viewer, question_id: UUID, facts: QuestionFacts, *, version: int, now: datetime) -> None:
    """Edits a question. If it has answers, only changes that do not affect them are allowed.

    :raises Refusal: the question is invalid or retired, has the same text as another one, changed meanwhile, or the
        edit would affect its answers.
    """
    with transaction(viewer, QUESTIONS_EDIT) as change:
        question = question_here(change.viewer, question_id)
        if not question.is_live:
            raise Refusal(N_("This question is no longer asked: ask a new one."))
        refuse_stale(question.version, version)
        facts = validated(facts, current_meeting(change).ends_on)
        current = operations.facts_of(question)
        if facts == current:
            return
        if db.session.scalar(select(exists().where(Answer.question_id == question_id))):
            refuse_rewording(current, facts)
        others = (one for one in asked(question.meeting_id) if one.id != question_id)
        if any(one.words.casefold() == facts.words.casefold() for one in others):
            raise Refusal(N_("Another question asks this already."), field="words")
        for column, value in asdict(facts).items():
            setattr(question, column, value)
        question.version += 1
        if facts.required and not current.required:
            operations.reopen_questions_step(question.meeting_id)
        _record_change(change, question, now)


def move_question(viewer: Viewer, question_id: UUID, *, by: int, shown_position: int, now: datetime) -> None:
    """Moves a question up (`by=-1`) or down (`by=1`), unless it has moved since the page was shown."""
    with transaction(viewer, QUESTIONS_EDIT) as change:
        question = question_here(change.viewer, question_id)
        live = list(asked(question.meeting_id))
        target = shown_position - 1 + by
        if question not in live or question.position != shown_position or not 0 <= target < len(live):
            return
        live.remove(question)
        live.insert(target, question)
        _renumber(live)
        _record_change(change, question, now)


def retire_question(viewer: Viewer, question_id: UUID, *, now: datetime) -> None:
    """Retires a question. Existing answers stay readable until their purge date."""
    with transaction(viewer, QUESTIONS_EDIT) as change:
        question = question_here(change.viewer, question_id)
        if question.retired_at is not None:
            return
        question.retired_at = now
        question.version += 1
        db.session.flush()
        _renumber(asked(question.meeting_id))
        _record_change(change, question, now)


def _renumber(live: Sequence[Question]) -> None:
    for position, question in enumerate(live, 1):
        question.position = position


def _record_change(change: Change, question: Question, now: datetime) -> None:
    change.record(
        QuestionsChanged(about=question.id, dialogue_id=question.dialogue_id, meeting_id=question.meeting_id, at=now)
    )


def answer_questions(
    viewer: Viewer, replies: Replies, *, version: int, limit: int, now: datetime, for_whom: UUID | None = None
) -> None:
    """Saves answers of the viewer, or of the person the viewer registers.

    Idempotent: sending the same form again has no effect.

    :param version: the checksum of questions and answers that the page showed.
    :param limit: largest size of a file, in bytes.
    :param for_whom: participation of a person whom the viewer registers; None for the viewer.
    :raises NotFound: there is no such registration for this viewer.
    :raises Refusal: registration is closed, a required answer is missing, an answer or file is invalid, or questions or
        answers changed meanwhile.
    """
    with transaction(viewer, REGISTRATION_FOR if for_whom else REGISTRATION_OWN) as change:
        own = select(Participation).join(Person, person_of()).where(registers(change.viewer, for_whom))
        participation = or_not_found(db.session.scalars(own).one_or_none())
        if not registration_window(current_meeting(change)).is_open(now):
            raise Refusal(N_("Registration is closed: write to the office about what has changed."))
        questions = asked(participation.meeting_id)
        existing = _answers(participation, questions)
        seen = answers_checksum(questions, [(one, answer.answered_at) for one, answer in existing.items()])
        # A hidden answer is always replaced, because skipping an equal text would confirm a guess.
        hidden = hidden_from(change.viewer, participation.id)
        texts = {
            one: text
            for one, text in _valid_texts(questions, replies)
            if one.id in hidden or _is_changed(existing.get(one.id), text)
        }
        files = {
            one: sent
            for one, sent in _files(questions, replies)
            if one.id in hidden or _is_changed_file(existing.get(one.id), one, sent, limit)
        }
        dropped = {one for one in questions if one.id in replies.dropped and one.id in existing and one not in files}
        if texts or files or dropped:
            refuse_stale(seen, version)
        elif Step.QUESTIONS.value in participation.steps:
            return
        for one in dropped | {one for one, text in texts.items() if not text}:
            if one.id in existing:
                operations.delete_answers([existing.pop(one.id)])
        for one, text in texts.items():
            if text:
                answer = existing.setdefault(one.id, _new_answer(participation, one, now))
                _replace_text(answer, text, now)
        for one, file in files.items():
            answer = existing.setdefault(one.id, _new_answer(participation, one, now))
            with _refusals_at(one):
                _replace_file(answer, file, limit, now)
        _refuse_missing(questions, existing)
        participation.steps = with_saved(participation.steps, Step.QUESTIONS)
        change.record(QuestionsAnswered.of(participation, now))


def _refuse_missing(questions: Sequence[Question], existing: Mapping[UUID, Answer]) -> None:
    missing = next((one for one in questions if one.required and one.id not in existing), None)
    if missing is not None:
        raise Refusal(N_("The office needs an answer to this."), field=missing.field)


def _answers(participation: Participation, questions: Sequence[Question]) -> dict[UUID, Answer]:
    found = select(Answer).where(
        Answer.participation_id == participation.id, Answer.question_id.in_([one.id for one in questions])
    )
    return {answer.question_id: answer for answer in db.session.scalars(found)}


def _valid_texts(questions: Sequence[Question], replies: Replies) -> list[tuple[Question, str]]:
    typed = [(one, replies.texts[one.id]) for one in questions if one.id in replies.texts]
    found = [(one, text) for one, text in typed if one.kind is not QuestionKind.FILE]
    for one, text in found:
        if text:
            with _refusals_at(one):
                refuse_invalid_answer(one.kind, one.choices, text)
    return found


def _files(questions: Sequence[Question], replies: Replies) -> list[tuple[Question, IO[bytes]]]:
    sent = [(one, replies.files[one.id]) for one in questions if one.id in replies.files]
    return [(one, file) for one, file in sent if one.kind is QuestionKind.FILE]


def _is_changed(existing: Answer | None, text: str) -> bool:
    if existing is None or existing.value is None:
        return bool(text)
    return text != unseal_text(key_store(), key_of(existing.question_id), place_of(existing), existing.value)


def _is_changed_file(existing: Answer | None, one: Question, sent: IO[bytes], limit: int) -> bool:
    """Whether the file differs from the stored one, which has no picture metadata."""
    with _refusals_at(one):
        content = read_within(sent, limit)
        sent.seek(0)
        if existing is None or existing.file_id is None:
            return True
        as_stored = without_traces(media_type_of(content), content)
    return db.session.get_one(StoredFile, existing.file_id).sha256 != hashlib.sha256(as_stored).hexdigest()


@contextmanager
def _refusals_at(one: Question) -> Iterator[None]:
    """Attaches a refusal to the field of its question."""
    try:
        yield
    except Refusal as refusal:
        raise Refusal(refusal.message, field=one.field, **refusal.facts) from refusal


def _new_answer(participation: Participation, question: Question, now: datetime) -> Answer:
    place = {"dialogue_id": participation.dialogue_id, "participation_id": participation.id}
    return Answer(id=uuid4(), **place, question_id=question.id, answered_at=now)


def _replace_text(answer: Answer, text: str, now: datetime) -> None:
    answer.value = seal_text(key_store(), key_of(answer.question_id), place_of(answer), text)
    answer.answered_at = now
    db.session.add(answer)


def _replace_file(answer: Answer, sent: IO[bytes], limit: int, now: datetime) -> None:
    key, dialogue_id = key_of(answer.question_id), answer.dialogue_id
    stored = store_file(db.session(), sent, key=key, dialogue_id=dialogue_id, limit=limit, now=now)
    previous_file, answer.file_id, answer.answered_at = answer.file_id, stored.id, now
    db.session.add(answer)
    db.session.flush()
    if previous_file is not None:
        drop_file(db.session(), db.session.get_one(StoredFile, previous_file))
