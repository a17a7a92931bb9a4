"""Seats, waiting lists and the moment when lists open, on given facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus
from dialogues.policy import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNominated(ParticipationEvent):
    """Someone was named for a party: on a seat, or on its waiting list."""

    action: ClassVar[str] = "nomination.entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class NominationChanged(ParticipationEvent):
    """What a party wrote of someone whom it names changed, or the office asked for another address."""

    action: ClassVar[str] = "nomination.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NomineeReplaced(ParticipationEvent):
    """Someone takes the seat and the sessions of another person of the same party; `about` is the new participation."""

    action: ClassVar[str] = "nomination.replaced"

    replaced_person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatsSet(DomainEvent):
    """The parties have other numbers of seats at a meeting."""

    action: ClassVar[str] = "seats.set"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSubmitted(DomainEvent):
    """A party lodged its list; `about` is the party."""

    action: ClassVar[str] = "list.submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionTakenBack(DomainEvent):
    """A party took its list back before the lists were opened; `about` is the party."""

    action: ClassVar[str] = "list.taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeFixed(DomainEvent):
    """The time at which a meeting's lists open was set, moved or cleared by two people; `proposed_by` is the first."""

    action: ClassVar[str] = "exchange.fixed"

    proposed_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsOpened(DomainEvent):
    """The parties' lists of a meeting are open to each other."""

    action: ClassVar[str] = "exchange.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominee:
    """Someone whom a party names, as written by its focal point; many have no e-mail address."""

    name: str
    native: str = ""
    family: str = ""
    given: str = ""
    name_order: NameOrder = NameOrder.GIVEN_FIRST
    email: str = ""
    capacity: Capacity = Capacity.PARTICIPANT
    affiliation: str = ""


def is_due(sealed_until: datetime | None, submitted: Iterable[bool], now: datetime) -> bool:
    """Whether sealed lists are to open: at the moment that was fixed, or once every party has lodged."""
    if sealed_until is not None:
        return sealed_until <= now
    everyone = list(submitted)
    return bool(everyone) and all(everyone)


#: How long before it opens the exchange is told, and how long lists then cannot be withdrawn.
NOTICE = timedelta(hours=24)


def is_frozen(sealed_until: datetime | None, now: datetime) -> bool:
    """Whether no list can be withdrawn any more: the last 24 hours before the set time.

    A nominee can still be withdrawn, because people fall ill, but not the last one whom the list names.
    """
    return sealed_until is not None and now >= sealed_until - NOTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Setter:
    """Someone who may set the time of the exchange, with the parties to which they belong at the meeting."""

    person_id: UUID
    account_id: UUID | None
    roles: frozenset[Role]
    parties: frozenset[UUID]

    @property
    def is_chair(self) -> bool:
        return Role.CO_CHAIR in self.roles

    @property
    def is_coordinator(self) -> bool:
        return Role.COORDINATOR in self.roles

    @property
    def may_set(self) -> bool:
        """Whether they count as one of the two."""
        return self.is_chair or self.is_coordinator


def may_set_together(one: Setter, other: Setter) -> bool:
    """Whether two people may set the time: two co-chairs of different parties, or a coordinator and one co-chair.

    Two people of one party never do, whatever their roles. A co-chair whose party nobody knows sets it with a
    coordinator only.
    """
    is_same = one.person_id == other.person_id or (one.account_id is not None and one.account_id == other.account_id)
    if is_same or one.parties & other.parties:
        return False
    if one.is_chair and other.is_chair and one.parties and other.parties:
        return True
    return (one.is_coordinator and other.is_chair) or (one.is_chair and other.is_coordinator)


#: In these a nominee's words are still the focal point's; whoever has accepted speaks for themself.
STILL_THE_PARTYS = frozenset({ParticipationStatus.NOMINATED, ParticipationStatus.WAITING, ParticipationStatus.INVITED})


def refuse_gone(status: ParticipationStatus) -> None:
    """:raises Refusal: the person does not come any more."""
    if status in GONE:
        raise Refusal(N_("This person is not coming already: nothing was changed."))


def refuse_early(moment: datetime, now: datetime) -> None:
    """:raises Refusal: the time at which lists open is past, or not a day ahead."""
    if moment <= now:
        raise Refusal(N_("This moment is past: choose one that is still to come."), field="moment")
    if moment < now + NOTICE:
        raise Refusal(N_("Choose a time at least 24 hours from now."), field="moment")
