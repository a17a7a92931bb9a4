"""Only a party has participants; an observing organisation has observers, on every way a capacity is set."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import update

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues import commands as dialogues
from dialogues.meetings.dialogues.models import MeetingParty, Party
from dialogues.meetings.dialogues.rules.facts import Days, MeetingFacts, PartyFacts
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder, PartyKind
from dialogues.meetings.meetings import commands as meetings
from dialogues.people.invitations import queries as invitations_queries
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.invitations.rules import ImportPlan, Invitee, Line
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.roster import commands as roster
from tests.architecture.capacity.acts import (
    ALLOWED,
    BELOW,
    at,
    change,
    give_seats,
    nominate_for,
    of_party,
    participation_of,
    seats_of,
    version,
    withdraw,
)
from tests.beds.forms import page, send
from tests.cast import Cast


def test_only_an_observing_organisation_has_no_participants() -> None:
    assert {kind: frozenset(kind.capacities) for kind in PartyKind} == ALLOWED


def by_nominating(cast: Cast, _desk: Viewer, capacity: Capacity) -> None:
    nominate_for(cast, "xo1", "XO", capacity=capacity)


def by_nominating_as_coordinator(cast: Cast, _desk: Viewer, capacity: Capacity) -> None:
    nominate_for(cast, "st-coord", "XO", capacity=capacity)


def by_changing(cast: Cast, _desk: Viewer, capacity: Capacity) -> None:
    was = BELOW[0] if capacity is not BELOW[0] else BELOW[1]
    change(cast, "xo1", nominate_for(cast, "xo1", "XO", capacity=was), capacity=capacity)


def by_nominating_again(cast: Cast, _desk: Viewer, capacity: Capacity) -> None:
    one = nominate_for(cast, "xo1", "XO", capacity=Capacity.OBSERVER, email="vera@example.org")
    withdraw(cast, "xo1", one)
    nominate_for(cast, "xo1", "XO", capacity=capacity, email="vera@example.org")


def by_inviting(cast: Cast, desk: Viewer, capacity: Capacity) -> None:
    invitee = Invitee(name="Vera", email="vera@example.org", party_id=cast.party("XO"), capacity=capacity)
    invitations_inviting.invite_person(desk, invitee, now=clock.now())


def import_row(desk: Viewer, values: dict[str, str]) -> ImportPlan:
    lines, order, now = [Line(number=2, cells=[], values=values)], NameOrder.GIVEN_FIRST, clock.now()
    previewed = invitations_queries.import_plan(desk, lines, order, now).digest
    return invitations_inviting.import_people(desk, lines, order, previewed=previewed, now=now)


def by_file(_cast: Cast, desk: Viewer, capacity: Capacity) -> None:
    values = {"name": "Vera", "email": "vera@example.org", "party": "XO", "capacity": capacity.value}
    for _line, refusal in import_row(desk, values).faults:
        raise refusal


def by_correcting(cast: Cast, desk: Viewer, capacity: Capacity) -> None:
    invitee = Invitee(name="Vera", email="vera@example.org", party_id=cast.party("US"), capacity=capacity)
    one = invitations_inviting.invite_person(desk, invitee, now=clock.now())
    corrected = {"email": "vera@example.org", "party_id": cast.party("XO"), "capacity": capacity}
    invitations_inviting.correct(desk, one, **corrected, version=version(one), now=clock.now())


WAYS = [
    by_nominating,
    by_nominating_as_coordinator,
    by_changing,
    by_nominating_again,
    by_inviting,
    by_file,
    by_correcting,
]


@pytest.mark.parametrize("capacity", Capacity)
@pytest.mark.parametrize("way", WAYS)
def test_no_way_gives_an_observing_organisation_a_participant(
    cast: Cast, desk: Viewer, way: Callable[[Cast, Viewer, Capacity], None], capacity: Capacity
) -> None:
    before = len(of_party(cast, "XO"))
    if capacity in BELOW:
        way(cast, desk, capacity)
        assert len(of_party(cast, "XO")) == before + 1
    else:
        with pytest.raises(Refusal, match="An observing organisation has no participants"):
            way(cast, desk, capacity)
    assert {one.capacity for one in of_party(cast, "XO")} <= ALLOWED[PartyKind.OBSERVER]
    assert {one.requested_capacity for one in of_party(cast, "XO")} == {None}


def test_the_form_of_an_observing_organisation_offers_only_observers(cast: Cast) -> None:
    form = f"/meetings/{cast.meeting()}/nominations/{cast.party('XO')}/new"
    shown = page(cast.client("xo1").get(form))

    assert [str(one["value"]) for one in shown.select("select[name=capacity] option")] == [one.value for one in BELOW]
    assert "Your organisation observes" in shown.get_text()
    assert send(cast.client("xo1"), form, name="Vera", capacity="participant").status_code == 422


def test_people_of_an_observing_organisation_imported_without_capacity_are_observers(cast: Cast, desk: Viewer) -> None:
    values = {"name": "Vera", "email": "vera@example.org", "party": "XO"}

    assert len(import_row(desk, values).ready) == 1

    assert {one.capacity for one in of_party(cast, "XO")} == {Capacity.OBSERVER}


def test_a_party_with_participants_cannot_become_an_observing_organisation(cast: Cast) -> None:
    facts = PartyFacts(code="US", names={"en": "United States"}, kind=PartyKind.OBSERVER)
    us = db.session.get_one(Party, cast.party("US")).version

    with pytest.raises(Refusal, match=r"US has participants|%\(party\)s has participants"):
        dialogues.edit_party(
            cast.viewer("st-coord", dialogue="TRD"), cast.party("US"), facts, version=us, now=clock.now()
        )

    db.session.rollback()
    assert db.session.get_one(Party, cast.party("US")).kind is PartyKind.PARTY


def become_observers(cast: Cast, code: str) -> None:
    """Withdraw the party's participants and make it an observing organisation."""
    desk = at(cast, "st-coord")
    for one in of_party(cast, code):
        if one.status is ParticipationStatus.CONFIRMED:
            invitations_inviting.take_back(desk, one.id, now=clock.now())
    party = db.session.get_one(Party, cast.party(code))
    facts = PartyFacts(code=code, names=dict(party.names), kind=PartyKind.OBSERVER)
    number = party.version
    db.session.rollback()
    dialogues.edit_party(
        cast.viewer("st-coord", dialogue="TRD"), cast.party(code), facts, version=number, now=clock.now()
    )


def test_a_new_observing_organisation_loses_its_seats_for_participants(cast: Cast, desk: Viewer) -> None:
    give_seats(desk, cast.party("JP"), participant=5, observer=2)

    become_observers(cast, "JP")

    assert seats_of(cast.party("JP"), cast.meeting()) == {"observer": 2}


def test_a_former_participant_cannot_rejoin_an_observing_organisation_as_participant(cast: Cast, desk: Viewer) -> None:
    done = roster.apply_bulk_action(desk, BulkKind.TAKE_BACK, [participation_of(cast, "jp1")], now=clock.now())
    become_observers(cast, "JP")

    assert roster.undo(desk, done, now=clock.now()) == 0
    with pytest.raises(Refusal, match="no participants"):
        invitations_inviting.invite_again(desk, participation_of(cast, "jp2"), now=clock.now())
    with upkeep(system(Purpose.SAMPLE)), pytest.raises(Refusal, match="All seats are taken"):
        participants_operations.begin_participation(
            db.session.get_one(Participation, participation_of(cast, "jp3")), clock.now()
        )


def test_an_observing_organisation_has_no_seats_for_participants(cast: Cast, desk: Viewer) -> None:
    with pytest.raises(Refusal, match="no participants"):
        give_seats(desk, cast.party("XO"), participant=1)

    ru = page(cast.client("st-coord").get(f"/meetings/{cast.meeting()}/nominations/seats"))
    assert ru.select_one(f"[name=seats_{cast.party('XO').hex}_participant]") is None
    assert ru.select_one(f"[name=seats_{cast.party('XO').hex}_observer]") is not None


def test_seats_per_party_of_a_new_meeting_are_not_for_observing_organisations(cast: Cast) -> None:
    around, both = cast.viewer("st-coord", dialogue="TRD"), frozenset({cast.party("US"), cast.party("XO")})
    days = Days(starts_on=date(2028, 5, 1), ends_on=date(2028, 5, 2))
    facts = MeetingFacts(code="TRD-9", title="", zone="Asia/Tokyo", days=days, parties=both, seats=4)

    planned = meetings.plan_meeting(around, facts, now=clock.now())

    assert seats_of(cast.party("US"), planned) == {"participant": 4}
    assert seats_of(cast.party("XO"), planned) == {}


def test_a_copied_meeting_gives_observing_organisations_no_seats_for_participants(cast: Cast, desk: Viewer) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        rows = update(MeetingParty).where(MeetingParty.party_id == cast.party("XO"))
        db.session.execute(rows.values(seats={"participant": 3, "observer": 2}))
    day = date(2028, 5, 1)

    copied = meetings.copy_meeting(desk, code="TRD-9", title="", starts_on=day, now=clock.now())

    assert seats_of(cast.party("XO"), copied) == {"observer": 2}


def test_the_sample_gives_its_observers_their_seats(cast: Cast) -> None:
    assert seats_of(cast.party("XO"), cast.meeting()) == {"observer": 2}
    assert seats_of(cast.party("KP", "LVR"), cast.meeting("LVR-1")) == {"participant": 5, "observer": 3}
