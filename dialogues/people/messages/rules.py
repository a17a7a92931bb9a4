"""A free message of the office: its placeholders, and the names in it that part of its readers may not know."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.text import unlinked


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(DomainEvent):
    """The office wrote to a group; `about` is the message."""

    action: ClassVar[str] = "message.sent"

    people: int


LONGEST_TEXT = 5_000
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_KNOWN = ("name", "meeting")


class Recipients(Enum):
    """Whom a message is for."""

    PARTICIPANTS = "participants"
    FOCAL_POINTS = "focal_points"
    CO_CHAIRS = "co_chairs"
    INTERPRETERS = "interpreters"


def refuse_unknown_placeholders(subject: str, text: str) -> None:
    """:raises Refusal: the text has a placeholder that is none of ours, or the subject has any."""
    if _PLACEHOLDER.search(subject):
        raise Refusal(N_("Write placeholders in the text only: a subject says the same to everyone."), field="subject")
    for found in _PLACEHOLDER.findall(text):
        if found not in _KNOWN:
            raise Refusal(
                N_("“{%(found)s}” is no placeholder: write {name} or {meeting}."), field="text", found=found[:40]
            )


def filled(text: str, *, name: str, meeting: str) -> str:
    """The text for one person; what is put in is never read again for placeholders, and never becomes a link."""
    values = {"name": unlinked(name), "meeting": unlinked(meeting)}
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Someone of the meeting who might stand in a message: as they are called, and whose they are."""

    person_id: UUID
    party_id: UUID
    called: tuple[str, ...]
    #: Whether they stand on the list that the circle reads.
    is_listed: bool
    #: The audiences that they show nothing to.
    hides_from: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Someone who will have the message: whose people they know, and whether they read the list at all."""

    person_id: UUID
    parties: frozenset[UUID] = frozenset()
    reads_list: bool = False
    #: As which audiences they read it; None: they work with the list and see it whole.
    audiences: frozenset[str] | None = None

    def may_know(self, named: Named) -> bool:
        """Whether the list tells this reader of that person."""
        if self.person_id == named.person_id or named.party_id in self.parties:
            return True
        if not self.reads_list or not named.is_listed:
            return False
        return self.audiences is None or not self.audiences <= named.hides_from


def names_told(text: str, names: Iterable[Named], readers: Iterable[Reader]) -> dict[str, int]:
    """The names that stand in the text although some readers may not know of that person: to how many."""
    readers = tuple(readers)
    told: dict[str, int] = {}
    for named in names:
        if any(_stands_in(called, text) for called in named.called if called):
            unknowing = sum(not reader.may_know(named) for reader in readers)
            if unknowing:
                told[named.called[0]] = unknowing
    return told


def _stands_in(called: str, text: str) -> bool:
    """Whether the name stands there as it is written, and not as part of a longer word."""
    return re.search(rf"(?<!\w){re.escape(called)}(?!\w)", text, re.IGNORECASE) is not None or (
        not called.isascii() and called in text
    )


WORDS: dict[Enum, str] = {
    Recipients.PARTICIPANTS: N_("participants"),
    Recipients.FOCAL_POINTS: N_("focal points"),
    Recipients.CO_CHAIRS: N_("co-chairs"),
    Recipients.INTERPRETERS: N_("interpreters"),
}
