"""Domain events of dialogues, parties, institutions and meetings."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueOpened(DomainEvent):
    action: ClassVar[str] = "dialogue.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueChanged(DomainEvent):
    action: ClassVar[str] = "dialogue.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAdded(DomainEvent):
    action: ClassVar[str] = "party.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyChanged(DomainEvent):
    action: ClassVar[str] = "party.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionAdded(DomainEvent):
    action: ClassVar[str] = "institution.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionChanged(DomainEvent):
    action: ClassVar[str] = "institution.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlanned(DomainEvent):
    action: ClassVar[str] = "meeting.planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCopied(DomainEvent):
    """A meeting was created from the meeting `model_id`; its draft is copied, `by_days` later."""

    action: ClassVar[str] = "meeting.copied"

    model_id: UUID
    by_days: int
    zone: str
    same_venue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingChanged(DomainEvent):
    """A meeting changed in something other than its days and place."""

    action: ClassVar[str] = "meeting.changed"

    #: Ids of parties removed from the meeting.
    parties_gone: frozenset[UUID] = field(default=frozenset(), metadata={"audited": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged(DomainEvent):
    """The rules text that everyone accepts at registration changed."""

    action: ClassVar[str] = "meeting.rules_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingMoved(DomainEvent):
    """A meeting got other days, another venue or another time zone.

    With `keeps_distance` the draft moves by `by_days`; without, it must lie within the new days.
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
    action: ClassVar[str] = "meeting.cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingClosed(DomainEvent):
    """A meeting was closed permanently: registration ends, and its attendance record is sealed."""

    action: ClassVar[str] = "meeting.closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticalChanged(DomainEvent):
    action: ClassVar[str] = "practical.changed"
