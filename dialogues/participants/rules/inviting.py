"""Whom the office invites, and in which words a file may say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dialogues.common.refusal import N_, Refusal
from dialogues.meetings.rules import Capacity
from dialogues.participants.rules.standing import GONE, ParticipationStatus


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What the office writes anew of someone who has not answered yet."""

    email: str
    party_id: UUID
    capacity: Capacity


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
