"""Answers to the office's questions: one's own to fill in, and those whose readers the viewer is among."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true

from dialogues.common.refusal import Unseen
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.keys import queries as keys
from dialogues.keys.envelope import unseal_text
from dialogues.keys.installed import key_store
from dialogues.keys.models import StoredFile
from dialogues.keys.queries import Download
from dialogues.keys.rules import KeyErased, Place
from dialogues.meetings.models import Meeting, Party, Person
from dialogues.meetings.queries import order_at, standing
from dialogues.participants.models import Answer, Participation, Question
from dialogues.participants.queries.questioning import LIVE, as_asked, asked, key_of
from dialogues.participants.queries.registration import gathering_of, registered_by_others
from dialogues.participants.queries.visibility import english, person_of, visible
from dialogues.participants.rules import AnswerAudience, Gathering, ParticipationStatus, QuestionKind
from dialogues.participants.rules.questions import Asked, stamp
from dialogues.policy import (
    ANSWERS_PARTY_SEE,
    ANSWERS_SEE,
    ANSWERS_TRAVEL_SEE,
    NOMINATIONS_SEE,
    PARTICIPANTS_SEE,
    REGISTRATION_OWN,
    Scope,
)

#: By which action the answers for each audience are read.
READ_BY = {
    AnswerAudience.OFFICE: ANSWERS_SEE,
    AnswerAudience.OFFICE_AND_FOCAL_POINT: ANSWERS_PARTY_SEE,
    AnswerAudience.TRAVEL_DESK: ANSWERS_TRAVEL_SEE,
}


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The answers that the viewer may read, of a statement that joins questions and participations.

    Of whom one may not know that they come, one reads no answers either.
    """
    listed = or_(visible(viewer, PARTICIPANTS_SEE), visible(viewer, NOMINATIONS_SEE))
    by_audience = (and_(Question.audience == audience, visible(viewer, action)) for audience, action in READ_BY.items())
    return and_(Question.purged_at.is_(None), listed, or_(*by_audience))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer; `text` is None where it is a file, or not for this viewer to read."""

    id: UUID
    asked: Asked
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
class Sheet:
    """The questions that are put to one person, what is answered of them, and what is not shown to who fills it in."""

    participation_id: UUID
    name: str
    asked: tuple[Asked, ...]
    given: Mapping[UUID, Given]
    hidden: frozenset[UUID]
    gathering: Gathering
    version: int


def own_sheet(viewer: Viewer) -> Sheet:
    """The viewer's own answers, all of them.

    :raises Unseen: the viewer does not take part.
    """
    return _sheet(viewer, own_part(viewer))


def sheet_for(viewer: Viewer, participation_id: UUID) -> Sheet:
    """The answers of someone without an address of their own, to be filled in for them.

    What the viewer is not among the readers of can be written anew and is not shown.

    :raises Unseen: there is no such person, or not for this viewer.
    """
    return _sheet(viewer, part_for(viewer, participation_id))


def own_part(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer's own participation, once they have accepted."""
    return and_(visible(viewer, REGISTRATION_OWN), Participation.status == ParticipationStatus.CONFIRMED)


def part_for(viewer: Viewer, participation_id: UUID) -> ColumnElement[bool]:
    """The participation that the viewer fills in for someone who has no address and signs in nowhere."""
    return and_(registered_by_others(viewer), Participation.id == participation_id)


def _sheet(viewer: Viewer, which: ColumnElement[bool]) -> Sheet:
    row = db.session.execute(
        select(Participation.id, Person.name, Meeting)
        .select_from(Participation)
        .join(Person, person_of())
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .where(which)
    ).one_or_none()
    if row is None:
        raise Unseen
    questions = asked(row.Meeting.id)
    given = {one.asked.id: one for one in _given(_answers(Participation.id == row.id, LIVE))}
    hidden = hidden_from(viewer, row.id) & frozenset(given)
    return Sheet(
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


def _given(found: Any) -> list[Given]:
    return [one for row in db.session.execute(found) if (one := _opened(row)) is not None]


def _opened(row: Any) -> Given | None:
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
    return Given(
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


def answers_on(viewer: Viewer, participation_id: UUID) -> list[Given]:
    """What one person answered, as far as the viewer reads it; nothing tells of the rest."""
    return _given(_answers(readable(viewer), Participation.id == participation_id))


def answers_of(viewer: Viewer, participation_ids: Any = None) -> tuple[dict[UUID, str], dict[UUID, dict[UUID, Given]]]:
    """For tables and exports: the words of the questions, and by person and question what the viewer reads.

    One statement, however many people; `participation_ids` narrows it to a few.
    """
    chosen = Participation.id.in_(participation_ids) if participation_ids is not None else true()
    questions: dict[UUID, str] = {}
    given: dict[UUID, dict[UUID, Given]] = defaultdict(dict)
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
    given: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A question with all its answers that the viewer reads, in the order of the list."""

    asked: Asked
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
        raise Unseen
    if not reads_others(viewer, question.audience):
        raise Unseen
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
            standing(order_at(place.meeting_id), Participation.party_id),
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


def _answered(row: Any, given: Given) -> Answered:
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
        raise Unseen
    try:
        return keys.download(row.Answer.file_id, dialogue_id=row.Answer.dialogue_id)
    except KeyErased:
        raise Unseen from None
