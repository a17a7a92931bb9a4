"""Focal points nominate people with or without an address; nobody learns from it who uses an address."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import EmailState
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder
from dialogues.meetings.roles import operations as roles
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import SEATS_EDIT, Role
from tests.beds.forms import complaints, page, send
from tests.cast import BEFORE_LVR_1, Cast
from tests.people.conftest import Site


def viewer(cast: Cast, name: str, meeting: str = "LVR-1") -> Any:
    return cast.viewer(name, meeting=meeting, now=BEFORE_LVR_1)


def nominate_for(cast: Cast, speaker: str, party: str, once: str = "", **facts: Any) -> UUID:
    """Nominate someone for a party of LVR-1 and return the id of the participation."""
    nominee = Nominee(**{"name": "Vera SMIRNOVA", **facts})
    mark = once or nominee.name.encode().hex()
    return nominations_nominating.nominate(
        viewer(cast, speaker), cast.party(party, "LVR"), nominee, once=mark, now=clock.now()
    )


def written(participation_id: UUID) -> tuple[Participation, Person]:
    db.session.rollback()
    participation = db.session.get_one(Participation, participation_id)
    return participation, db.session.get_one(Person, participation.person_id)


def address(cast: Cast, rest: str = "") -> str:
    return f"/meetings/{cast.meeting('LVR-1')}/nominations{rest}"


def lists(cast: Cast, speaker: str) -> list[nominations_nominations.PartyList]:
    return nominations_nominations.party_lists(viewer(cast, speaker))


def test_focal_point_nominates_someone_without_an_address(cast: Cast) -> None:
    form = f"/{cast.party('RU', 'LVR')}/new"

    answer = send(
        cast.client("ru1"),
        address(cast, form),
        name="Вера\u202e СМИРНОВА\u0007",
        family="Смирнова",
        given="Вера",
        native="Ве\u0301ра",
        capacity="participant",
    )

    assert answer.status_code == 303
    line = next(line for line in lists(cast, "ru1")[0].nominees if line.name == "Вера СМИРНОВА")
    assert (line.seat, line.status, line.email) == (5, ParticipationStatus.NOMINATED, "")
    assert line.native == "Ве́ра"


def test_nominee_with_an_address_added_after_submission_gets_an_email(site: Site) -> None:
    named = nominate_for(site.cast, "ru1", "RU", email="vera@example.invalid")

    assert written(named)[0].status is ParticipationStatus.INVITED
    assert [email.recipients for email in site.mail()] == [("vera@example.invalid",)]


def test_focal_point_sees_the_own_party_and_the_coordinator_sees_all(cast: Cast) -> None:
    assert [party.code for party in lists(cast, "ru1")] == ["RU"]
    assert {"RU", "KR", "CN", "KP"} <= {party.code for party in lists(cast, "st-coord")}
    assert {party.code for party in lists(cast, "st-host")} == {party.code for party in lists(cast, "st-coord")}


@pytest.mark.parametrize("name", ["ch2", "us4", "kr1", "kr3", "in-ru1", "st-rap1", "st-arch", "st-travel"])
def test_nobody_else_can_open_the_nominations(cast: Cast, name: str) -> None:
    assert cast.client(name).get(address(cast)).status_code == 404


def test_host_lead_reads_nominations_but_cannot_change_them(cast: Cast) -> None:
    host = cast.client("st-host")

    shown = page(host.get(address(cast)))

    assert shown.select("main form") == []
    assert "Name a person" not in shown.get_text()
    assert host.get(address(cast, f"/{cast.party('RU', 'LVR')}/new")).status_code == 404


def test_other_parties_do_not_exist_for_a_focal_point(cast: Cast) -> None:
    ru1 = cast.client("ru1")
    kr = db.session.execute(
        select(Participation.id).where(Participation.party_id == cast.party("KR", "LVR")).limit(1)
    ).scalar_one()

    asked = [f"/{cast.party('KR', 'LVR')}/new", f"/{cast.party('KR', 'LVR')}/submit"]
    asked += [f"/{kr}/{rest}" for rest in ("edit", "replace", "withdraw", "address", "calendar.ics")]

    assert {ru1.get(address(cast, rest)).status_code for rest in asked} == {404}


def test_same_page_sent_twice_nominates_one_person(cast: Cast) -> None:
    first = nominate_for(cast, "ru1", "RU", once="a" * 32)
    second = nominate_for(cast, "ru1", "RU", once="a" * 32)

    assert first == second
    assert db.session.execute(select(func.count()).where(Person.name == "Vera SMIRNOVA")).scalar_one() == 1


def test_two_people_of_one_party_cannot_share_an_address(cast: Cast) -> None:
    nominate_for(cast, "ru1", "RU", email="vera@example.invalid")

    answer = send(
        cast.client("ru1"),
        address(cast, f"/{cast.party('RU', 'LVR')}/new"),
        name="Oleg SMIRNOV",
        email="VERA@example.invalid",
    )

    assert answer.status_code == 422
    assert "This address stands at Vera SMIRNOVA of your list already" in complaints(answer)
    assert 'value="Oleg SMIRNOV"' in answer.text


def test_invalid_address_is_refused_and_kept_in_the_form(cast: Cast) -> None:
    answer = send(
        cast.client("ru1"), address(cast, f"/{cast.party('RU', 'LVR')}/new"), name="Oleg SMIRNOV", email="oleg"
    )

    assert "“oleg” is not an e-mail address" in complaints(answer)


def test_address_of_somebody_else_reveals_nothing_to_the_party(site: Site) -> None:
    """Another party enters kr3's own address: same answer and status as a free address, but no email."""
    cast = site.cast
    ru1, form = cast.client("ru1"), address(cast, f"/{cast.party('RU', 'LVR')}/new")

    free = send(ru1, form, name="Vera SMIRNOVA", email="vera@example.invalid")
    nominations_submitting.set_seats(
        viewer(cast, "st-coord"),
        {cast.party("RU", "LVR"): {"participant": 9}},
        version=nominations_nominations.seats_mark(viewer(cast, "st-coord"), SEATS_EDIT),
        now=clock.now(),
    )
    claimed = send(ru1, form, name="Oleg SMIRNOV", email="kr3@example.invalid")

    assert (free.status_code, free.location) == (claimed.status_code, claimed.location)
    lines = {line.name: line for line in lists(cast, "ru1")[0].nominees}
    assert lines["Oleg SMIRNOV"].email == "kr3@example.invalid"
    assert lines["Oleg SMIRNOV"].status is lines["Vera SMIRNOVA"].status is ParticipationStatus.INVITED
    assert not lines["Oleg SMIRNOV"].in_doubt
    assert [email.recipients for email in site.mail()] == [("vera@example.invalid",)]
    state = select(Email.state).where(Email.person_id == written(lines["Oleg SMIRNOV"].id)[1].id)
    assert db.session.scalars(state).all() == [EmailState.SUPERSEDED]


#: Used addresses: a nominee of another party, one of a party that has not submitted, and a member of staff.
SOMEBODYS = ("kr3@example.invalid", "cn1@example.invalid", "st-rap1@example.invalid")


def with_seats(cast: Cast, seats: int, *, has_submitted: bool) -> None:
    """Set the seats of RU and submit or withdraw its list."""
    if not has_submitted:
        nominations_submitting.take_submission_back(viewer(cast, "ru1"), cast.party("RU", "LVR"), now=clock.now())
    desk = viewer(cast, "st-coord")
    mark = nominations_nominations.seats_mark(desk, SEATS_EDIT)
    nominations_submitting.set_seats(
        desk, {cast.party("RU", "LVR"): {"participant": seats}}, version=mark, now=clock.now()
    )


def version_of(participation_id: UUID) -> int:
    participation, person = written(participation_id)
    version = participation.version + person.version
    db.session.rollback()
    return version


def test_coordinator_is_shown_a_doubtful_address_and_can_ask_for_another(site: Site) -> None:
    cast = site.cast
    named = nominate_for(cast, "ru1", "RU", email="kr3@example.invalid")
    desk = cast.client("st-coord")
    assert "somebody else's: decide" in desk.get(address(cast)).text
    assert "somebody else's" not in cast.client("ru1").get(address(cast)).text

    assert send(desk, address(cast, f"/{named}/address"), way="other").status_code == 303

    line = next(line for line in lists(cast, "ru1")[0].nominees if line.id == named)
    assert (line.email, line.address_asked, line.status) == ("", True, ParticipationStatus.NOMINATED)
    send(cast.client("ru1"), address(cast, f"/{named}/edit"), email="vera@example.invalid")
    participation, person = written(named)
    assert (person.email, participation.address_asked) == ("vera@example.invalid", False)
    assert [email.recipients for email in site.mail()] == [("vera@example.invalid",)]


def test_participant_of_the_meeting_cannot_be_confirmed_as_the_same_person(cast: Cast) -> None:
    named = nominate_for(cast, "ru1", "RU", email="us1@example.invalid")

    answer = send(cast.client("st-coord"), address(cast, f"/{named}/address"), way="same")

    assert answer.status_code == 422
    assert "has a part in this meeting already" in complaints(answer)


def test_confirmed_same_person_takes_the_nominees_seat_and_is_invited(site: Site) -> None:
    cast = site.cast
    named = nominate_for(cast, "ru1", "RU", email="in-zh1@example.invalid")

    assert send(cast.client("st-coord"), address(cast, f"/{named}/address"), way="same").status_code == 303

    participation, person = written(named)
    assert (person.email, participation.claimed_email, participation.seat) == ("in-zh1@example.invalid", None, 5)
    assert ("in-zh1@example.invalid",) in [email.recipients for email in site.mail()]


def test_person_nominated_before_by_the_same_party_is_found_by_address(cast: Cast) -> None:
    named = nominate_for(cast, "ru1", "RU", email="vera@example.invalid")
    nominations_nominating.withdraw_nominee(viewer(cast, "ru1"), named, version=version_of(named), now=clock.now())

    again = nominate_for(cast, "ru1", "RU", name="V. Smirnova", email="vera@example.invalid")

    assert again == named
    assert written(again)[0].seat == 5


def test_two_devices_do_not_overwrite_each_other(cast: Cast) -> None:
    named = nominate_for(cast, "ru1", "RU")
    version = version_of(named)
    change = Nominee(name="Vera Ivanovna SMIRNOVA", name_order=NameOrder.FAMILY_FIRST)
    nominations_nominating.change_nominee(viewer(cast, "ru1"), named, change, version=version, now=clock.now())

    with pytest.raises(Refusal, match="Someone saved a change"):
        nominations_nominating.change_nominee(viewer(cast, "ru1"), named, change, version=version, now=clock.now())


def test_party_cannot_edit_a_person_who_has_accepted(cast: Cast) -> None:
    ru2 = next(line for line in lists(cast, "ru1")[0].nominees if line.status is ParticipationStatus.CONFIRMED)

    assert not ru2.may_be_changed
    with pytest.raises(Refusal, match="has accepted"):
        nominations_nominating.change_nominee(
            viewer(cast, "ru1"), ru2.id, Nominee(name="Another"), version=version_of(ru2.id), now=clock.now()
        )


def test_another_capacity_means_another_seat(cast: Cast) -> None:
    desk, seats = viewer(cast, "st-coord"), {cast.party("RU", "LVR"): {"participant": 5, "observer": 1}}
    nominations_submitting.set_seats(
        desk, seats, version=nominations_nominations.seats_mark(desk, SEATS_EDIT), now=clock.now()
    )
    named = nominate_for(cast, "ru1", "RU")
    change = Nominee(name="Vera SMIRNOVA", capacity=Capacity.OBSERVER)

    nominations_nominating.change_nominee(
        viewer(cast, "ru1"), named, change, version=version_of(named), now=clock.now()
    )

    participation, _person = written(named)
    assert (participation.capacity, participation.seat) == (Capacity.OBSERVER, 1)


def test_coordinator_nominates_for_a_party_without_a_focal_point(cast: Cast) -> None:
    desk = cast.client("st-coord")

    answer = send(desk, address(cast, f"/{cast.party('KR', 'LVR')}/new"), name="KIM Ara")

    assert answer.status_code == 303


def test_coordinator_sees_which_focal_points_have_not_answered(cast: Cast) -> None:
    words = cast.client("st-coord").get(address(cast)).text

    assert "focal point asked, no answer yet: CHOI Si-heom" in words
    assert "no focal point: the office names its people" not in words


def test_before_the_exchange_nobody_else_finds_the_name(cast: Cast) -> None:
    nominate_for(cast, "ru1", "RU")
    meeting = cast.meeting("LVR-1")

    for name in ("ch2", "us1", "us4", "st-rap1", "st-travel"):
        found = cast.client(name).get(f"/meetings/{meeting}/participants?q=Smirnova")
        assert "SMIRNOVA" not in found.text


def test_home_says_that_a_list_is_not_submitted(cast: Cast) -> None:
    assert "Lodge your party's list" not in cast.client("ru1").get("/").text
    nominations_submitting.take_submission_back(viewer(cast, "ru1"), cast.party("RU", "LVR"), now=clock.now())

    assert "Lodge your party's list: one seat is free" in page(cast.client("ru1").get("/")).get_text()
    assert "Lodge your party" not in cast.client("st-coord").get("/").text


def test_home_shows_the_coordinator_doubtful_addresses_and_the_party_requested_ones(cast: Cast) -> None:
    named = nominate_for(cast, "ru1", "RU", email="kr3@example.invalid")

    assert "Look at an e-mail address in doubt" in cast.client("st-coord").get("/").text
    assert "e-mail address" not in cast.client("ru1").get("/").text
    nominations_submitting.ask_for_another_address(viewer(cast, "st-coord"), named, now=clock.now())

    assert "The office asks for another e-mail address" in cast.client("ru1").get("/").text
    assert "in doubt" not in cast.client("st-coord").get("/").text


def test_observer_who_speaks_for_a_party_nominates_its_people_and_reads_no_more(cast: Cast) -> None:
    xo1, trd = cast.client("xo1"), cast.meeting("TRD-1")

    shown = page(xo1.get(f"/meetings/{trd}/nominations")).get_text(" ", strip=True)

    assert "Not coming" not in shown
    assert [party.code for party in nominations_nominations.party_lists(viewer(cast, "xo1", "TRD-1"))] == ["XO"]
    assert xo1.get(f"/meetings/{trd}/agenda/{cast.session('TRD-1-04')}").status_code == 404
    assert xo1.get(f"/meetings/{trd}/agenda/draft").status_code == 404


def test_new_focal_point_takes_over_the_people_of_the_party(cast: Cast) -> None:
    nominate_for(cast, "ru1", "RU")
    place = {"dialogue_id": cast.dialogue("LVR"), "meeting_id": cast.meeting("LVR-1")}
    ru1, ru2, ru = cast.person("ru1", "LVR"), cast.person("ru2", "LVR"), cast.party("RU", "LVR")
    with upkeep(system(Purpose.SAMPLE)):
        roles.revoke_role(ru1, Role.FOCAL_POINT, **place, now=clock.now())

    assert cast.client("ru1").get(address(cast)).status_code == 404
    assert "no focal point: the office names its people" in cast.client("st-coord").get(address(cast)).text
    with upkeep(system(Purpose.SAMPLE)):
        roles.grant_role(ru2, Role.FOCAL_POINT, **place, party_id=ru, offered_at=clock.now(), accepted_at=clock.now())

    assert "Vera SMIRNOVA" in cast.client("ru2").get(address(cast)).text
