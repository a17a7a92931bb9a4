"""A restriction counts from the moment it is offered."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from dialogues.agenda.entries.models import PersonCalendar
from dialogues.agenda.entries.operations.entries import update_entries
from dialogues.agenda.entries.queries.derived import session_entries
from dialogues.core.common import clock
from dialogues.core.common.read_guard import reading
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.ical.parts import State
from dialogues.meetings.dialogues.models import Party
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind
from dialogues.meetings.roles import commands as roles_commands
from dialogues.meetings.roles.queries import offers as open_offers
from dialogues.people.invitations import operations as invitations_operations
from dialogues.people.invitations.commands import answering as invitations_answering
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import (
    AGENDA_EDIT,
    AGENDA_SEE,
    RAW_NOTES_WRITE,
    RECORD_READ,
    SUBMIT_LIST,
    Role,
    Scope,
)
from tests.architecture.decisions.acts import (
    CLOSED_TO_OBSERVERS,
    SUBSTANCE,
    accept,
    end_role,
    grant,
    invite,
    offer_observers_part,
    part_of,
    reads_closed_session,
    status_of,
    take_back,
    viewer,
)
from tests.cast import Cast


@pytest.mark.parametrize("capacity", [Capacity.OBSERVER, Capacity.SPECIAL_OBSERVER, Capacity.RESOURCE_PERSON])
def test_a_focal_point_with_an_open_observer_offer_reads_as_an_observer(inside: Cast, capacity: Capacity) -> None:
    assert reads_closed_session(inside, "us2")
    take_back(inside, "us2")
    assert reads_closed_session(inside, "us2")
    invite(inside, "us2", capacity)

    us2 = viewer(inside, "us2")
    assert not reads_closed_session(inside, "us2")
    assert us2.scopes(AGENDA_SEE) == {Scope.ADMITTED}
    assert us2.scopes(SUBMIT_LIST) == {Scope.OWN_PARTY}
    assert not us2.may(RECORD_READ)


def test_a_co_chair_with_an_open_observer_offer_reads_as_an_observer(inside: Cast) -> None:
    end_role(inside, "mn1", Role.FOCAL_POINT)
    assert all(viewer(inside, "mn1").may(action) for action in SUBSTANCE)
    offer_observers_part(inside, "mn1")

    mn1 = viewer(inside, "mn1")
    assert not any(mn1.may(action) for action in SUBSTANCE)
    assert mn1.scopes(AGENDA_SEE) == {Scope.ADMITTED}
    assert not reads_closed_session(inside, "mn1")
    assert status_of(inside, "mn1", "/exchange") == 404


def test_a_nominated_observer_is_restricted_at_once(inside: Cast) -> None:
    take_back(inside, "ru1")
    ru1 = part_of(inside, "ru1").id
    with upkeep(system(Purpose.SAMPLE)) as session:
        part = session.get_one(Participation, ru1)
        part.status, part.capacity = ParticipationStatus.NOMINATED, Capacity.OBSERVER

    assert not reads_closed_session(inside, "ru1")


@pytest.mark.parametrize("name", ["us2", "mn1"])
def test_declining_or_losing_the_offer_does_not_restore_access(inside: Cast, name: str) -> None:
    offer_observers_part(inside, name)
    part = part_of(inside, name).id
    with upkeep(system(Purpose.SAMPLE)) as session:
        row = session.get_one(Participation, part)
        row.status = ParticipationStatus.DECLINED
        participants_operations.end_participation(row, clock.now())
    assert not reads_closed_session(inside, name)

    invitations_inviting.invite_again(viewer(inside, "st-coord"), part, now=clock.now())
    take_back(inside, name)
    assert not reads_closed_session(inside, name)


@pytest.mark.parametrize("name", ["us2", "mn1"])
def test_only_accepting_as_a_participant_lifts_the_restriction(inside: Cast, name: str) -> None:
    offer_observers_part(inside, name)
    take_back(inside, name)
    invite(inside, name, Capacity.PARTICIPANT)
    assert not reads_closed_session(inside, name)

    accept(inside, name)

    assert reads_closed_session(inside, name)


def test_a_co_chair_who_withdraws_as_observer_stays_restricted(inside: Cast) -> None:
    end_role(inside, "mn1", Role.FOCAL_POINT)
    offer_observers_part(inside, "mn1")
    accept(inside, "mn1")
    assert not reads_closed_session(inside, "mn1")

    invitations_answering.withdraw(viewer(inside, "mn1"), now=clock.now())

    assert not reads_closed_session(inside, "mn1")


def test_an_offer_alone_gives_no_rights(inside: Cast) -> None:
    take_back(inside, "us4")
    invite(inside, "us4", Capacity.OBSERVER)

    with pytest.raises(LookupError):
        viewer(inside, "us4")


@pytest.mark.parametrize(
    ("name", "role", "action"),
    [("st-rap1", Role.RAPPORTEUR, RAW_NOTES_WRITE), ("st-coord", Role.COORDINATOR, AGENDA_EDIT)],
)
def test_staff_work_continues_for_a_person_who_is_also_an_observer(
    inside: Cast, name: str, role: Role, action: Any
) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        invitations_operations.invite(
            inside.person(name, "LVR"),
            inside.party("CH", "LVR"),
            Capacity.OBSERVER,
            dialogue_id=inside.dialogue("LVR"),
            meeting_id=inside.meeting("LVR-1"),
            at=clock.now(),
        )

    assert role in viewer(inside, name).roles
    assert viewer(inside, name).may(action)


def test_the_offered_focal_point_of_an_observing_organisation_reads_as_an_observer(inside: Cast) -> None:
    party = uuid4()
    names, dialogue = {"en": "Observing organisation"}, inside.dialogue("LVR")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.add(Party(id=party, dialogue_id=dialogue, code="OBS", names=names, kind=PartyKind.OBSERVER))
    assert reads_closed_session(inside, "us4")
    grant(inside, "us4", Role.FOCAL_POINT, accepted=False, party_id=party)

    assert not reads_closed_session(inside, "us4")
    offers = open_offers(inside.viewer("us4"))
    roles_commands.decline_role(inside.viewer("us4"), offers[0].id, now=clock.now())
    assert reads_closed_session(inside, "us4")


def test_the_restriction_also_limits_a_role_in_the_whole_dialogue(inside: Cast) -> None:
    end_role(inside, "ch2", Role.CO_CHAIR)
    grant(inside, "ch2", Role.CO_CHAIR, meeting_id=None)
    assert viewer(inside, "ch2").may(AGENDA_EDIT)
    offer_observers_part(inside, "ch2")

    around = inside.viewer("ch2", dialogue="LVR", now=clock.now())
    assert Role.CO_CHAIR not in viewer(inside, "ch2").roles | around.roles
    assert not around.may(RECORD_READ)


def test_restricted_sessions_leave_the_calendar_at_once(inside: Cast) -> None:
    def entries() -> set[UUID]:
        """The sessions of which the calendar entry is active."""
        db.session.rollback()
        with reading(Purpose.SAMPLE):
            found = session_entries(PersonCalendar.person_id == inside.person("us2", "LVR"))
        return {entry.object_id for entry in found if entry.content.state is not State.CANCELLED}

    closed = inside.session(CLOSED_TO_OBSERVERS)
    with upkeep(system(Purpose.SAMPLE)):
        settle_everyone(inside)
    take_back(inside, "us2")
    assert closed in entries()

    invite(inside, "us2", Capacity.OBSERVER)

    assert closed not in entries()


def settle_everyone(cast: Cast) -> None:
    update_entries(cast.meeting("LVR-1"), at=clock.now())
