"""A registration in steps: which there are, which are done, and what comes next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum

from dialogues.lib.refusal import N_
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.people.participants.rules.details import is_among


class Step(Enum):
    """A page of the registration, in their order; the value is the word in addresses and in `Participation.steps`."""

    IDENTITY = "identity"
    AFFILIATION = "affiliation"
    LANGUAGES = "languages"
    DAYS = "days"
    NEEDS = "needs"
    QUESTIONS = "questions"
    VISIBILITY = "visibility"
    RULES = "rules"


#: The steps whose pages there are.
STEPS_THERE = tuple(Step)


#: What the office approves: after that it is changed by asking for it.
ASKED_FOR_AFTER_APPROVAL = frozenset({Step.IDENTITY, Step.AFFILIATION, Step.LANGUAGES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What decides which steps a registration has, and which of them are done."""

    saved: Collection[str]
    days: Days
    present_from: date | None = None
    present_to: date | None = None
    has_rules: bool = False
    rules_accepted: bool = False
    has_questions: bool = False


def steps_of(progress: Progress, there: Collection[Step] = STEPS_THERE) -> tuple[Step, ...]:
    """The steps of this registration; a meeting without rules or questions asks for none."""
    left_out = set()
    if not progress.has_rules:
        left_out.add(Step.RULES)
    if not progress.has_questions:
        left_out.add(Step.QUESTIONS)
    return tuple(step for step in Step if step in there and step not in left_out)


def is_done(step: Step, progress: Progress) -> bool:
    """Whether the step is saved; days of before the meeting moved are not, nor rules that have changed since."""
    if step is Step.DAYS:
        return is_among(progress.present_from, progress.present_to, progress.days)
    if step is Step.RULES:
        return progress.rules_accepted
    return step.value in progress.saved


def missing_steps(progress: Progress, there: Collection[Step] = STEPS_THERE) -> tuple[Step, ...]:
    """The steps that are still to be done, in their order."""
    return tuple(step for step in steps_of(progress, there) if not is_done(step, progress))


def step_after(step: Step, steps: tuple[Step, ...]) -> Step | None:
    """The step that follows; None after the last."""
    later = [one for one in steps if list(Step).index(one) > list(Step).index(step)]
    return later[0] if later else None


def with_saved(saved: Collection[str], step: Step) -> list[str]:
    """The saved steps with one more, in the order of the steps."""
    kept = {*saved, step.value}
    return [one.value for one in Step if one.value in kept]


WORDS: dict[Enum, str] = {
    Step.IDENTITY: N_("Your name"),
    Step.AFFILIATION: N_("Affiliation"),
    Step.LANGUAGES: N_("Languages"),
    Step.DAYS: N_("Days"),
    Step.NEEDS: N_("Travel and needs"),
    Step.QUESTIONS: N_("Questions of the office"),
    Step.VISIBILITY: N_("Who sees what"),
    Step.RULES: N_("Rules of the meeting"),
}
