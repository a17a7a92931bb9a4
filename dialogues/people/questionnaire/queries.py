"""Answers to the office's questions: one's own to fill in, and those whose readers the viewer is among."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Viewer
from dialogues.core.keys import queries as keys
from dialogues.core.keys.models import StoredFile
from dialogues.core.keys.queries import Download
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal_text
from dialogues.lib.encryption.names import KeyErased, KeyName, Place
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Meeting, Party, Person
from dialogues.meetings.dialogues.queries.meetings import gathering_of
from dialogues.meetings.dialogues.rules.facts import RegistrationWindow
from dialogues.meetings.precedence.queries import order_at, precedence_sort_key
from dialogues.people.participants.models import Participation, Question
from dialogues.people.participants.queries.frame import LIVE, own_part, part_for
from dialogues.people.participants.queries.visibility import english, person_of, visible
from dialogues.people.participants.rules.kinds import AnswerAudience, QuestionKind
from dialogues.people.questionnaire.models import Answer
from dialogues.people.questionnaire.rules import KEPT_FOR, AskedQuestion, QuestionFacts, stamp
from dialogues.policy import (
    ANSWERS_PARTY_SEE,
    ANSWERS_SEE,
    ANSWERS_TRAVEL_SEE,
    NOMINATIONS_SEE,
    PARTICIPANTS_SEE,
    QUESTIONS_EDIT,
    Scope,
)

#: By which action the answers for each audience are read.
READ_BY = {
    AnswerAudience.OFFICE: ANSWERS_SEE,
    AnswerAudience.OFFICE_AND_FOCAL_POINT: ANSWERS_PARTY_SEE,
    AnswerAudience.LIAISON_DESK: ANSWERS_TRAVEL_SEE,
}


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The answers that the viewer may read, of a statement that joins questions and participations.

    Of whom one may not know that they come, one reads no answers either.
    """
    listed = or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE))
    by_audience = (and_(Question.audience == audience, visible(viewer, action)) for audience, action in READ_BY.items())
    return and_(Question.purged_at.is_(None), listed, or_(*by_audience))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer; `text` is None where it is a file, or not for this viewer to read."""

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
        """The day that was answered; None for what is no date, or not to be read."""
        return date.fromisoformat(self.text) if self.text and self.asked.kind is QuestionKind.DATE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSheet:
    """The questions that are put to one person, what is answered of them, and what is not shown to who fills it in."""

    participation_id: UUID
    name: str
    asked: tuple[AskedQuestion, ...]
    given: Mapping[UUID, GivenAnswer]
    hidden: frozenset[UUID]
    gathering: RegistrationWindow
    version: int


def own_sheet(viewer: Viewer) -> AnswerSheet:
    """The viewer's own answers, all of them.

    :raises Unseen: the viewer does not take part.
    """
    return _sheet(viewer, own_part(viewer))


def sheet_for(viewer: Viewer, participation_id: UUID) -> AnswerSheet:
    """The answers of someone without an address of their own, to be filled in for them.

    What the viewer is not among the readers of can be written anew and is not shown.

    :raises Unseen: there is no such person, or not for this viewer.
    """
    return _sheet(viewer, part_for(viewer, participation_id))


def _sheet(viewer: Viewer, which: ColumnElement[bool]) -> AnswerSheet:
    row = db.session.execute(
        select(Participation.id, Person.name, Meeting)
        .select_from(Participation)
        .join(Person, person_of())
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .where(which)
    ).one_or_none()
    if row is None:
        raise NotFound
    questions = asked(row.Meeting.id)
    given = {one.asked.id: one for one in _given(_answers(Participation.id == row.id, LIVE))}
    hidden = hidden_from(viewer, row.id) & frozenset(given)
    return AnswerSheet(
        participation_id=row.id,
        name=row.name,
        asked=questions,
        given={found: replace(one, text=None) if found in hidden else one for found, one in given.items()},
        hidden=hidden,
        gathering=gathering_of(row.Meeting),
        version=stamp(questions, [(one.asked.id, one.answered_at) for one in given.values()]),
    )


def hidden_from(viewer: Viewer, participation_id: UUID) -> frozenset[UUID]:
    """The questions that this person has answered, and whose answers the viewer may not read."""
    answered = select(Answer.question_id).where(Answer.participation_id == participation_id)
    reads = _answers(Participation.id == participation_id, readable(viewer)).with_only_columns(Question.id)
    return frozenset(db.session.scalars(answered)) - set(db.session.scalars(reads))


def _answers(*which: ColumnElement[bool]) -> Any:
    return (
        select(Answer, Question, StoredFile.media_type, StoredFile.size)
        .select_from(Answer)
        .join(Question, Question.id == Answer.question_id)
        .join(Participation, Participation.id == Answer.participation_id)
        .outerjoin(StoredFile, StoredFile.id == Answer.file_id)
        .where(*which)
        .order_by(Question.position, Question.id)
    )


def _given(found: Any) -> list[GivenAnswer]:
    return [one for row in db.session.execute(found) if (one := _opened(row)) is not None]


def _opened(row: Any) -> GivenAnswer | None:
    """The answer in clear; None when its key is gone already and the rows are about to follow."""
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
        asked=as_asked(row.Question),
        answered_at=answer.answered_at,
        text=text,
        media_type=row.media_type or "",
        size=row.size or 0,
    )


def place_of(answer: Answer) -> Place:
    """Where the sealed value of an answer stands."""
    return Place("question_answer", "value", answer.id, answer.dialogue_id)


def answers_on(viewer: Viewer, participation_id: UUID) -> list[GivenAnswer]:
    """What one person answered, as far as the viewer reads it; nothing tells of the rest."""
    return _given(_answers(readable(viewer), Participation.id == participation_id))


def answers_of(
    viewer: Viewer, participation_ids: Any = None
) -> tuple[dict[UUID, str], dict[UUID, dict[UUID, GivenAnswer]]]:
    """For tables and exports: the words of the questions, and by person and question what the viewer reads.

    One statement, however many people; `participation_ids` narrows it to a few.
    """
    chosen = Participation.id.in_(participation_ids) if participation_ids is not None else true()
    questions: dict[UUID, str] = {}
    given: dict[UUID, dict[UUID, GivenAnswer]] = defaultdict(dict)
    for row in db.session.execute(_answers(readable(viewer), chosen)):
        one = _opened(row)
        if one is not None:
            questions.setdefault(one.asked.id, one.asked.words)
            given[row.Answer.participation_id][one.asked.id] = one
    return questions, dict(given)


def reads_others(viewer: Viewer, audience: AnswerAudience) -> bool:
    """Whether the viewer reads answers for that audience that others gave, and so a table of them."""
    return bool(viewer.scopes(READ_BY[audience]) & {Scope.ALL, Scope.OWN_PARTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One line of the table of a question."""

    participation_id: UUID
    name: str
    native: str
    party_code: str
    party_name: str
    given: GivenAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A question with all its answers that the viewer reads, in the order of the list."""

    asked: AskedQuestion
    is_live: bool
    purged_at: datetime | None
    lines: tuple[Answered, ...]
    tally: tuple[tuple[str, int], ...]


def table(viewer: Viewer, question_id: UUID) -> Table:
    """The answers to one question, for the office and whoever else reads them of others than themself.

    :raises Unseen: there is no such question, or its answers are not for this viewer.
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
    lines = tuple(_answered(row, given) for row in rows if (given := _opened(row)) is not None)
    return Table(
        asked=as_asked(question),
        is_live=question.retired_at is None and question.purged_at is None,
        purged_at=question.purged_at,
        lines=lines,
        tally=_tally(question, lines),
    )


def _answered(row: Any, given: GivenAnswer) -> Answered:
    return Answered(
        participation_id=row.participation_id,
        name=row.name,
        native=row.native,
        party_code=row.party_code,
        party_name=row.party_name or row.party_code,
        given=given,
    )


def _tally(question: Question, lines: tuple[Answered, ...]) -> tuple[tuple[str, int], ...]:
    if question.kind is not QuestionKind.CHOICE:
        return ()
    texts = [line.given.text for line in lines]
    return tuple((choice, texts.count(choice)) for choice in question.choices)


def answer_file(viewer: Viewer, answer_id: UUID) -> Download:
    """The file that someone answered with.

    :raises Unseen: there is none, its time is over, or not for this viewer.
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
class QuestionList:
    """All questions of a meeting: those that are put, in their order, and those that are no longer."""

    live: tuple[QuestionLine, ...]
    past: tuple[QuestionLine, ...]


def questions(viewer: Viewer) -> QuestionList:
    """The questions of the meeting the viewer stands in, for whoever asks them."""
    lines = [_line(question, count) for question, count in _counted(_own(viewer))]
    return QuestionList(
        live=tuple(line for line in lines if line.is_live), past=tuple(line for line in lines if not line.is_live)
    )


def question(viewer: Viewer, question_id: UUID) -> QuestionLine:
    """One question.

    :raises Unseen: there is none, or not for this viewer.
    """
    for found, count in _counted(and_(_own(viewer), Question.id == question_id)):
        return _line(found, count)
    raise NotFound


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


def asked(meeting_id: UUID) -> tuple[AskedQuestion, ...]:
    """The questions that are put to people at that meeting, in their order."""
    found = select(Question).where(Question.meeting_id == meeting_id, LIVE).order_by(Question.position, Question.id)
    return tuple(as_asked(row) for row in db.session.execute(found).scalars())


def as_asked(row: Question) -> AskedQuestion:
    """A question as it is put."""
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


def usual_purge(viewer: Viewer) -> date:
    """The day that is proposed for the purge of answers, for the meeting the viewer stands in."""
    meeting_id = viewer.place.meeting_id if viewer.place else None
    ends_on = db.session.execute(select(Meeting.ends_on).where(Meeting.id == meeting_id)).scalar_one()
    return ends_on + KEPT_FOR


def key_of(question_id: UUID) -> KeyName:
    """The key that seals every answer to one question."""
    return KeyName("question_answers", question_id)
