"""Decisions about taking part, on given facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import ClassVar
from uuid import UUID

from dialogues.common.happening import Happening
from dialogues.common.refusal import N_, Refusal
from dialogues.meetings.rules import Days, NameOrder, sort_key
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


class Answer(Enum):
    """What is said to an invitation."""

    ACCEPT = "accept"
    DECLINE = "decline"


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


def link_address(base_url: str, secret: str) -> str:
    """The address of a personal link; opening it changes nothing."""
    return f"{base_url}/r/{secret}"


def link_expires(registration_closes_at: datetime | None, now: datetime) -> datetime:
    """When a personal link minted now stops working."""
    return registration_closes_at if registration_closes_at is not None else now + LINK_LASTS


#: From these the office may invite again; whoever is invited or confirmed is invited already.
GONE = frozenset({ParticipationStatus.DECLINED, ParticipationStatus.WITHDRAWN, ParticipationStatus.TAKEN_BACK})
#: In these a personal link can still be answered, and answered otherwise.
ANSWERABLE = frozenset(
    {
        ParticipationStatus.INVITED,
        ParticipationStatus.CONFIRMED,
        ParticipationStatus.DECLINED,
        ParticipationStatus.WITHDRAWN,
    }
)

LINK_IS_DEAD = N_("This link cannot be used any more. You can have a new one sent to you.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """What decides whether a meeting takes answers: it is still to come, and registration is open."""

    takes_place: bool
    closes_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether answers are taken now."""
        return self.takes_place and (self.closes_at is None or now < self.closes_at)


def may_answer(status: ParticipationStatus, gathering: Gathering, now: datetime) -> bool:
    """Whether the person may give an answer now, the first or another one."""
    return status in ANSWERABLE and gathering.is_open(now)


def refuse_closed(gathering: Gathering, now: datetime) -> None:
    """:raises Refusal: the meeting takes no registrations any more."""
    if not gathering.takes_place:
        raise Refusal(N_("This meeting was cancelled or closed: nobody can be registered for it."))
    if not gathering.is_open(now):
        raise Refusal(N_("Registration is closed. Whoever runs the meeting can set a later date in its settings."))


def refuse_twin(name: str, status: ParticipationStatus) -> None:
    """:raises Refusal: this person is invited already."""
    if status not in GONE:
        raise Refusal(N_("This address belongs to %(name)s, who is on the list already."), field="email", name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """Someone to be invited, as written by the office."""

    name: str
    email: str
    party_id: UUID
    capacity: Capacity = Capacity.PARTICIPANT
    family: str = ""
    given: str = ""


_CAPACITIES = {
    **dict.fromkeys(("", "full", "member"), Capacity.PARTICIPANT),
    **{capacity.value.replace("_", " "): capacity for capacity in Capacity},
}


def capacity_called(called: str) -> Capacity:
    """The capacity by its word, a participant where nothing is said.

    :raises Refusal: there is none called so.
    """
    capacity = _CAPACITIES.get(called.casefold().replace("_", " ").replace("-", " ").strip())
    if capacity is None:
        raise Refusal(
            N_("“%(called)s” is no capacity: write %(known)s."),
            field="capacity",
            called=called[:40],
            known=", ".join(one.value.replace("_", " ") for one in Capacity),
        )
    return capacity


def party_called(called: str, parties: Mapping[UUID, Sequence[str]]) -> UUID:
    """The party of the meeting by its code (the first of its names) or any of its names.

    :raises Refusal: none is called so.
    """
    wanted = called.casefold().strip()
    for party_id, names in parties.items():
        if wanted and wanted in {name.casefold() for name in names}:
            return party_id
    codes = ", ".join(names[0] for names in parties.values())
    if not wanted:
        raise Refusal(N_("The party is missing: write one of %(codes)s."), field="party", codes=codes)
    raise Refusal(
        N_("“%(called)s” is no party of this meeting: write one of %(codes)s."),
        field="party",
        called=called[:40],
        codes=codes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a person writes about themself for a meeting."""

    name: str
    native: str = ""
    family: str = ""
    given: str = ""
    name_order: NameOrder = NameOrder.GIVEN_FIRST
    sort_key: str = ""
    affiliation: str = ""
    languages: tuple[str, ...] = ()
    present_from: date
    present_to: date
    always_discreet: bool = False


def is_among(present_from: date | None, present_to: date | None, days: Days) -> bool:
    """Whether someone has said for which of these days they come; after a meeting has moved, they have not."""
    return present_from is not None and present_to is not None and days.first <= present_from <= present_to <= days.last


def refuse_absence(details: Details, days: Days) -> None:
    """:raises Refusal: the days present are in disorder, or not among the days of the meeting."""
    if details.present_to < details.present_from:
        raise Refusal(N_("You would leave before you arrive: swap the two days."), field="present_to")
    for field, day in (("present_from", details.present_from), ("present_to", details.present_to)):
        if not days.first <= day <= days.last:
            raise Refusal(
                N_("The meeting is from %(first)s to %(last)s: choose a day among these."),
                field=field,
                first=days.first.isoformat(),
                last=days.last.isoformat(),
            )


def listed_under(details: Details, before: str) -> str:
    """By what the person is sorted: what they typed, else what their name proposes.

    A proposal that is only handed back, as the page showed it, follows the name.
    """
    if details.sort_key and details.sort_key != before:
        return sort_key(details.sort_key, "", "", details.name_order)
    return sort_key(details.name, details.family, details.given, details.name_order)


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
