"""Messages to groups: placeholders, and names in a text that some recipients may not see."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.text import compared, unlinked


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(DomainEvent):
    """The coordinator sent a message to a group. `about` is the message, `people` the number of recipients."""

    action: ClassVar[str] = "message.sent"

    people: int


LONGEST_TEXT = 5_000
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_KNOWN = ("name", "meeting")


class Recipients(Labelled):
    PARTICIPANTS = "participants", N_("participants")
    FOCAL_POINTS = "focal_points", N_("focal points")
    CO_CHAIRS = "co_chairs", N_("co-chairs")
    INTERPRETERS = "interpreters", N_("interpreters")


def refuse_unknown_placeholders(subject: str, text: str) -> None:
    """:raises Refusal: the text has an unknown placeholder, or the subject has any."""
    if _PLACEHOLDER.search(subject):
        raise Refusal(N_("Write placeholders in the text only: a subject says the same to everyone."), field="subject")
    for found in _PLACEHOLDER.findall(text):
        if found not in _KNOWN:
            raise Refusal(
                N_("“{%(found)s}” is no placeholder: write {name} or {meeting}."), field="text", found=found[:40]
            )


def fill_placeholders(text: str, *, name: str, meeting: str) -> str:
    """Fills the placeholders for one person.

    Inserted values are not scanned for placeholders and are changed so that no mail client shows them as a link.
    """
    values = {"name": unlinked(name), "meeting": unlinked(meeting)}
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """A person whose name a message could contain."""

    person_id: UUID
    party_id: UUID
    names_used: tuple[str, ...]
    #: Whether they are on the participants list.
    is_listed: bool
    #: Audiences that the person is hidden from.
    hidden_from: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A recipient of a message, and what they may see of the participants list."""

    person_id: UUID
    parties: frozenset[UUID] = frozenset()
    reads_list: bool = False
    #: Audiences they belong to. None means that their role sees the whole list.
    audiences: frozenset[str] | None = None

    def may_see(self, named: NamedPerson) -> bool:
        """Whether the participants list shows that person to this recipient."""
        if self.person_id == named.person_id or named.party_id in self.parties:
            return True
        if not self.reads_list or not named.is_listed:
            return False
        return self.audiences is None or not self.audiences <= named.hidden_from


def names_not_visible_to_all(text: str, names: Iterable[NamedPerson], readers: Iterable[Reader]) -> dict[str, int]:
    """Names in the text that some recipients may not see, with the number of those recipients."""
    readers, text = tuple(readers), compared(text)
    counts: dict[str, int] = {}
    for named in names:
        if any(_contains_name(compared(name), text) for name in named.names_used if name):
            not_permitted = sum(not reader.may_see(named) for reader in readers)
            if not_permitted:
                counts[named.names_used[0]] = not_permitted
    return counts


def _contains_name(name: str, text: str) -> bool:
    """Whether the text contains the name as a whole word; both in the normal form for comparing.

    Names outside ASCII match inside longer words too, because scripts such as Chinese have no spaces.
    """
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None or (not name.isascii() and name in text)
