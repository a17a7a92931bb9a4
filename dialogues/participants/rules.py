"""Decisions about taking part, on given facts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import ClassVar
from uuid import UUID

from dialogues.common.happening import Happening
from dialogues.common.refusal import N_
from dialogues.policy import Role


class Capacity(Enum):
    """In which capacity a person takes part."""

    PARTICIPANT = "participant"
    OBSERVER = "observer"
    SPECIAL_OBSERVER = "special_observer"
    RESOURCE_PERSON = "resource_person"

    @property
    def role(self) -> Role:
        """The role that comes with it; whoever is not at the table as a participant sees what observers see."""
        return Role.PARTICIPANT if self is Capacity.PARTICIPANT else Role.OBSERVER


class ParticipationStatus(Enum):
    """Where an invitation stands; one `taken_back` by the office is answered no more, unless it invites again."""

    NOMINATED = "nominated"
    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"

    @property
    def is_live(self) -> bool:
        """Whether the person counts as coming, or may still come."""
        return self in {ParticipationStatus.NOMINATED, ParticipationStatus.INVITED, ParticipationStatus.CONFIRMED}


WORDS: dict[Enum, str] = {
    Capacity.PARTICIPANT: N_("participant"),
    Capacity.OBSERVER: N_("observer"),
    Capacity.SPECIAL_OBSERVER: N_("special observer"),
    Capacity.RESOURCE_PERSON: N_("resource person"),
    ParticipationStatus.NOMINATED: N_("nominated"),
    ParticipationStatus.INVITED: N_("invited"),
    ParticipationStatus.CONFIRMED: N_("confirmed"),
    ParticipationStatus.DECLINED: N_("declined"),
    ParticipationStatus.WITHDRAWN: N_("withdrawn"),
    ParticipationStatus.TAKEN_BACK: N_("taken back"),
}

#: How long a personal link lasts where the meeting says nothing about when registration closes.
LINK_LASTS = timedelta(days=60)


def link_expires(registration_closes_at: datetime | None, now: datetime) -> datetime:
    """When a personal link minted now stops working."""
    return registration_closes_at if registration_closes_at is not None else now + LINK_LASTS


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
class LinkAskedFor(ParticipationHappening):
    """A new personal link is owed, to the address that is written down."""

    action: ClassVar[str] = "registration.link_owed"
