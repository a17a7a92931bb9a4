"""Two people who may decide set the time of the exchange together."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.models import MeetingParty, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations import operations as invitations_operations
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.jobs import open_due_lists
from dialogues.people.nominations.queries import exchange as nominations_exchange
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants.models import Participation
from dialogues.policy import (
    Role,
)
from tests.architecture.decisions.acts import SET_TIME, end_role, grant, is_set, offer_observers_part, take_back, viewer
from tests.beds.web import set_clock
from tests.cast import Cast


def propose(cast: Cast, name: str, at: datetime | None = SET_TIME + timedelta(days=1)) -> None:
    local = at.replace(tzinfo=None) if at else None
    mark = nominations_exchange.moment_mark(cast.meeting("LVR-1"))
    nominations_submitting.propose_exchange(viewer(cast, name), local, version=mark, now=clock.now())


def confirm(cast: Cast, name: str) -> None:
    mark = nominations_exchange.moment_mark(cast.meeting("LVR-1"))
    nominations_submitting.confirm_exchange(viewer(cast, name), version=mark, now=clock.now())


@pytest.mark.parametrize("pair", [("ch2", "mn1"), ("st-coord", "ch2"), ("mn1", "st-coord")])
def test_two_authorized_people_set_the_time(inside: Cast, pair: tuple[str, str]) -> None:
    propose(inside, pair[0])
    assert not is_set(inside)

    confirm(inside, pair[1])

    assert is_set(inside)


@pytest.mark.parametrize("name", ["ch2", "mn1", "st-coord"])
@pytest.mark.parametrize("at", [SET_TIME + timedelta(days=1), None])
def test_a_person_cannot_confirm_their_own_proposal(inside: Cast, name: str, at: datetime | None) -> None:
    propose(inside, name, at)

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, name)

    assert not is_set(inside)


def test_a_person_with_two_roles_cannot_confirm_their_own_proposal(inside: Cast) -> None:
    grant(inside, "st-coord", Role.CO_CHAIR)
    propose(inside, "st-coord")

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "st-coord")


@pytest.mark.parametrize("first", ["ch2", "ch3"])
def test_two_co_chairs_of_one_party_cannot_set_the_time(inside: Cast, first: str) -> None:
    grant(inside, "ch3", Role.CO_CHAIR)
    propose(inside, first)

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "ch3" if first == "ch2" else "ch2")


def test_a_coordinator_and_a_co_chair_of_one_party_cannot_set_the_time(inside: Cast) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        here = {"dialogue_id": inside.dialogue("LVR"), "meeting_id": inside.meeting("LVR-1")}
        invitations_operations.invite(
            inside.person("st-coord", "LVR"), inside.party("CH", "LVR"), Capacity.PARTICIPANT, **here, at=clock.now()
        )
    propose(inside, "st-coord")

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "ch2")


def test_a_co_chair_who_leaves_their_seat_still_belongs_to_the_party(inside: Cast) -> None:
    grant(inside, "ch3", Role.CO_CHAIR)
    take_back(inside, "ch3")
    propose(inside, "ch2")

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "ch3")


def test_a_co_chair_without_a_party_sets_the_time_only_with_a_coordinator(inside: Cast) -> None:
    grant(inside, "st-host", Role.CO_CHAIR)
    propose(inside, "ch2")
    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "st-host")
    propose(inside, "st-coord")
    confirm(inside, "st-host")

    assert is_set(inside)


@pytest.mark.parametrize("how", ["ended", "restricted"])
def test_the_proposal_of_a_person_who_lost_the_role_is_not_valid(inside: Cast, how: str) -> None:
    propose(inside, "ch2")
    if how == "restricted":
        offer_observers_part(inside, "ch2")
    else:
        end_role(inside, "ch2", Role.CO_CHAIR)

    assert "proposes" not in inside.client("mn1").get(f"/meetings/{inside.meeting('LVR-1')}/exchange").text
    with pytest.raises(Refusal, match="no proposal"):
        confirm(inside, "mn1")
    assert not is_set(inside)


def test_clearing_the_time_has_no_effect_before_a_second_person_confirms(inside: Cast) -> None:
    for code in ("CN", "KP", "KR", "JP"):
        nominations_submitting.submit_list(viewer(inside, "st-coord"), inside.party(code, "LVR"), now=clock.now())
    propose(inside, "mn1", None)
    open_due_lists()
    assert nominations_exchange.moment_of(inside.meeting("LVR-1")).opened_at is None

    confirm(inside, "ch2")

    assert nominations_exchange.moment_of(inside.meeting("LVR-1")).opened_at is not None


def test_a_waiting_nominee_does_not_count_as_the_last_person_on_a_frozen_list(inside: Cast) -> None:
    """A waiting nominee is on no list, so the last seated person cannot be withdrawn from the frozen list."""
    mn, speaker = inside.party("MN", "LVR"), viewer(inside, "mn1")
    for name in ("mn1", "mn3"):
        take_back(inside, name)
    with upkeep(system(Purpose.SAMPLE)):
        row = db.session.get_one(MeetingParty, (inside.meeting("LVR-1"), mn))
        row.seats = {"participant": 2, "observer": 1}
    last = nominate_for_mn(inside, speaker, "Zed", capacity=Capacity.OBSERVER)
    waits = nominate_for_mn(inside, speaker, "Me", email="mn1@example.invalid")
    set_clock(inside.app, SET_TIME - timedelta(hours=2))
    one, other = (db.session.get_one(Participation, each) for each in (last, waits))
    mark = one.version + db.session.get_one(Person, one.person_id).version
    assert (one.seat, other.seat, other.queue_no) == (1, None, None)
    db.session.rollback()

    with pytest.raises(Refusal, match="this list needs one person"):
        nominations_nominating.withdraw_nominee(viewer(inside, "mn1"), last, version=mark, now=clock.now())


def nominate_for_mn(cast: Cast, speaker: Viewer, name: str, **facts: Any) -> UUID:
    nominee = Nominee(name=name, **facts)
    return nominations_nominating.nominate(speaker, cast.party("MN", "LVR"), nominee, once=uuid4().hex, now=clock.now())
