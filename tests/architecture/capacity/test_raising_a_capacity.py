"""Only the coordinator raises a capacity, also on detours."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.participants import commands as participants_commands
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role
from tests.architecture.capacity.acts import (
    OBSERVER_WHO_ASKS,
    an_observer,
    approve,
    at,
    change,
    leave,
    nominate_for,
    own_name,
    replace,
    state_of,
    version,
    withdraw,
)
from tests.beds.forms import press
from tests.cast import Cast


def test_a_change_to_participant_waits_for_the_coordinator(cast: Cast, desk: Viewer) -> None:
    one = an_observer(cast, desk)

    change(cast, "jp2", one, capacity=Capacity.PARTICIPANT)

    assert state_of(one)[:2] == OBSERVER_WHO_ASKS
    assert state_of(one)[3] == 1
    lists = f"/meetings/{cast.meeting()}/nominations"
    assert "participant: waits for approval" in cast.client("jp2").get(lists).text
    assert "Decide whether a nominee becomes a participant" in cast.client("st-coord").get("/").text
    assert "Decide whether" not in cast.client("jp2").get("/").text
    assert press(cast.client("st-coord"), lists, "Approve as participant").status_code == 303
    assert state_of(one)[:2] == (Capacity.PARTICIPANT, None)
    assert "Decide whether" not in cast.client("st-coord").get("/").text


def test_a_refused_observer_stays_an_observer(cast: Cast, desk: Viewer) -> None:
    one = an_observer(cast, desk)
    change(cast, "jp2", one, capacity=Capacity.PARTICIPANT)

    assert press(cast.client("st-coord"), f"/meetings/{cast.meeting()}/nominations", "Refuse").status_code == 303

    assert state_of(one)[:2] == (Capacity.OBSERVER, None)
    assert state_of(one)[3] == 1


def test_a_coordinator_changes_a_capacity_at_once(cast: Cast, desk: Viewer) -> None:
    one = an_observer(cast, desk)

    change(cast, "st-coord", one, capacity=Capacity.PARTICIPANT)

    assert state_of(one)[:2] == (Capacity.PARTICIPANT, None)


def test_the_focal_point_can_withdraw_the_request(cast: Cast, desk: Viewer) -> None:
    one = an_observer(cast, desk)
    change(cast, "jp2", one, capacity=Capacity.PARTICIPANT)

    change(cast, "jp2", one, capacity=Capacity.OBSERVER)

    assert state_of(one)[:2] == (Capacity.OBSERVER, None)
    with pytest.raises(Refusal, match="decided already"):
        approve(desk, one)


def test_approval_is_refused_if_the_request_changed_meanwhile(cast: Cast, desk: Viewer) -> None:
    one = an_observer(cast, desk)
    change(cast, "jp2", one, capacity=Capacity.PARTICIPANT)
    seen = version(one)
    change(cast, "jp2", one, name="Somebody Else", capacity=Capacity.PARTICIPANT)

    with pytest.raises(Refusal, match="Someone saved a change"):
        participants_commands.approve_participant(desk, one, version=seen, now=clock.now())


def by_withdrawing(cast: Cast, one: UUID) -> UUID:
    withdraw(cast, "jp2", one)
    return nominate_for(cast, "jp2", "JP", email="vera@example.org")


def by_withdrawing_twice(cast: Cast, one: UUID) -> UUID:
    return by_withdrawing(cast, by_withdrawing(cast, one))


def by_another_address(cast: Cast, one: UUID) -> UUID:
    withdraw(cast, "jp2", one)
    return nominate_for(cast, "jp2", "JP", email="vera@example.net")


def by_another_address_beside(cast: Cast, _one: UUID) -> UUID:
    return nominate_for(cast, "jp2", "JP", name="Smirnova, Véra".replace(",", ""), email="vera@example.net")


def by_becoming_a_participant_first(cast: Cast, one: UUID) -> UUID:
    change(cast, "jp2", one, email="vera@example.org", capacity=Capacity.SPECIAL_OBSERVER)
    change(cast, "jp2", one, email="vera@example.org", capacity=Capacity.PARTICIPANT)
    return one


@pytest.mark.parametrize(
    "detour",
    [
        by_withdrawing,
        by_withdrawing_twice,
        by_another_address,
        by_another_address_beside,
        by_becoming_a_participant_first,
    ],
)
def test_no_detour_turns_an_observer_into_a_participant(
    cast: Cast, desk: Viewer, detour: Callable[[Cast, UUID], UUID]
) -> None:
    one = detour(cast, an_observer(cast, desk, email="vera@example.org"))

    assert state_of(one)[0] is not Capacity.PARTICIPANT
    assert state_of(one)[1] is Capacity.PARTICIPANT
    approve(desk, one)
    assert state_of(one)[:2] == (Capacity.PARTICIPANT, None)
    assert state_of(one)[3] is not None


def test_a_participant_cannot_be_replaced_by_a_former_observer(cast: Cast, desk: Viewer) -> None:
    one, seated = an_observer(cast, desk, email="vera@example.org"), nominate_for(cast, "jp2", "JP", name="Zed")
    withdraw(cast, "jp2", one)

    with pytest.raises(Refusal, match="after the coordinator's approval"):
        replace(cast, "jp2", seated, "Vera SMIRNOVA", email="vera@example.org")

    assert state_of(seated)[0] is Capacity.PARTICIPANT
    assert state_of(one)[2] is ParticipationStatus.TAKEN_BACK


@pytest.mark.parametrize("described", [{"name": "Vera SMIRNOVA"}, {"name": "V.", "email": "vera@example.org"}])
def test_a_participant_cannot_be_edited_into_a_former_observer(
    cast: Cast, desk: Viewer, described: dict[str, str]
) -> None:
    one, seated = an_observer(cast, desk, email="vera@example.org"), nominate_for(cast, "jp2", "JP", name="Zed")
    withdraw(cast, "jp2", one)

    with pytest.raises(Refusal, match="after the coordinator's approval"):
        change(cast, "jp2", seated, **described)


def test_a_participant_cannot_be_edited_into_the_focal_point_if_an_observer_has_that_name(
    cast: Cast, desk: Viewer
) -> None:
    leave(cast, desk, "jp2")
    seated = nominate_for(cast, "jp2", "JP", name="Ann Bell")
    nominate_for(cast, "jp2", "JP", name="Bell Ann", email="bell@example.org", capacity=Capacity.OBSERVER)

    with pytest.raises(Refusal, match="after the coordinator's approval"):
        change(cast, "jp2", seated, name=own_name(cast), email="another@example.org")


def test_an_approved_observer_reads_as_a_participant_at_once(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid", capacity=Capacity.OBSERVER)
    change(cast, "jp2", one, name="Me", email="jp2@example.invalid", capacity=Capacity.PARTICIPANT)
    with upkeep(system(Purpose.SAMPLE)):
        part = db.session.get_one(Participation, one)
        part.status = ParticipationStatus.CONFIRMED
        participants_operations.begin_participation(part, clock.now())
    assert at(cast, "jp2").roles == {Role.FOCAL_POINT, Role.OBSERVER}

    approve(desk, one)

    assert at(cast, "jp2").roles == {Role.FOCAL_POINT, Role.PARTICIPANT}


def test_an_approved_observer_has_the_participant_role_at_once(cast: Cast, desk: Viewer) -> None:
    one = an_observer(cast, desk)
    change(cast, "jp2", one, capacity=Capacity.PARTICIPANT)
    with upkeep(system(Purpose.SAMPLE)):
        part = db.session.get_one(Participation, one)
        part.status = ParticipationStatus.CONFIRMED
        participants_operations.begin_participation(part, clock.now())
        person_id = part.person_id

    approve(desk, one)

    assert state_of(one)[2] is ParticipationStatus.CONFIRMED
    assert live_roles(cast, person_id) == {Role.PARTICIPANT}
    assert not db.session.get_one(Participation, one).reads_as_observer


def live_roles(cast: Cast, person_id: UUID) -> set[Role]:
    rows = select(RoleGrant.role).where(
        RoleGrant.meeting_id == cast.meeting(), RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
    )
    return set(db.session.scalars(rows))
