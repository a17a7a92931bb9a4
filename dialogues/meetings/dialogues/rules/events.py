"""What happens to dialogues, meetings, parties and roles."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueOpened(DomainEvent):
    """A dialogue began; who opened it is its first coordinator."""

    action: ClassVar[str] = "dialogue.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueChanged(DomainEvent):
    """What is written of a dialogue changed."""

    action: ClassVar[str] = "dialogue.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAdded(DomainEvent):
    """A party joined a dialogue."""

    action: ClassVar[str] = "party.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyChanged(DomainEvent):
    """What is written of a party changed."""

    action: ClassVar[str] = "party.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionAdded(DomainEvent):
    """An institution was written down."""

    action: ClassVar[str] = "institution.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionChanged(DomainEvent):
    """What is written of an institution changed."""

    action: ClassVar[str] = "institution.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlanned(DomainEvent):
    """A meeting was planned."""

    action: ClassVar[str] = "meeting.planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCopied(DomainEvent):
    """A meeting was planned after the model of another: its draft follows, `by_days` later."""

    action: ClassVar[str] = "meeting.copied"

    model_id: UUID
    by_days: int
    zone: str
    same_venue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingChanged(DomainEvent):
    """What is said of a meeting changed, neither its days nor its place."""

    action: ClassVar[str] = "meeting.changed"

    #: Parties that are to be at the meeting no more.
    parties_gone: frozenset[UUID] = field(default=frozenset(), metadata={"audited": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged(DomainEvent):
    """The rules that everyone accepts who registers for a meeting were written anew."""

    action: ClassVar[str] = "meeting.rules_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingMoved(DomainEvent):
    """A meeting takes place on other days, in another house or in another zone.

    The draft follows by `by_days` where it keeps its distance from the first day; else it must lie within the new days.
    """

    action: ClassVar[str] = "meeting.moved"

    by_days: int
    first_day: date
    last_day: date
    zone: str
    same_venue: bool
    keeps_distance: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCancelled(DomainEvent):
    """A meeting will not take place."""

    action: ClassVar[str] = "meeting.cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingClosed(DomainEvent):
    """A meeting is over for good: nobody registers for it any more, and who was there is sealed."""

    action: ClassVar[str] = "meeting.closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticalChanged(DomainEvent):
    """The practical page of a meeting changed."""

    action: ClassVar[str] = "practical.changed"
