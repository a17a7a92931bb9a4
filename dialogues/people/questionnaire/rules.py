"""Rules for custom questions, their answers, and how long answers are kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import IO, ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.participants.rules.kinds import AnswerAudience, QuestionKind

#: Default and longest retention of answers, counted from the last day of the meeting.
DEFAULT_RETENTION = timedelta(days=30)
MAX_RETENTION = timedelta(days=2 * 365)
LEAST_CHOICES, MOST_CHOICES, LONGEST_CHOICE = 2, 20, 100
LONGEST_ANSWER = 2_000
MOST_QUESTIONS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsChanged(DomainEvent):
    """A question was added, edited, moved or retired; `about` is the question."""

    action: ClassVar[str] = "questions.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsAnswered(ParticipationEvent):
    """A person's answers to the custom questions were saved."""

    action: ClassVar[str] = "questions.answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFacts:
    """A question as the coordinator enters it."""

    kind: QuestionKind
    words: str
    hint: str = ""
    choices: list[str] = field(default_factory=list)
    required: bool = False
    audience: AnswerAudience = AnswerAudience.OFFICE
    purge_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Submitted answers by question id.

    An empty text deletes the answer; a missing question leaves its answer unchanged. `dropped` lists files to delete.
    """

    texts: Mapping[UUID, str] = field(default_factory=dict)
    files: Mapping[UUID, IO[bytes]] = field(default_factory=dict)
    dropped: Collection[UUID] = ()


def validated(facts: QuestionFacts, ends_on: date) -> QuestionFacts:
    """Returns the question, without choices unless its kind needs them.

    :raises Refusal: there are too few, too many, too long or repeated choices, or the retention is too short or too
        long.
    """
    if facts.kind is QuestionKind.CHOICE:
        _refuse_invalid_choices(facts.choices)
    else:
        facts = replace(facts, choices=[])
    if facts.purge_on < ends_on:
        raise Refusal(
            N_("The meeting lasts until %(ends)s: keep the answers at least until then."),
            field="purge_on",
            ends=ends_on,
        )
    if facts.purge_on > ends_on + MAX_RETENTION:
        raise Refusal(
            N_("Answers are kept for two years after the meeting at most: choose a day until %(latest)s."),
            field="purge_on",
            latest=ends_on + MAX_RETENTION,
        )
    return facts


def _refuse_invalid_choices(choices: Sequence[str]) -> None:
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


def refuse_rewording(current: QuestionFacts, changed: QuestionFacts) -> None:
    """Checks an edit of a question with answers, because people agreed to this text, these readers and this retention.

    :raises Refusal: the kind, choices, text or readers would change, or the answers would be kept longer.
    """
    if changed.kind is not current.kind or changed.choices != current.choices:
        raise Refusal(
            N_("This question has answers, so its kind and its choices stay. Retire it, and ask a new one."),
            field="kind" if changed.kind is not current.kind else "choices",
        )
    if changed.words != current.words:
        raise Refusal(
            N_("This question has answers, so its words stay. Explain it in the hint, or retire it and ask a new one."),
            field="words",
        )
    if changed.audience is not current.audience:
        raise Refusal(
            N_("This question has answers, given for those who read them now. Retire it, and ask a new one."),
            field="audience",
        )
    if changed.purge_on > current.purge_on:
        raise Refusal(
            N_("People answered knowing that their answers are kept until %(until)s: they can go sooner, not later."),
            field="purge_on",
            until=current.purge_on,
        )


def purge_day(model: date, model_ends: date, ends_on: date) -> date:
    """Returns the purge date for a meeting that ends on `ends_on`.

    Keeps the retention period of the old date if it is valid, otherwise uses the default.

    :param model: purge date of the original question.
    :param model_ends: last day of the original meeting.
    """
    retention = model - model_ends
    return ends_on + (retention if timedelta(0) <= retention <= MAX_RETENTION else DEFAULT_RETENTION)


def refuse_invalid_answer(kind: QuestionKind, choices: Collection[str], text: str) -> None:
    """:raises Refusal: the text is not a valid answer to a question of this kind."""
    if kind is QuestionKind.CHOICE and text not in choices:
        raise Refusal(N_("Please choose one of these."))
    if kind is QuestionKind.DATE and not _is_date(text):
        raise Refusal(N_("Please write a date, as 2027-10-18."))
    if len(text) > LONGEST_ANSWER:
        raise Refusal(
            N_("This is %(length)s characters long; write at most %(longest)s."),
            length=len(text),
            longest=LONGEST_ANSWER,
        )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
