"""Access by roles: fields, links, offers and decisions that give a role, and who may use each.

Capacity is an access right: a participant reads closed sessions, the archive, the seating and the full list. All ways
in which a capacity can be set are here, with the values that each user may set.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from dialogues.core.accounts.models import Account
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues import commands as dialogues
from dialogues.meetings.dialogues.models import MeetingParty, Party, Person
from dialogues.meetings.dialogues.rules.facts import Days, MeetingFacts, PartyFacts
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind
from dialogues.meetings.meetings import commands as meetings
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.invitations.rules import Invitee, Line
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants import commands as participants_commands
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.registration import commands as registration
from dialogues.people.roster import commands as roster
from dialogues.policy import SEATS_EDIT, Role
from tests.beds.database import Installation, opened
from tests.beds.forms import complaints, page, press, send
from tests.beds.web import set_clock
from tests.cast import Cast
from tests.people.conftest import Outside

#: The lists of TRD-1 and its registration are open.
BEFORE_TRD_1 = datetime(2027, 5, 10, 9, 0, tzinfo=UTC)
BELOW = tuple(one for one in Capacity if one is not Capacity.PARTICIPANT)
#: The capacities of each kind of party, by hand from the practice page.
ALLOWED = {
    PartyKind.PARTY: frozenset(Capacity),
    PartyKind.HOST: frozenset(Capacity),
    PartyKind.OBSERVER: frozenset(BELOW),
}


@pytest.fixture
def cast(installation: Installation) -> Iterator[Cast]:
    """The personas, before TRD-1."""
    with opened(installation.settings()) as app, app.app_context():
        app.test_client_class = Outside
        set_clock(app, BEFORE_TRD_1)
        yield Cast(app)
        db.session.remove()


@pytest.fixture
def desk(cast: Cast) -> Viewer:
    """The coordinator at TRD-1."""
    return at(cast, "st-coord")


def at(cast: Cast, name: str) -> Viewer:
    return cast.viewer(name, meeting="TRD-1", now=BEFORE_TRD_1)


def nominate_for(cast: Cast, speaker: str, party: str, name: str = "Vera SMIRNOVA", **facts: Any) -> UUID:
    nominee = Nominee(name=name, **facts)
    return nominations_nominating.nominate(
        at(cast, speaker), cast.party(party), nominee, once=uuid4().hex, now=clock.now()
    )


def state_of(participation_id: UUID) -> tuple[Capacity, Capacity | None, ParticipationStatus, int | None, int | None]:
    db.session.rollback()
    one = db.session.get_one(Participation, participation_id)
    return one.capacity, one.requested_capacity, one.status, one.seat, one.queue_no


def version(participation_id: UUID) -> int:
    db.session.rollback()
    one = db.session.get_one(Participation, participation_id)
    found = one.version + db.session.get_one(Person, one.person_id).version
    db.session.rollback()
    return found


def change(cast: Cast, speaker: str, one: UUID, name: str = "Vera SMIRNOVA", **facts: Any) -> None:
    nominee = Nominee(name=name, **facts)
    nominations_nominating.change_nominee(at(cast, speaker), one, nominee, version=version(one), now=clock.now())


def replace(cast: Cast, speaker: str, one: UUID, name: str, **facts: Any) -> None:
    nominee = Nominee(name=name, **facts)
    mark = uuid4().hex
    nominations_nominating.replace_nominee(
        at(cast, speaker), one, nominee, version=version(one), once=mark, now=clock.now()
    )


def withdraw(cast: Cast, speaker: str, one: UUID) -> None:
    nominations_nominating.withdraw_nominee(at(cast, speaker), one, version=version(one), now=clock.now())


def give_seats(desk: Viewer, party_id: UUID, **seats: int) -> None:
    rows = {one.party_id: one.seats for one in nominations_nominations.seats(desk, SEATS_EDIT)}
    mark = nominations_nominations.seats_mark(desk, SEATS_EDIT)
    nominations_submitting.set_seats(desk, {**rows, party_id: seats}, version=mark, now=clock.now())


def seats_of(party_id: UUID, meeting_id: UUID) -> dict[str, int]:
    db.session.rollback()
    return db.session.get_one(MeetingParty, (meeting_id, party_id)).seats


def participation_of(cast: Cast, name: str) -> UUID:
    found = select(Participation.id).where(
        Participation.meeting_id == cast.meeting(), Participation.person_id == cast.person(name)
    )
    return db.session.execute(found).scalar_one()


def approve(desk: Viewer, one: UUID) -> None:
    participants_commands.approve_participant(desk, one, version=version(one), now=clock.now())


# Capacities by kind of party


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


def by_file(_cast: Cast, desk: Viewer, capacity: Capacity) -> None:
    values = {"name": "Vera", "email": "vera@example.org", "party": "XO", "capacity": capacity.value}
    imported = invitations_inviting.import_people(desk, [Line(number=2, cells=[], values=values)], now=clock.now())
    for _line, refusal in imported.faults:
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


def of_party(cast: Cast, code: str) -> list[Participation]:
    db.session.rollback()
    rows = select(Participation).where(
        Participation.meeting_id == cast.meeting(), Participation.party_id == cast.party(code)
    )
    return list(db.session.scalars(rows).all())


def test_the_form_of_an_observing_organisation_offers_only_observers(cast: Cast) -> None:
    form = f"/meetings/{cast.meeting()}/nominations/{cast.party('XO')}/new"
    shown = page(cast.client("xo1").get(form))

    assert [str(one["value"]) for one in shown.select("select[name=capacity] option")] == [one.value for one in BELOW]
    assert "Your organisation observes" in shown.get_text()
    assert send(cast.client("xo1"), form, name="Vera", capacity="participant").status_code == 422


def test_people_of_an_observing_organisation_imported_without_capacity_are_observers(cast: Cast, desk: Viewer) -> None:
    values = {"name": "Vera", "email": "vera@example.org", "party": "XO"}

    assert (
        invitations_inviting.import_people(desk, [Line(number=2, cells=[], values=values)], now=clock.now()).invited
        == 1
    )

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
    days = Days(starts_on=datetime(2028, 5, 1).date(), ends_on=datetime(2028, 5, 2).date())  # noqa: DTZ001  a day
    facts = MeetingFacts(code="TRD-9", title="", zone="UTC", days=days, parties=both, seats=4)

    planned = meetings.plan_meeting(around, facts, now=clock.now())

    assert seats_of(cast.party("US"), planned) == {"participant": 4}
    assert seats_of(cast.party("XO"), planned) == {}


def test_a_copied_meeting_gives_observing_organisations_no_seats_for_participants(cast: Cast, desk: Viewer) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        rows = update(MeetingParty).where(MeetingParty.party_id == cast.party("XO"))
        db.session.execute(rows.values(seats={"participant": 3, "observer": 2}))
    day = datetime(2028, 5, 1).date()  # noqa: DTZ001  a day

    copied = meetings.copy_meeting(desk, code="TRD-9", title="", starts_on=day, now=clock.now())

    assert seats_of(cast.party("XO"), copied) == {"observer": 2}


def test_the_sample_gives_its_observers_their_seats(cast: Cast) -> None:
    assert seats_of(cast.party("XO"), cast.meeting()) == {"observer": 2}
    assert seats_of(cast.party("KP", "LVR"), cast.meeting("LVR-1")) == {"participant": 5, "observer": 3}


# Only the coordinator raises a capacity

OBSERVER_WHO_ASKS = (Capacity.OBSERVER, Capacity.PARTICIPANT)


def an_observer(cast: Cast, desk: Viewer, **facts: Any) -> UUID:
    """A seated observer of JP; one more participant and two more observers have seats."""
    give_seats(desk, cast.party("JP"), participant=6, observer=2)
    return nominate_for(cast, "jp2", "JP", capacity=Capacity.OBSERVER, **facts)


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


# A focal point may nominate themself


def leave(cast: Cast, desk: Viewer, name: str) -> None:
    """End the focal point's participation; the party has free seats."""
    give_seats(desk, cast.party("JP"), participant=6, observer=2)
    invitations_inviting.take_back(desk, participation_of(cast, name), now=clock.now())


def test_a_focal_point_can_nominate_themself_as_observer_at_once(cast: Cast, desk: Viewer) -> None:
    leave(cast, desk, "jp2")

    one = nominate_for(cast, "jp2", "JP", name="Me", email="jp2@example.invalid", capacity=Capacity.OBSERVER)

    assert state_of(one) == (Capacity.OBSERVER, None, ParticipationStatus.INVITED, 1, None)


def own_name(cast: Cast) -> str:
    return db.session.get_one(Person, cast.person("jp2")).name


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
    "written", ["{1}, {0}", "{0} {1}.", "{0}-{1}", "{0}\u2019{1}", "{0}\u200b{1}", "Dr. {0} {1}", "{1} M. {0}"]
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


# Seats


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
