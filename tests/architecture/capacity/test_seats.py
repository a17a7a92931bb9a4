"""A capacity without a number has no seats, and nothing exceeds the number but an approval."""

import pytest

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.invitations.rules import Invitee
from dialogues.people.participants import commands as participants_commands
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.roster import commands as roster
from tests.architecture.capacity.acts import give_seats, nominate_for, participation_of, state_of, version
from tests.beds.forms import complaints, press, send
from tests.cast import Cast


def test_a_capacity_without_a_number_has_no_seats(cast: Cast) -> None:
    one = nominate_for(cast, "jp2", "JP", capacity=Capacity.RESOURCE_PERSON)

    assert state_of(one)[2:] == (ParticipationStatus.WAITING, None, 1)
    lists = f"/meetings/{cast.meeting()}/nominations"
    assert "Approve a seat for Vera SMIRNOVA" not in cast.client("jp2").get(lists).text
    assert press(cast.client("st-coord"), lists, "Approve a seat for Vera SMIRNOVA").status_code == 303
    assert state_of(one)[2:] == (ParticipationStatus.NOMINATED, 1, None)


def test_a_direct_invitation_may_exceed_the_seats(cast: Cast, desk: Viewer) -> None:
    invitee = Invitee(
        name="Vera", email="vera@example.org", party_id=cast.party("XO"), capacity=Capacity.RESOURCE_PERSON
    )

    assert state_of(invitations_inviting.invite_person(desk, invitee, now=clock.now()))[3] == 1


def test_two_clicks_approve_only_one_seat(cast: Cast, desk: Viewer) -> None:
    one = nominate_for(cast, "jp2", "JP", capacity=Capacity.RESOURCE_PERSON)
    participants_commands.approve_seat(desk, one, version=version(one), now=clock.now())

    with pytest.raises(Refusal, match="decided already"):
        participants_commands.approve_seat(desk, one, version=version(one), now=clock.now())


def test_a_person_who_withdrew_cannot_return_above_the_number_of_seats(cast: Cast, desk: Viewer) -> None:
    give_seats(desk, cast.party("JP"), participant=2)
    one = participation_of(cast, "jp3")
    with upkeep(system(Purpose.SAMPLE)):
        part = db.session.get_one(Participation, one)
        part.status = ParticipationStatus.WITHDRAWN
        participants_operations.end_participation(part, clock.now())

    with upkeep(system(Purpose.SAMPLE)), pytest.raises(Refusal, match="All seats are taken now"):
        participants_operations.begin_participation(db.session.get_one(Participation, one), clock.now())


def test_undoing_a_bulk_withdrawal_restores_approved_participants(cast: Cast, desk: Viewer) -> None:
    give_seats(desk, cast.party("JP"), participant=2)
    everyone = [participation_of(cast, name) for name in ("jp1", "jp2", "jp3", "jp4")]
    done = roster.apply_bulk_action(desk, BulkKind.TAKE_BACK, everyone, now=clock.now())

    roster.undo(desk, done, now=clock.now())

    assert sorted(state_of(one)[3] or 0 for one in everyone) == [1, 2, 3, 4]


def test_undoing_a_bulk_withdrawal_does_not_exceed_a_reduced_number_of_seats(cast: Cast, desk: Viewer) -> None:
    everyone = [participation_of(cast, name) for name in ("jp1", "jp2", "jp3", "jp4")]
    done = roster.apply_bulk_action(desk, BulkKind.TAKE_BACK, everyone, now=clock.now())
    give_seats(desk, cast.party("JP"), participant=3)

    assert roster.undo(desk, done, now=clock.now()) == 3

    assert sum(state_of(one)[3] is not None for one in everyone) == 3
    assert [state_of(one)[4] for one in everyone if state_of(one)[4]] == [1]


def test_the_settings_of_the_seats_say_that_an_empty_field_means_none(cast: Cast) -> None:
    shown = cast.client("st-coord").get(f"/meetings/{cast.meeting()}/nominations/seats").text

    assert "An empty field means no seats" in shown


def test_a_refusal_names_the_field_of_the_form(cast: Cast) -> None:
    form = f"/meetings/{cast.meeting()}/participants/invite"
    answer = send(
        cast.client("st-coord"),
        form,
        name="Vera",
        email="vera@example.org",
        party_id=str(cast.party("XO")),
        capacity="participant",
    )

    assert answer.status_code == 422
    assert "An observing organisation has no participants" in complaints(answer)
    assert 'value="vera@example.org"' in answer.text
