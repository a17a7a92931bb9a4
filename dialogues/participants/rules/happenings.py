"""What happens to one person at one meeting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

from dialogues.common.happening import Happening
from dialogues.participants.rules.kinds import SealedKind


class TakingPart(Protocol):
    """A participation, as far as a happening tells of it."""

    @property
    def id(self) -> UUID: ...

    @property
    def dialogue_id(self) -> UUID: ...

    @property
    def meeting_id(self) -> UUID: ...

    @property
    def person_id(self) -> UUID: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationHappening(Happening):
    """Something about one person at one meeting; `about` is the participation."""

    action: ClassVar[str] = "participation"

    person_id: UUID

    @classmethod
    def of(cls, participation: TakingPart, at: datetime, **more: Any) -> Self:
        """This happened to that participation; `more` is what such a happening tells besides."""
        return cls(
            about=participation.id,
            dialogue_id=participation.dialogue_id,
            meeting_id=participation.meeting_id,
            at=at,
            **{"person_id": participation.person_id, **more},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInvited(ParticipationHappening):
    """Someone was invited to a meeting, or invited again."""

    action: ClassVar[str] = "participation.invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationConfirmed(ParticipationHappening):
    """Someone accepted an invitation."""

    action: ClassVar[str] = "participation.confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationDeclined(ParticipationHappening):
    """Someone declined an invitation."""

    action: ClassVar[str] = "participation.declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationWithdrawn(ParticipationHappening):
    """Someone who was invited or confirmed comes no more: by their own word, or by the office's."""

    action: ClassVar[str] = "participation.withdrawn"

    by_office: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationChanged(ParticipationHappening):
    """A person changed what is written of them for a meeting: name, days, languages, detail of own calendar."""

    action: ClassVar[str] = "registration.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCorrected(ParticipationHappening):
    """The office corrected where an invitation goes, or for which party and in which capacity it is."""

    action: ClassVar[str] = "participation.corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationLinkSent(ParticipationHappening):
    """A letter with a new personal link is owed, to the address that is written down."""

    action: ClassVar[str] = "registration.link_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationApproved(ParticipationHappening):
    """The office approved someone's registration: what they change from now on they ask for."""

    action: ClassVar[str] = "registration.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalTakenBack(ParticipationHappening):
    """The office no longer approves someone's registration, which is open to changes again."""

    action: ClassVar[str] = "registration.approval_taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationRestored(ParticipationHappening):
    """Someone whom the office had taken off the meeting stands where they stood before: that was undone."""

    action: ClassVar[str] = "participation.restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNominated(ParticipationHappening):
    """Someone was named for a party: on a seat, or on its waiting list."""

    action: ClassVar[str] = "nomination.entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class NominationChanged(ParticipationHappening):
    """What a party wrote of someone whom it names changed, or the office asked for another address."""

    action: ClassVar[str] = "nomination.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NomineeReplaced(ParticipationHappening):
    """Someone takes the seat and the sessions of another person of the same party; `about` is the new participation."""

    action: ClassVar[str] = "nomination.replaced"

    replaced_person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatApproved(ParticipationHappening):
    """A coordinator gave someone who waited a seat, perhaps above the party's numbers."""

    action: ClassVar[str] = "seat.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityApproved(ParticipationHappening):
    """A coordinator approved that someone becomes a participant."""

    action: ClassVar[str] = "capacity.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRefused(ParticipationHappening):
    """A coordinator refused that someone becomes a participant."""

    action: ClassVar[str] = "capacity.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatsSet(Happening):
    """The parties have other numbers of seats at a meeting."""

    action: ClassVar[str] = "seats.set"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLodged(Happening):
    """A party lodged its list; `about` is the party."""

    action: ClassVar[str] = "list.lodged"


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgingTakenBack(Happening):
    """A party took its list back before the lists were opened; `about` is the party."""

    action: ClassVar[str] = "list.taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeFixed(Happening):
    """The time at which a meeting's lists open was set, moved or cleared by two people; `proposed_by` is the first."""

    action: ClassVar[str] = "exchange.fixed"

    proposed_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeProposed(Happening):
    """Someone proposed another time for a meeting's lists to open, which waits for a second person."""

    action: ClassVar[str] = "exchange.proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsOpened(Happening):
    """The parties' lists of a meeting are open to each other."""

    action: ClassVar[str] = "exchange.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFieldEntered(Happening):
    """Something was sealed of a person for a meeting, or taken away; `about` is the person."""

    action: ClassVar[str] = "sealed_field.entered"

    kind: SealedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFieldSeen(Happening):
    """Someone looked at what is sealed of a person; `about` is the person, `reason` a hash of what was given as one."""

    action: ClassVar[str] = "sealed_field.seen"

    kind: SealedKind
    look_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisaStatusChanged(ParticipationHappening):
    """Where someone's visa stands was written down anew."""

    action: ClassVar[str] = "visa_status.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFieldsDestroyed(Happening):
    """What was sealed of people at a meeting was destroyed; `about` is the certificate."""

    action: ClassVar[str] = "sealed_field.destroyed"

    fields: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Happening):
    """The office wrote to a group; `about` is the message."""

    action: ClassVar[str] = "message.sent"

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExported(Happening):
    """The office took the participants list along as a file; `about` is the meeting."""

    action: ClassVar[str] = "participants.exported"

    people: int
    with_answers: bool = False
