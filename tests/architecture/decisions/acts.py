"""What people do about offers and the time of the exchange."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.roles import operations as roles_operations
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.invitations.rules import Invitee
from dialogues.people.nominations.queries import exchange as nominations_exchange
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import (
    AGENDA_EDIT,
    EXCHANGE_FIX,
    SUMMARY_SEE,
    Role,
)
from tests.cast import Cast

#: A session restricted to participants, which observers know of.
CLOSED_TO_OBSERVERS = "LVR-1-04"
#: The time at which the lists of LVR-1 open in the sample.
SET_TIME = datetime(2027, 8, 2, 8, 0, tzinfo=UTC)
SUBSTANCE = (AGENDA_EDIT, SUMMARY_SEE, EXCHANGE_FIX)


def viewer(cast: Cast, name: str, meeting: str = "LVR-1") -> Viewer:
    return cast.viewer(name, meeting=meeting, now=clock.now())


def status_of(cast: Cast, name: str, address: str) -> int:
    return cast.client(name).get(f"/meetings/{cast.meeting('LVR-1')}{address}").status_code


def reads_closed_session(cast: Cast, name: str) -> bool:
    return status_of(cast, name, f"/agenda/sessions/{cast.session(CLOSED_TO_OBSERVERS)}") == 200


def part_of(cast: Cast, name: str) -> Participation:
    db.session.rollback()
    return db.session.execute(
        select(Participation).where(
            Participation.meeting_id == cast.meeting("LVR-1"), Participation.person_id == cast.person(name, "LVR")
        )
    ).scalar_one()


def accept(cast: Cast, name: str) -> None:
    """Accept the participation of a person directly."""
    part = part_of(cast, name).id
    with upkeep(system(Purpose.SAMPLE)) as session:
        row = session.get_one(Participation, part)
        row.status = ParticipationStatus.CONFIRMED
        participants_operations.begin_participation(row, clock.now())


def take_back(cast: Cast, name: str) -> None:
    part = part_of(cast, name).id
    invitations_inviting.take_back(viewer(cast, "st-coord"), part, now=clock.now())


def invite(cast: Cast, name: str, capacity: Capacity) -> None:
    """The coordinator invites a person, whatever they were before; they do not answer."""
    invitee = Invitee(
        name=name, email=f"{name}@example.invalid", party_id=cast.party(name[:2].upper(), "LVR"), capacity=capacity
    )
    invitations_inviting.invite_person(viewer(cast, "st-coord"), invitee, now=clock.now())


def offer_observers_part(cast: Cast, name: str) -> None:
    """End a person's participation and invite them as an observer."""
    take_back(cast, name)
    invite(cast, name, Capacity.OBSERVER)


def grant(cast: Cast, name: str, role: Role, *, accepted: bool = True, **place: Any) -> None:
    where = {"dialogue_id": cast.dialogue("LVR"), "meeting_id": cast.meeting("LVR-1")} | place
    person = cast.person(name, "LVR")
    at = clock.now()
    with upkeep(system(Purpose.SAMPLE)):
        roles_operations.grant_role(person, role, **where, offered_at=at, accepted_at=at if accepted else None)


def end_role(cast: Cast, name: str, role: Role) -> None:
    here, person = {"dialogue_id": cast.dialogue("LVR"), "meeting_id": cast.meeting("LVR-1")}, cast.person(name, "LVR")
    with upkeep(system(Purpose.SAMPLE)):
        roles_operations.revoke_role(person, role, **here, now=clock.now())


def is_set(cast: Cast) -> bool:
    db.session.rollback()
    return nominations_exchange.moment_of(cast.meeting("LVR-1")).sealed_until != SET_TIME
