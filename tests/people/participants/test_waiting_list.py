"""The seats of a party are never given twice and never lost; the longest-waiting person gets the next one."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.common import clock
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.people.invitations.commands import inviting as invitations
from dialogues.people.invitations.rules import Invitee
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.seats import free_seat, has_room
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.roster import commands as roster
from dialogues.policy import SEATS_EDIT
from tests.beds.forms import complaints, page, press, send
from tests.cast import BEFORE_LVR_1, Cast
from tests.people.conftest import Site

pytestmark = pytest.mark.engine


def viewer(cast: Cast, name: str) -> Any:
    return cast.viewer(name, meeting="LVR-1", now=BEFORE_LVR_1)


def nominate_for(cast: Cast, speaker: str, name: str, **facts: Any) -> UUID:
    """Nominate someone for RU at LVR-1, which has one free seat of five."""
    party = cast.party("RU", "LVR")
    return nominations_nominating.nominate(
        viewer(cast, speaker), party, Nominee(name=name, **facts), once=uuid4().hex, now=clock.now()
    )


def place_of(participation_id: UUID) -> tuple[ParticipationStatus, int | None, int | None]:
    db.session.rollback()
    found = db.session.get_one(Participation, participation_id)
    return found.status, found.seat, found.queue_no


def withdraw(cast: Cast, participation_id: UUID) -> None:
    known = nominations_nominations.nominee(viewer(cast, "ru1"), participation_id)
    nominations_nominating.withdraw_nominee(
        viewer(cast, "ru1"), participation_id, version=known.version, now=clock.now()
    )


def answer_link(browser: FlaskClient, answer: str) -> TestResponse:
    return send(browser, "/registration", answer=answer)


def set_seats(cast: Cast, number: int) -> None:
    desk = viewer(cast, "st-coord")
    nominations_submitting.set_seats(
        desk,
        {cast.party("RU", "LVR"): {"participant": number}},
        version=nominations_nominations.seats_mark(desk, SEATS_EDIT),
        now=clock.now(),
    )


def test_lowest_free_seat_is_given() -> None:
    assert [free_seat(taken) for taken in (set(), {1, 2}, {1, 3}, {2})] == [1, 3, 2, 1]


@pytest.mark.parametrize(("seats", "taken", "room"), [(5, 4, True), (5, 5, False), (5, 6, False), (0, 0, False)])
def test_there_is_room_below_the_number_of_seats(seats: int, taken: int, room: bool) -> None:
    assert has_room(seats, taken) is room


def test_nominees_after_the_last_seat_wait_in_order(cast: Cast) -> None:
    people = [nominate_for(cast, "ru1", name) for name in ("One", "Two", "Three")]

    assert [place_of(one) for one in people] == [
        (ParticipationStatus.NOMINATED, 5, None),
        (ParticipationStatus.WAITING, None, 1),
        (ParticipationStatus.WAITING, None, 2),
    ]


def test_freed_seat_goes_to_the_first_in_the_queue(site: Site) -> None:
    cast = site.cast
    one = nominate_for(cast, "ru1", "One")
    two = nominate_for(cast, "ru1", "Two", email="two@example.invalid")
    three = nominate_for(cast, "ru1", "Three")

    withdraw(cast, one)

    assert place_of(one) == (ParticipationStatus.TAKEN_BACK, None, None)
    assert place_of(two) == (ParticipationStatus.INVITED, 5, None)
    assert place_of(three) == (ParticipationStatus.WAITING, None, 2)
    assert [email.recipients for email in site.mail()] == [("two@example.invalid",)]


def test_declining_by_link_frees_the_seat(site: Site) -> None:
    cast = site.cast
    one = nominate_for(cast, "ru1", "One", email="one@example.invalid")
    two = nominate_for(cast, "ru1", "Two")
    site.mail()
    browser = site.browser()
    browser.get(site.link_to("one@example.invalid"))

    answer_link(browser, "decline")

    assert place_of(one) == (ParticipationStatus.DECLINED, None, None)
    assert place_of(two)[1] == 5


def test_participant_who_rejoins_late_finds_the_seat_taken(site: Site) -> None:
    cast = site.cast
    nominate_for(cast, "ru1", "One", email="one@example.invalid")
    nominate_for(cast, "ru1", "Two")
    site.mail()
    browser = site.browser()
    browser.get(site.link_to("one@example.invalid"))
    answer_link(browser, "decline")
    press(browser, "/registration", "Email me a new link")
    site.mail()
    browser.get(site.link_to("one@example.invalid"))

    answer = answer_link(browser, "accept")

    assert answer.status_code == 422
    assert "All seats are taken now" in answer.text


def test_coordinator_frees_a_seat_by_withdrawing_someone(cast: Cast) -> None:
    one, two = nominate_for(cast, "ru1", "One"), nominate_for(cast, "ru1", "Two")

    invitations.take_back(viewer(cast, "st-coord"), one, now=clock.now())

    assert place_of(two)[:2] == (ParticipationStatus.NOMINATED, 5)


def test_coordinator_can_overbook_by_one_and_sees_it(cast: Cast) -> None:
    nominate_for(cast, "ru1", "One")

    answer = send(
        cast.client("st-coord"),
        f"/meetings/{cast.meeting('LVR-1')}/nominations/{cast.party('RU', 'LVR')}/new",
        name="Six",
    )

    page = cast.client("st-coord").get(answer.location).text
    assert "1 over" in page
    found = db.session.execute(select(Participation.seat).join(Person).where(Person.name == "Six")).scalar_one()
    assert found == 6


def test_person_invited_by_the_coordinator_gets_a_seat(cast: Cast) -> None:
    invitee = Invitee(name="Five", email="five@example.invalid", party_id=cast.party("RU", "LVR"))

    invited = invitations.invite_person(viewer(cast, "st-coord"), invitee, now=clock.now())

    assert place_of(invited) == (ParticipationStatus.INVITED, 5, None)


def test_more_seats_seat_waiting_people_and_fewer_seats_remove_nobody(cast: Cast) -> None:
    people = [nominate_for(cast, "ru1", name) for name in ("One", "Two", "Three")]

    set_seats(cast, 6)
    assert [place_of(one)[1:] for one in people] == [(5, None), (6, None), (None, 2)]

    set_seats(cast, 2)
    withdraw(cast, people[0])
    assert [place_of(one)[1:] for one in people] == [(None, None), (6, None), (None, 2)]


def test_seats_are_set_on_their_page(cast: Cast) -> None:
    page = f"/meetings/{cast.meeting('LVR-1')}/nominations/seats"
    ru = cast.party("RU", "LVR").hex

    wrong = send(cast.client("st-coord"), page, **{f"seats_{ru}_observer": "-1"})
    right = send(cast.client("st-coord"), page, **{f"seats_{ru}_observer": "2", f"seats_{ru}_participant": ""})

    assert (wrong.status_code, right.status_code) == (422, 303)
    seats = {
        party.party_id: party.seats for party in nominations_nominations.seats(viewer(cast, "st-coord"), SEATS_EDIT)
    }
    assert seats[cast.party("RU", "LVR")] == {"observer": 2}


def test_coordinator_invites_a_restored_waiting_person_whether_or_not_the_list_is_submitted(site: Site) -> None:
    cast, desk = site.cast, viewer(site.cast, "st-coord")
    set_seats(cast, 5)
    invitee = Invitee(name="Five", email="five@example.invalid", party_id=cast.party("RU", "LVR"))
    five = invitations.invite_person(desk, invitee, now=clock.now())
    done = roster.apply_bulk_action(desk, BulkKind.TAKE_BACK, [five], now=clock.now())
    six = nominate_for(cast, "ru1", "Six")
    roster.undo(desk, done, now=clock.now())
    assert place_of(five) == (ParticipationStatus.WAITING, None, 1)
    nominations_submitting.take_submission_back(viewer(cast, "ru1"), cast.party("RU", "LVR"), now=clock.now())
    site.mail()

    withdraw(cast, six)

    assert place_of(five) == (ParticipationStatus.INVITED, 5, None)
    assert [email.recipients for email in site.mail()] == [("five@example.invalid",)]


def test_seat_at_a_cancelled_meeting_goes_to_nobody(cast: Cast) -> None:
    one, two = nominate_for(cast, "ru1", "One"), nominate_for(cast, "ru1", "Two", email="two@example.invalid")
    send(cast.client("st-coord"), f"/meetings/{cast.meeting('LVR-1')}/cancel")

    invitations.take_back(viewer(cast, "st-coord"), one, now=clock.now())

    assert place_of(two) == (ParticipationStatus.WAITING, None, 1)


def test_party_with_people_on_its_list_cannot_be_removed_from_the_meeting(cast: Cast) -> None:
    """Otherwise they would remain on a list that nobody can open, edit or submit."""
    desk, kp = viewer(cast, "st-coord"), cast.party("KP", "LVR")
    named = nominations_nominating.nominate(desk, kp, Nominee(name="Han"), once=uuid4().hex, now=clock.now())
    client, settings = cast.client("st-coord"), f"/meetings/{cast.meeting('LVR-1')}/settings"
    ticked = [box["value"] for box in page(client.get(settings)).select("input[name=parties][checked]")]
    others = [value for value in ticked if UUID(str(value)) != kp]

    answer = send(client, settings, parties=others)

    assert "has people on its list" in complaints(answer)
    there = next(party for party in nominations_nominations.party_lists(desk) if party.party_id == kp)
    assert named in {line.id for line in there.nominees}


@pytest.mark.parametrize("rounds", [2])
def test_simultaneous_nominations_share_the_seats_and_lose_nobody(cast: Cast, rounds: int) -> None:
    """Twelve simultaneous nominations for five seats, several rounds: five get seats, seven wait in order, and each
    freed seat is given at once.
    """
    for _round in range(rounds):
        race(cast, cast.party("RU", "LVR"), racers=12)


def race(cast: Cast, party_id: UUID, racers: int) -> None:
    """Nominate this many people at the same moment, then withdraw five seated people at the same moment."""
    clear_list(cast, party_id)
    desk = viewer(cast, "st-coord")
    nominations_submitting.set_seats(
        desk,
        {party_id: {"participant": 5}},
        version=nominations_nominations.seats_mark(desk, SEATS_EDIT),
        now=clock.now(),
    )
    speakers = [viewer(cast, "ru1") for _racer in range(racers)]
    now = clock.now()

    def enter(number: int) -> UUID:
        with cast.app.app_context():
            nominee = Nominee(name=f"Racer {number} {uuid4().hex[:6]}")
            return nominations_nominating.nominate(speakers[number], party_id, nominee, once=uuid4().hex, now=now)

    with ThreadPoolExecutor(racers) as pool:
        people = list(pool.map(lambda number: Context().run(enter, number), range(racers)))

    seats = [place_of(one) for one in people]
    assert sorted(seat for _status, seat, _queue in seats if seat) == [1, 2, 3, 4, 5]
    assert sorted(queue for _status, _seat, queue in seats if queue) == list(range(1, racers - 4))
    first = [people[[queue for _s, _seat, queue in seats].index(number)] for number in range(1, 6)]
    sitting = [one for one, (_status, seat, _queue) in zip(people, seats, strict=True) if seat]

    def leave(one: UUID) -> None:
        with cast.app.app_context():
            invitations.take_back(desk, one, now=now)

    db.session.rollback()
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda one: Context().run(leave, one), sitting))

    assert sorted(place_of(one)[1] or 0 for one in first) == [1, 2, 3, 4, 5]


def clear_list(cast: Cast, party_id: UUID) -> None:
    """Withdraw everyone on the party's list."""
    desk = viewer(cast, "st-coord")
    there = next(party for party in nominations_nominations.party_lists(desk) if party.party_id == party_id)
    for line in [*there.waiting, *there.nominees]:
        invitations.take_back(viewer(cast, "st-coord"), line.id, now=clock.now())
