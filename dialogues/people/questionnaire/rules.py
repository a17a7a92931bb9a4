"""What the office may ask beside the usual, what counts as an answer, and until when answers are kept."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import IO, ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.participants.rules.kinds import AnswerAudience, QuestionKind

#: How long answers are kept after the last day of the meeting, unless the office says otherwise, and at most.
KEPT_FOR = timedelta(days=30)
LONGEST_KEPT = timedelta(days=2 * 365)
LEAST_CHOICES, MOST_CHOICES, LONGEST_CHOICE = 2, 20, 100
LONGEST_ANSWER = 2_000
MOST_QUESTIONS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsChanged(DomainEvent):
    """The office asked something, or worded, moved or retired a question; `about` is the question."""

    action: ClassVar[str] = "questions.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsAnswered(ParticipationEvent):
    """Someone's answers to the questions of the office were saved."""

    action: ClassVar[str] = "questions.answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFacts:
    """A question as the office writes it."""

    kind: QuestionKind
    words: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    audience: AnswerAudience = AnswerAudience.OFFICE
    purge_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question that is put to people now, and what an answer to it has to be."""

    id: UUID
    kind: QuestionKind
    words: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    audience: AnswerAudience = AnswerAudience.OFFICE
    purge_on: date
    version: int = 1

    @property
    def field(self) -> str:
        """The name under which a form asks it."""
        return f"q_{self.id.hex}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """What was typed, by question: "" takes an answer away, what is missing leaves it; and files, sent or dropped."""

    texts: Mapping[UUID, str] = field(default_factory=dict)
    files: Mapping[UUID, IO[bytes]] = field(default_factory=dict)
    dropped: Collection[UUID] = ()


def settled(facts: QuestionFacts, ends_on: date) -> QuestionFacts:
    """The question without choices it has no use for.

    :raises Refusal: the choices are too few, too many or twice the same, or the purge comes too soon or too late.
    """
    if facts.kind is QuestionKind.CHOICE:
        _refuse_odd_choices(facts.choices)
    else:
        facts = replace(facts, choices=())
    if facts.purge_on < ends_on:
        raise Refusal(
            N_("The meeting lasts until %(ends)s: keep the answers at least until then."),
            field="purge_on",
            ends=ends_on,
        )
    if facts.purge_on > ends_on + LONGEST_KEPT:
        raise Refusal(
            N_("Answers are kept for two years after the meeting at most: choose a day until %(latest)s."),
            field="purge_on",
            latest=ends_on + LONGEST_KEPT,
        )
    return facts


def _refuse_odd_choices(choices: Sequence[str]) -> None:
    if not LEAST_CHOICES <= len(choices) <= MOST_CHOICES:
        raise Refusal(
            N_("Write two to twenty choices, each on a line of its own: there are %(count)s."),
            field="choices",
            count=len(choices),
        )
    if len({choice.casefold() for choice in choices}) < len(choices):
        raise Refusal(N_("Two of the choices are the same: leave one out."), field="choices")
    if any(len(choice) > LONGEST_CHOICE for choice in choices):
        raise Refusal(
            N_("One of the choices is longer than %(longest)s characters: shorten it."),
            field="choices",
            longest=LONGEST_CHOICE,
        )


def refuse_rewording(was: QuestionFacts, to: QuestionFacts) -> None:
    """Whoever answered did so to these words, for these readers, until that day: only going sooner keeps the promise.

    :raises Refusal: an answered question would be another one, or have other readers, or keep its answers longer.
    """
    if to.kind is not was.kind or to.choices != was.choices:
        raise Refusal(
            N_("This question has answers, so its kind and its choices stay. Retire it, and ask a new one."),
            field="kind" if to.kind is not was.kind else "choices",
        )
    if to.words != was.words:
        raise Refusal(
            N_("This question has answers, so its words stay. Explain it in the hint, or retire it and ask a new one."),
            field="words",
        )
    if to.audience is not was.audience:
        raise Refusal(
            N_("This question has answers, given for those who read them now. Retire it, and ask a new one."),
            field="audience",
        )
    if to.purge_on > was.purge_on:
        raise Refusal(
            N_("People answered knowing that their answers are kept until %(until)s: they can go sooner, not later."),
            field="purge_on",
            until=was.purge_on,
        )


def purge_day(model: date, model_ends: date, ends_on: date) -> date:
    """The day of the purge for a meeting that ends on another day: as long after it, or as long as is usual."""
    kept_for = model - model_ends
    return ends_on + (kept_for if timedelta(0) <= kept_for <= LONGEST_KEPT else KEPT_FOR)


def refuse_odd_answer(asked: AskedQuestion, text: str) -> None:
    """:raises Refusal: this is no answer to the question; the words say what one would be."""
    if asked.kind is QuestionKind.CHOICE and text not in asked.choices:
        raise Refusal(N_("Please choose one of these."), field=asked.field)
    if asked.kind is QuestionKind.DATE and not _is_date(text):
        raise Refusal(N_("Please write a date, as 2027-10-18."), field=asked.field)
    if len(text) > LONGEST_ANSWER:
        raise Refusal(
            N_("This is %(length)s characters long; write at most %(longest)s."),
            field=asked.field,
            length=len(text),
            longest=LONGEST_ANSWER,
        )


def refuse_unanswered(asked: Collection[AskedQuestion], answered: Collection[UUID]) -> None:
    """:raises Refusal: a question that needs an answer would be left without one."""
    for one in asked:
        if one.required and one.id not in answered:
            raise Refusal(N_("The office needs an answer to this."), field=one.field)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def stamp(asked: Collection[AskedQuestion], answered: Collection[tuple[UUID, datetime]]) -> int:
    """A number for questions and answers as they stand: another wording, reader or answer gives another number."""
    facts = [
        sorted([str(one.id), one.version] for one in asked),
        sorted([str(i), at.isoformat()] for i, at in answered),
    ]
    return int.from_bytes(hashlib.sha256(json.dumps(facts).encode()).digest()[:6])
