"""Steps of a registration: which ones apply and which are done."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_
from dialogues.meetings.dialogues.rules.facts import Days


class Step(Labelled):
    """Pages of the registration in their order. The value is used in URLs and in `Participation.steps`."""

    IDENTITY = "identity", N_("Your name")
    AFFILIATION = "affiliation", N_("Affiliation")
    LANGUAGES = "languages", N_("Languages")
    DAYS = "days", N_("Days")
    NEEDS = "needs", N_("Travel and needs")
    QUESTIONS = "questions", N_("Questions of the office")
    VISIBILITY = "visibility", N_("Who sees what")
    RULES = "rules", N_("Rules of the meeting")


#: Steps that a coordinator approves; afterwards changes to them need a change request.
ASKED_FOR_AFTER_APPROVAL = frozenset({Step.IDENTITY, Step.AFFILIATION, Step.LANGUAGES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Facts that decide which steps a registration has and which of them are done."""

    saved: Collection[str]
    days: Days
    present_from: date | None = None
    present_to: date | None = None
    has_rules: bool = False
    rules_accepted: bool = False
    has_questions: bool = False


def steps_of(progress: Progress) -> tuple[Step, ...]:
    """Returns the steps that apply; without meeting rules or custom questions those steps are left out."""
    left_out = set()
    if not progress.has_rules:
        left_out.add(Step.RULES)
    if not progress.has_questions:
        left_out.add(Step.QUESTIONS)
    return tuple(step for step in Step if step not in left_out)


def is_done(step: Step, progress: Progress) -> bool:
    """Whether the step is complete.

    Days do not count after the meeting moved away from them, nor does an acceptance of rules that changed since.
    """
    if step is Step.DAYS:
        first, last = progress.present_from, progress.present_to
        return first is not None and last is not None and progress.days.first <= first <= last <= progress.days.last
    if step is Step.RULES:
        return progress.rules_accepted
    return step.value in progress.saved


def missing_steps(progress: Progress) -> tuple[Step, ...]:
    return tuple(step for step in steps_of(progress) if not is_done(step, progress))


def with_saved(saved: Collection[str], step: Step) -> list[str]:
    done = {*saved, step.value}
    return [one.value for one in Step if one.value in done]


def fingerprint(words: str) -> str:
    """Short checksum to detect that a text changed."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]
