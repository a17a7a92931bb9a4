"""What happens to one person at one meeting."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from dialogues.common.happening import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationHappening(Happening):
    """Something about one person at one meeting; `about` is the participation."""

    action: ClassVar[str] = "participation"

    person_id: UUID


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
