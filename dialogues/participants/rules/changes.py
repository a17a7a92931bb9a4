"""What someone asks to have changed once the office has approved them: which fields, and word by word what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from dialogues.common.refusal import N_, Refusal
from dialogues.participants.rules.happenings import ParticipationHappening


class Changeable(Enum):
    """What the office looks at before it changes; the value is the column."""

    NAME = "name"
    NATIVE = "native"
    FAMILY = "family"
    GIVEN = "given"
    NAME_ORDER = "name_order"
    SORT_KEY = "sort_key"
    AFFILIATION = "affiliation"
    LANGUAGES = "languages"
    LISTENS_IN = "listens_in"


WORDS: dict[Enum, str] = {
    Changeable.NAME: N_("Name"),
    Changeable.NATIVE: N_("Name in its own script"),
    Changeable.FAMILY: N_("Family name"),
    Changeable.GIVEN: N_("Given name"),
    Changeable.NAME_ORDER: N_("Order of the parts"),
    Changeable.SORT_KEY: N_("Listed under"),
    Changeable.AFFILIATION: N_("Affiliation"),
    Changeable.LANGUAGES: N_("Languages"),
    Changeable.LISTENS_IN: N_("Listens in"),
}

#: A value as it is sealed: text, the word of a choice, or several texts.
Plain = str | list[str]
#: One field: what stood there when the change was asked for, and what is wanted.
Asking = Mapping[Changeable, tuple[Plain, Plain]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAsked(ParticipationHappening):
    """Someone who is approved asked for a change."""

    action: ClassVar[str] = "change.asked"

    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTakenBack(ParticipationHappening):
    """A change that was asked for is asked for no more: taken back, or the person comes no more."""

    action: ClassVar[str] = "change.taken_back"

    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDecided(ParticipationHappening):
    """The office accepted or declined a change."""

    action: ClassVar[str] = "change.decided"

    request_id: UUID
    accepted: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that stand on both sides, or on one only."""

    text: str
    differs: bool


def plain(value: Any) -> Plain:
    """The value as it is sealed; the order of several texts means nothing."""
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, str) else sorted(str(one) for one in value)


def asking(now: Mapping[Changeable, Plain], waiting: Asking, wanted: Mapping[Changeable, Plain]) -> Asking:
    """All that is asked for: what waits already, and over it what is wanted now, without what is so already."""
    all_wanted = {**{one: to for one, (_was, to) in waiting.items()}, **wanted}
    return {one: (now[one], to) for one, to in all_wanted.items() if now[one] != to}


def refuse_decided(is_there: bool) -> None:
    """:raises Refusal: the change was decided, replaced or taken back while it was looked at."""
    if not is_there:
        raise Refusal(
            N_("This is no longer open: it was decided by someone else, taken back, or replaced by a newer one.")
        )


def refuse_no_reason(accepts: bool, reason: str) -> None:
    """:raises Refusal: something is declined without a word."""
    if not accepts and not reason:
        raise Refusal(N_("Write in a few words why this is declined: the person reads it."), field="reason")


def marked(was: str, wanted: str) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Both texts in pieces, those that differ marked as whole words."""
    left, right = was.split(), wanted.split()
    pieces = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        tuple(_marks((left[start:end], tag != "equal") for tag, start, end, _from, _to in pieces)),
        tuple(_marks((right[start:end], tag != "equal") for tag, _from, _to, start, end in pieces)),
    )


def _marks(pieces: Iterator[tuple[list[str], bool]]) -> Iterator[Mark]:
    for words, differs in pieces:
        if words:
            yield Mark(" ".join(words), differs)
