"""Custom questions and their answers: for filling in, for their readers, and for editing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

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
from dialogues.meetings.dialogues.queries.meetings import gathering_of
from dialogues.meetings.dialogues.rules.facts import RegistrationWindow
from dialogues.meetings.precedence.queries import order_at, precedence_sort_key
from dialogues.people.participants.models import Participation, Question
from dialogues.people.participants.queries.frame import LIVE, own_part, part_for
from dialogues.people.participants.queries.visibility import english, person_of, visible
from dialogues.people.participants.rules.kinds import AnswerAudience, QuestionKind
from dialogues.people.questionnaire.models import Answer
from dialogues.people.questionnaire.rules import DEFAULT_RETENTION, AskedQuestion, QuestionFacts, answers_checksum
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
    asked: AskedQuestion
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

    participation_id: UUID
    name: str
    asked: tuple[AskedQuestion, ...]
    given: Mapping[UUID, GivenAnswer]
    hidden: frozenset[UUID]
    gathering: RegistrationWindow
    version: int


def own_sheet(viewer: Viewer) -> AnswerSheet:
    """Returns the viewer's own answers.

    :raises NotFound: the viewer does not take part.
    """
    return _sheet(viewer, own_part(viewer))


def sheet_for(viewer: Viewer, participation_id: UUID) -> AnswerSheet:
    """Returns the sheet of a person without an email address, for the viewer who registers them.

    Answers that the viewer may not read are hidden, but can be replaced.

    :raises NotFound: there is no such person for this viewer.
    """
    return _sheet(viewer, part_for(viewer, participation_id))


def _sheet(viewer: Viewer, condition: ColumnElement[bool]) -> AnswerSheet:
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
        participation_id=row.id,
        name=row.name,
        asked=questions,
        given={found: replace(one, text=None) if found in hidden else one for found, one in given.items()},
        hidden=hidden,
        gathering=gathering_of(row.Meeting),
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
        asked=_asked_question(row.Question),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One row in the table of answers to a question."""

    participation_id: UUID
    name: str
    native: str
    party_code: str
    party_name: str
    given: GivenAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTable:
    """A question with the answers that the viewer may read, in order of precedence.

    `tally` counts each choice; it is empty for other kinds of questions.
    """

    asked: AskedQuestion
    is_live: bool
    purged_at: datetime | None
    lines: tuple[AnswerRow, ...]
    tally: tuple[tuple[str, int], ...]


def answer_table(viewer: Viewer, question_id: UUID) -> AnswerTable:
    """Returns the answers to one question.

    :raises NotFound: there is no such question, or the viewer may not read answers of others to it.
    """
    place = viewer.place
    question = db.session.get(Question, question_id)
    if question is None or place is None or question.meeting_id != place.meeting_id:
        raise NotFound
    if not reads_others(viewer, question.audience):
        raise NotFound
    rows = db.session.execute(
        _answers(readable(viewer), Question.id == question_id)
        .add_columns(
            Participation.id.label("participation_id"),
            Person.name,
            Person.native,
            Party.code.label("party_code"),
            english().label("party_name"),
        )
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .order_by(None)
        .order_by(
            precedence_sort_key(order_at(place.meeting_id), Participation.party_id),
            Person.collation,
            Person.name,
            Participation.id,
        )
    )
    lines = tuple(_answer_row(row, given) for row in rows if (given := _decrypt(row)) is not None)
    return AnswerTable(
        asked=_asked_question(question),
        is_live=question.retired_at is None and question.purged_at is None,
        purged_at=question.purged_at,
        lines=lines,
        tally=_tally(question, lines),
    )


def _answer_row(row: Any, given: GivenAnswer) -> AnswerRow:
    return AnswerRow(
        participation_id=row.participation_id,
        name=row.name,
        native=row.native,
        party_code=row.party_code,
        party_name=row.party_name or row.party_code,
        given=given,
    )


def _tally(question: Question, lines: tuple[AnswerRow, ...]) -> tuple[tuple[str, int], ...]:
    if question.kind is not QuestionKind.CHOICE:
        return ()
    texts = [line.given.text for line in lines]
    return tuple((choice, texts.count(choice)) for choice in question.choices)


def answer_file(viewer: Viewer, answer_id: UUID) -> Download:
    """Returns the file of an answer.

    :raises NotFound: there is no such file for this viewer, or it was purged.
    """
    row = db.session.execute(_answers(readable(viewer), Answer.id == answer_id)).one_or_none()
    if row is None or row.Answer.file_id is None:
        raise NotFound
    try:
        return keys.download(row.Answer.file_id, dialogue_id=row.Answer.dialogue_id)
    except KeyErased:
        raise NotFound from None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """A question for the editing page, with the number of its answers."""

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
class QuestionList:
    """The questions of a meeting, divided into current and former ones."""

    live: tuple[QuestionLine, ...]
    past: tuple[QuestionLine, ...]


def questions(viewer: Viewer) -> QuestionList:
    """Returns the questions of the viewer's meeting; empty unless the viewer may edit them."""
    lines = [_line(question, count) for question, count in _counted(viewer, _editable(viewer))]
    return QuestionList(
        live=tuple(line for line in lines if line.is_live), past=tuple(line for line in lines if not line.is_live)
    )


def question(viewer: Viewer, question_id: UUID) -> QuestionLine:
    """Returns one question for editing.

    :raises NotFound: there is no such question, or the viewer may not edit it.
    """
    for found, count in _counted(viewer, and_(_editable(viewer), Question.id == question_id)):
        return _line(found, count)
    raise NotFound


def _editable(viewer: Viewer) -> ColumnElement[bool]:
    place = viewer.place
    if place is None or place.meeting_id is None or not viewer.may(QUESTIONS_EDIT):
        return false()
    return Question.meeting_id == place.meeting_id


def _counted(viewer: Viewer, condition: ColumnElement[bool]) -> list[Any]:
    answers = (
        select(func.count())
        .select_from(Answer)
        .join(Participation, Participation.id == Answer.participation_id)
        .where(Answer.question_id == Question.id, visible(viewer, QUESTIONS_EDIT))
        .correlate(Question)
        .scalar_subquery()
    )
    found = select(Question, answers).where(condition).order_by(Question.position, Question.id)
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
    return QuestionFacts(
        kind=row.kind,
        words=row.words,
        hint=row.hint,
        choices=tuple(row.choices),
        required=row.required,
        audience=row.audience,
        purge_on=row.purge_on,
    )


def asked(meeting_id: UUID) -> tuple[AskedQuestion, ...]:
    """Returns the current questions of a meeting in their order."""
    found = select(Question).where(Question.meeting_id == meeting_id, LIVE).order_by(Question.position, Question.id)
    return tuple(_asked_question(row) for row in db.session.execute(found).scalars())


def _asked_question(row: Question) -> AskedQuestion:
    return AskedQuestion(
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


def default_purge_day(viewer: Viewer) -> date:
    """Returns the default purge date for the viewer's meeting."""
    meeting_id = viewer.meeting_id
    ends_on = db.session.execute(select(Meeting.ends_on).where(Meeting.id == meeting_id)).scalar_one()
    return ends_on + DEFAULT_RETENTION


def key_of(question_id: UUID) -> KeyName:
    """Key that encrypts all answers to one question."""
    return KeyName("question_answers", question_id)
