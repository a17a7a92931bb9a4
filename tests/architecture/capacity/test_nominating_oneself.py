"""A focal point who nominates themself observes at once and takes part after approval."""

import pytest

from dialogues.core.accounts.models import Account
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.participants import commands as participants_commands
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.registration import commands as registration
from dialogues.policy import Role
from tests.architecture.capacity.acts import (
    OBSERVER_WHO_ASKS,
    an_observer,
    approve,
    at,
    change,
    give_seats,
    leave,
    nominate_for,
    of_party,
    own_name,
    replace,
    state_of,
    version,
)
from tests.beds.forms import complaints, send
from tests.cast import Cast


def test_a_focal_point_can_nominate_themself_as_observer_at_once(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")

    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid", capacity=Capacity.OBSERVER)

    assert state_of(one) == (Capacity.OBSERVER, None, ParticipationStatus.INVITED, 1, None)


@pytest.mark.parametrize("email", ["jp2@example.invalid", "JP2@Example.invalid", "", "another@example.org"])
def test_a_focal_point_becomes_a_participant_after_approval(cast: Cast, desk: Viewer, email: str) -> None:
    leave(cast, desk, "jp2")
    me = "Me" if "jp2" in email.lower() else " ".join(reversed(own_name(cast).title().split()))

    one = nominate_for(cast, "jp2", "JP", name=me, email=email)

    assert state_of(one) == (Capacity.OBSERVER, Capacity.PARTICIPANT, ParticipationStatus.WAITING, None, None)
    approve(desk, one)
    assert state_of(one)[0] is Capacity.PARTICIPANT
    assert state_of(one)[3] is not None


def test_requesting_a_participants_seat_restricts_no_rights(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    before = at(cast, "jp2").roles

    nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid")

    assert at(cast, "jp2").roles == before


@pytest.mark.parametrize(
    "written",
    ["{1}, {0}", "{0} {1}.", "{0}-{1}", "{0}\u2019{1}", "{0}\u200b{1}", "{1}{0}", "Dr. {0} {1}", "{1} M. {0}"],
)
def test_punctuation_and_a_title_do_not_hide_a_focal_point(cast: Cast, desk: Viewer, written: str) -> None:
    leave(cast, desk, "jp2")

    one = nominate_for(cast, "jp2", "JP", name=written.format(*own_name(cast).split()), email="another@example.org")

    assert state_of(one)[:2] == (Capacity.OBSERVER, Capacity.PARTICIPANT)


def test_a_focal_point_is_also_recognised_by_the_name_in_native_script(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    native = db.session.get_one(Person, cast.person("jp2")).native

    one = nominate_for(cast, "jp2", "JP", name="Zed", native=native, email="another@example.org")

    assert native
    assert state_of(one)[:2] == (Capacity.OBSERVER, Capacity.PARTICIPANT)


def wish_for(cast: Cast, address: str) -> None:
    """jp2 requests another address of the account and does not confirm it."""
    with upkeep(system(Purpose.SAMPLE)):
        db.session.get_one(Account, cast.account("jp2")).wanted_email = address


@pytest.mark.parametrize("address", ["mn1@example.invalid", "unknown@example.org"])
def test_an_unconfirmed_address_does_not_reveal_who_is_in_the_dialogue(cast: Cast, desk: Viewer, address: str) -> None:
    leave(cast, desk, "jp2")
    wish_for(cast, address)

    one = nominate_for(cast, "jp2", "JP", name="Any Body", email=address, capacity=Capacity.OBSERVER)

    line = nominations_nominations.nominee(at(cast, "jp2"), one)
    assert (line.name, line.email) == ("Any Body", address)


def test_an_unconfirmed_address_of_a_focal_point_also_needs_approval(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    wish_for(cast, "unknown@example.org")

    one = nominate_for(cast, "jp2", "JP", name="Any Body", email="unknown@example.org")

    assert state_of(one)[:2] == (Capacity.OBSERVER, Capacity.PARTICIPANT)


@pytest.mark.parametrize("email", ["", "another@example.org"])
def test_a_waiting_participant_nominee_is_not_restricted_like_an_observer(cast: Cast, desk: Viewer, email: str) -> None:
    leave(cast, desk, "jp2")

    one = nominate_for(cast, "jp2", "JP", name=own_name(cast), email=email)

    assert state_of(one)[:2] == (Capacity.OBSERVER, Capacity.PARTICIPANT)
    assert not db.session.get_one(Participation, one).reads_as_observer


def test_a_focal_point_who_requests_a_seat_is_never_restricted(cast: Cast, desk: Viewer) -> None:
    """They were offered no participation as an observer."""
    leave(cast, desk, "jp2")
    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid")
    assert at(cast, "jp2").roles == {Role.FOCAL_POINT}

    participants_commands.refuse_participant(desk, one, version=version(one), now=clock.now())
    assert at(cast, "jp2").roles == {Role.FOCAL_POINT}

    nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid", capacity=Capacity.OBSERVER)
    assert at(cast, "jp2").roles == {Role.FOCAL_POINT, Role.OBSERVER}


def test_a_refused_focal_point_who_is_invited_as_observer_reads_as_an_observer(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid")
    participants_commands.refuse_participant(desk, one, version=version(one), now=clock.now())

    invitations_inviting.invite_again(desk, one, now=clock.now())

    assert at(cast, "jp2").roles == {Role.FOCAL_POINT, Role.OBSERVER}


def test_a_waiting_focal_point_who_accepts_as_observer_reads_as_an_observer(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid")

    change(cast, "jp2", one, name="Me", email="jp2@example.invalid", capacity=Capacity.OBSERVER)

    assert at(cast, "jp2").roles == {Role.FOCAL_POINT, Role.OBSERVER}


def test_a_refused_focal_point_leaves_the_list_and_may_observe(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid")

    participants_commands.refuse_participant(desk, one, version=version(one), now=clock.now())

    assert state_of(one) == (Capacity.OBSERVER, None, ParticipationStatus.TAKEN_BACK, None, None)
    again = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid", capacity=Capacity.OBSERVER)
    assert state_of(again)[:2] == (Capacity.OBSERVER, None)


def test_a_waiting_focal_point_may_observe_meanwhile(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid")

    change(cast, "jp2", one, name="Me", email="jp2@example.invalid", capacity=Capacity.OBSERVER)

    assert state_of(one)[:2] == (Capacity.OBSERVER, None)
    assert state_of(one)[3] == 1


def test_an_address_from_another_dialogue_is_recognised_as_the_focal_points(cast: Cast, desk: Viewer) -> None:
    """jp2 has a second address in another dialogue, with the same account."""
    leave(cast, desk, "jp2")
    with upkeep(system(Purpose.SAMPLE)):
        other = db.session.get_one(Person, cast.person("jp2", "SCD"))
        other.email = other.email_norm = "second@example.org"

    one = nominate_for(cast, "jp2", "JP", name="Nobody", email="second@example.org")

    db.session.rollback()
    assert db.session.get_one(Participation, one).person_id == cast.person("jp2")
    assert state_of(one)[:2] == OBSERVER_WHO_ASKS


def test_a_focal_point_cannot_replace_a_participant_by_themself(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    seated = nominate_for(cast, "jp2", "JP", name="Zed")

    for way in (replace, change):
        with pytest.raises(Refusal, match="after the coordinator's approval"):
            way(cast, "jp2", seated, name="Me", email="jp2@example.invalid")

    assert state_of(seated)[0] is Capacity.PARTICIPANT


def test_a_focal_point_cannot_replace_a_participant_by_themself_in_a_registration(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    seated = nominate_for(cast, "jp2", "JP", name="Zed")
    registration.confirm_for(at(cast, "jp2"), seated, version=version(seated), now=clock.now())
    identity = f"/meetings/{cast.meeting()}/participants/{seated}/registration/identity"
    client, own = cast.client("jp2"), own_name(cast)

    answer = send(client, identity, name=own)

    assert "after the coordinator's approval" in complaints(answer)
    assert send(client, identity, name="Zed ZEDSON").status_code == 303
    assert send(cast.client("st-coord"), identity, name=own).status_code == 303


def test_a_waiting_nominee_is_not_invited_by_submission_or_new_seats(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid")

    give_seats(desk, cast.party("JP"), participant=20, observer=20)

    assert state_of(one)[2:] == (ParticipationStatus.WAITING, None, None)


def test_the_replacement_of_a_waiting_nominee_gets_a_separate_seat(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")
    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid")

    replace(cast, "jp2", one, "Vera SMIRNOVA")

    new = next(part for part in of_party(cast, "JP") if part.replaces == one)
    assert (new.capacity, new.requested_capacity, new.seat) == (Capacity.OBSERVER, None, 1)


def test_forms_and_list_show_what_waits_for_approval(cast: Cast, desk: Viewer) -> None:
    lists, said = f"/meetings/{cast.meeting()}/nominations", "as participant after the coordinator's approval"
    client = cast.client("jp2")

    assert said in client.get(lists).text
    assert said in client.get(f"{lists}/{cast.party('JP')}/new").text
    assert said in client.get(f"{lists}/{an_observer(cast, desk)}/edit").text
    assert said not in cast.client("st-coord").get(lists).text


def test_only_a_coordinator_can_decide(cast: Cast, desk: Viewer) -> None:
    one = an_observer(cast, desk)
    change(cast, "jp2", one, capacity=Capacity.PARTICIPANT)

    for name in ("jp2", "xo1", "us1", "ch1", "st-host"):
        shown = cast.client(name).get(f"/meetings/{cast.meeting()}/nominations").text
        assert "Approve as participant" not in shown
    assert state_of(one)[:2] == OBSERVER_WHO_ASKS
