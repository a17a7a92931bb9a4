"""Events and rules of nominations, party lists and the exchange."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNominated(ParticipationEvent):
    """A person was nominated: with a seat, on the waiting list, or waiting for approval."""

    action: ClassVar[str] = "nomination.entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class NominationChanged(ParticipationEvent):
    """Data of a nominee changed, or a coordinator asked for another address."""

    action: ClassVar[str] = "nomination.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NomineeReplaced(ParticipationEvent):
    """A person takes over the seat and the sessions of another; `about` is the new participation."""

    action: ClassVar[str] = "nomination.replaced"

    replaced_person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatsSet(DomainEvent):
    """The numbers of seats at a meeting were saved."""

    action: ClassVar[str] = "seats.set"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSubmitted(DomainEvent):
    """A party submitted its list; `about` is the party."""

    action: ClassVar[str] = "list.submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionTakenBack(DomainEvent):
    """A party withdrew its submitted list before the exchange; `about` is the party."""

    action: ClassVar[str] = "list.taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeFixed(DomainEvent):
    """The time of the exchange was set, moved or cleared. Two people decide this; `proposed_by` is the first."""

    action: ClassVar[str] = "exchange.fixed"

    proposed_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsOpened(DomainEvent):
    """The exchange took place: the submitted lists of a meeting are open to each other."""

    action: ClassVar[str] = "exchange.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominee:
    """Data of a nominee as entered; the email address is optional."""

    name: str
    native: str = ""
    family: str = ""
    given: str = ""
    name_order: NameOrder = NameOrder.GIVEN_FIRST
    email: str = ""
    capacity: Capacity = Capacity.PARTICIPANT
    affiliation: str = ""

    @property
    def description(self) -> dict[str, Any]:
        """The columns of the person, without the address."""
        return {column: value for column, value in asdict(self).items() if column not in {"email", "capacity"}}


#: Shortest time between setting the exchange and the exchange; in this period lists cannot be withdrawn.
NOTICE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setter:
    """A person who may set the time of the exchange; `parties` are the parties they belong to at the meeting."""

    person_id: UUID
    name: str
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
        """Whether they count as one of the two people."""
        return self.is_chair or self.is_coordinator


def may_set_together(one: Setter, other: Setter) -> bool:
    """Whether these two may set the time: co-chairs of different parties, or a coordinator and a co-chair.

    Two people of the same party may not, whatever their roles are. A co-chair without a party needs a coordinator.
    """
    is_same = one.person_id == other.person_id or (one.account_id is not None and one.account_id == other.account_id)
    if is_same or one.parties & other.parties:
        return False
    if one.is_chair and other.is_chair and one.parties and other.parties:
        return True
    return (one.is_coordinator and other.is_chair) or (one.is_chair and other.is_coordinator)


#: With these statuses the party may edit the nominee's data; after accepting, only the person does.
EDITABLE_BY_PARTY = frozenset({ParticipationStatus.NOMINATED, ParticipationStatus.WAITING, ParticipationStatus.INVITED})


def refuse_early(moment: datetime, now: datetime) -> None:
    """:raises Refusal: the time is in the past or less than 24 hours away."""
    if moment <= now:
        raise Refusal(N_("This moment is past: choose one that is still to come."), field="moment")
    if moment < now + NOTICE:
        raise Refusal(N_("Choose a time at least 24 hours from now."), field="moment")
