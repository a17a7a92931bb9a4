"""Custom questions and their answers: for filling in, for their readers, and for editing."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.core.keys import queries as keys
from dialogues.core.keys.models import StoredFile
from dialogues.core.keys.queries import Download
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal_text
from dialogues.lib.encryption.names import KeyErased, KeyName, Place
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Meeting, Party, Person
from dialogues.meetings.dialogues.queries.meetings import registration_window
from dialogues.meetings.dialogues.rules.facts import RegistrationWindow
from dialogues.meetings.precedence.queries import order_at, precedence_sort_key
from dialogues.people.participants.models import Participation, Question
from dialogues.people.participants.queries.frame import LIVE, registers
from dialogues.people.participants.queries.visibility import english, person_of, visible
from dialogues.people.participants.rules.kinds import AnswerAudience, QuestionKind
from dialogues.people.questionnaire.models import Answer
from dialogues.people.questionnaire.rules import DEFAULT_RETENTION
from dialogues.policy import (
    ANSWERS_PARTY_SEE,
    ANSWERS_SEE,
    ANSWERS_TRAVEL_SEE,
    NOMINATIONS_SEE,
    PARTICIPANTS_SEE,
    QUESTIONS_EDIT,
    Scope,
)

#: Action that permits reading answers, per audience.
READ_BY = {
    AnswerAudience.OFFICE: ANSWERS_SEE,
    AnswerAudience.OFFICE_AND_FOCAL_POINT: ANSWERS_PARTY_SEE,
    AnswerAudience.LIAISON_DESK: ANSWERS_TRAVEL_SEE,
}


@limits_rows
def readable(viewer: Viewer) -> ColumnElement[bool]:
    """Filter: answers the viewer may read. The statement has to join `Question` and `Participation`.

    Excludes answers of participants the viewer may not see.
    """
    listed = or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE))
    by_audience = (and_(Question.audience == audience, visible(viewer, action)) for audience, action in READ_BY.items())
    return and_(Question.purged_at.is_(None), listed, or_(*by_audience))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """A decrypted answer; `text` is None for files and for answers hidden from the viewer."""

    id: UUID
    asked: Question
    answered_at: datetime
    text: str | None
    media_type: str = ""
    size: int = 0

    @property
    def is_file(self) -> bool:
        return bool(self.media_type)

    @property
    def day(self) -> date | None:
        """The answer as a date; None for other kinds and for hidden answers."""
        return date.fromisoformat(self.text) if self.text and self.asked.kind is QuestionKind.DATE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSheet:
    """The questions for one person with the answers so far; `hidden` lists answers that the viewer may not read."""

    name: str
    asked: Sequence[Question]
    given: Mapping[UUID, GivenAnswer]
    hidden: frozenset[UUID]
    window: RegistrationWindow
    version: int


def answer_sheet(viewer: Viewer, participation_id: UUID | None = None) -> AnswerSheet:
    """Returns the viewer's own answers, or those of a person without an email address whom the viewer registers.

    Answers that the viewer may not read are hidden, but can be replaced.

    :raises NotFound: the viewer does not take part, or does not register that person.
    """
    condition = registers(viewer, participation_id)
    row = or_not_found(
        db.session.execute(
            select(Participation.id, Person.name, Meeting)
            .select_from(Participation)
            .join(Person, person_of())
            .join(Meeting, Meeting.id == Participation.meeting_id)
            .where(condition)
        ).one_or_none()
    )
    questions = asked(row.Meeting.id)
    given = {one.asked.id: one for one in _decrypted_answers(_answers(condition, Participation.id == row.id, LIVE))}
    hidden = hidden_from(viewer, row.id) & frozenset(given)
    return AnswerSheet(
        name=row.name,
        asked=questions,
        given={found: replace(one, text=None) if found in hidden else one for found, one in given.items()},
        hidden=hidden,
        window=registration_window(row.Meeting),
        version=answers_checksum(questions, [(one.asked.id, one.answered_at) for one in given.values()]),
    )


@reading(Purpose.FILTERED_LATER)
def hidden_from(viewer: Viewer, participation_id: UUID) -> frozenset[UUID]:
    """Returns the questions whose answers by this person the viewer may not read."""
    answered = select(Answer.question_id).where(Answer.participation_id == participation_id)
    reads = _answers(Participation.id == participation_id, readable(viewer)).with_only_columns(Question.id)
    return frozenset(db.session.scalars(answered)) - set(db.session.scalars(reads))


def _answers(*condition: ColumnElement[bool]) -> Any:
    return (
        select(Answer, Question, StoredFile.media_type, StoredFile.size)
        .select_from(Answer)
        .join(Question, Question.id == Answer.question_id)
        .join(Participation, Participation.id == Answer.participation_id)
        .outerjoin(StoredFile, StoredFile.id == Answer.file_id)
        .where(*condition)
        .order_by(Question.position, Question.id)
    )


def _decrypted_answers(found: Any) -> list[GivenAnswer]:
    return [one for row in db.session.execute(found) if (one := _decrypt(row)) is not None]


def _decrypt(row: Any) -> GivenAnswer | None:
    """Decrypts an answer; None if its key was erased and the row is about to be deleted."""
    answer = row.Answer
    try:
        text = (
            unseal_text(key_store(), key_of(answer.question_id), place_of(answer), answer.value)
            if answer.value
            else None
        )
    except KeyErased:
        return None
    return GivenAnswer(
        id=answer.id,
        asked=row.Question,
        answered_at=answer.answered_at,
        text=text,
        media_type=row.media_type or "",
        size=row.size or 0,
    )


def place_of(answer: Answer) -> Place:
    """Position of the encrypted value, which is authenticated with it."""
    return Place("question_answer", "value", answer.id, answer.dialogue_id)


def answers_on(viewer: Viewer, participation_id: UUID) -> list[GivenAnswer]:
    """Returns the answers of one person that the viewer may read."""
    return _decrypted_answers(_answers(readable(viewer), Participation.id == participation_id))


def answers_of(
    viewer: Viewer, participation_ids: Any = None
) -> tuple[dict[UUID, str], dict[UUID, dict[UUID, GivenAnswer]]]:
    """Returns, for tables and exports, the question texts and the readable answers by participation and question.

    Uses one statement for any number of people.

    :param participation_ids: limits the result to these participations.
    """
    chosen = Participation.id.in_(participation_ids) if participation_ids is not None else true()
    questions: dict[UUID, str] = {}
    given: dict[UUID, dict[UUID, GivenAnswer]] = defaultdict(dict)
    for row in db.session.execute(_answers(readable(viewer), chosen)):
        one = _decrypt(row)
        if one is not None:
            questions.setdefault(one.asked.id, one.asked.words)
            given[row.Answer.participation_id][one.asked.id] = one
    return questions, dict(given)


def reads_others(viewer: Viewer, audience: AnswerAudience) -> bool:
    """Whether the viewer may read answers of other people for this audience."""
    return bool(viewer.scopes(READ_BY[audience]) & {Scope.ALL, Scope.OWN_PARTY})


def answers_to(viewer: Viewer, question_id: UUID) -> tuple[Question, list[tuple[Any, GivenAnswer]]]:
    """Returns a question and the answers that the viewer may read, each with its person, in order of precedence.

    :raises NotFound: there is no such question, or the viewer may not read answers of others to it.
    """
    question = question_here(viewer, question_id)
    if not reads_others(viewer, question.audience):
        raise NotFound
    rows = db.session.execute(
        _answers(readable(viewer), Question.id == question_id)
        .add_columns(Person.name, Person.native, Party.code.label("party_code"), english().label("party_name"))
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .order_by(None)
        .order_by(
            precedence_sort_key(order_at(viewer.here), Participation.party_id),
            Person.collation,
            Person.name,
            Participation.id,
        )
    )
    return question, [(row, given) for row in rows if (given := _decrypt(row)) is not None]


def answer_file(viewer: Viewer, answer_id: UUID) -> Download:
    """:raises NotFound: there is no such file for this viewer, or it was purged."""
    row = db.session.execute(_answers(readable(viewer), Answer.id == answer_id)).one_or_none()
    if row is None or row.Answer.file_id is None:
        raise NotFound
    try:
        return keys.download(row.Answer.file_id, dialogue_id=row.Answer.dialogue_id)
    except KeyErased:
        raise NotFound from None


def questions(viewer: Viewer) -> list[Any]:
    """Returns (question, number of answers) for everyone who edits the questions of the current meeting."""
    viewer.must(QUESTIONS_EDIT)
    answers = (
        select(func.count())
        .select_from(Answer)
        .join(Participation, Participation.id == Answer.participation_id)
        .where(Answer.question_id == Question.id, visible(viewer, QUESTIONS_EDIT))
        .correlate(Question)
        .scalar_subquery()
    )
    found = select(Question, answers).where(Question.meeting_id == viewer.here)
    return list(db.session.execute(found.order_by(Question.position, Question.id)))


def question(viewer: Viewer, question_id: UUID) -> Any:
    """Returns (question, number of answers).

    :raises NotFound: there is no such question, or the viewer may not edit it.
    """
    return or_not_found(next((row for row in questions(viewer) if row.Question.id == question_id), None))


def question_here(viewer: Viewer, question_id: UUID) -> Question:
    """:raises NotFound: the current meeting has no such question."""
    found = select(Question).where(Question.id == question_id, Question.meeting_id == viewer.here)
    return or_not_found(db.session.scalars(found).one_or_none())


def asked(meeting_id: UUID) -> Sequence[Question]:
    found = select(Question).where(Question.meeting_id == meeting_id, LIVE)
    return db.session.scalars(found.order_by(Question.position, Question.id)).all()


def answers_checksum(questions: Sequence[Question], answered: Iterable[tuple[UUID, datetime]]) -> int:
    """Checksum of questions and answers for optimistic locking."""
    facts = [
        sorted([str(question.id), question.version] for question in questions),
        sorted([str(question_id), at.isoformat()] for question_id, at in answered),
    ]
    return int.from_bytes(hashlib.sha256(json.dumps(facts).encode()).digest()[:6])


def default_purge_day(viewer: Viewer) -> date:
    return db.session.get_one(Meeting, viewer.here).ends_on + DEFAULT_RETENTION


def key_of(question_id: UUID) -> KeyName:
    """Key that encrypts all answers to one question."""
    return KeyName("question_answers", question_id)
