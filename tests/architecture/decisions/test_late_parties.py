"""A party that has not submitted its list reads no other list, whatever other roles its people have."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.meetings.dialogues import operations as dialogues
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Party, Person
from dialogues.meetings.meetings.queries import my_meetings
from dialogues.meetings.roles import operations as roles_operations
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.jobs import open_due_lists
from dialogues.people.nominations.queries import exchange as nominations_exchange
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import news as participants_news
from dialogues.people.roster.queries import listing as roster
from dialogues.people.roster.queries.listing import ListFilter
from dialogues.policy import (
    PARTICIPANTS_SEE,
    SESSION_PEOPLE_SEE,
    Condition,
    Role,
)
from tests.architecture.decisions.acts import SET_TIME, end_role, grant, is_set, take_back, viewer
from tests.beds.forms import SAME_ORIGIN, page, send
from tests.beds.web import set_clock
from tests.cast import Cast


@pytest.fixture
def late(inside: Cast) -> Cast:
    """The lists of LVR-1 are open; MN, whose focal point is a co-chair, withdrew its own list before."""
    nominations_submitting.take_submission_back(viewer(inside, "mn1"), inside.party("MN", "LVR"), now=clock.now())
    set_clock(inside.app, SET_TIME)
    assert open_due_lists() == 1
    return inside


PLACES = (
    "/participants",
    "/participants?q=a",
    "/participants?q=SAMPLEWOOD",
    "/participants?order=ru",
    "/seating",
    "/seating/plates",
    "/speaking",
    "/participants/speaking",
    "/agenda",
    "/agenda/draft",
    "/agenda/balance",
    "/order",
    "/calendar",
    "",
)


def words_of(cast: Cast, name: str) -> dict[str, str]:
    client = cast.client(name)
    base = f"/meetings/{cast.meeting('LVR-1')}"
    return {place: page(client.get(base + place)).get_text(" ", strip=True) for place in PLACES}


@pytest.mark.parametrize("name", ["mn1", "mn3"])
def test_after_the_exchange_a_late_party_sees_no_people_of_other_parties(late: Cast, name: str) -> None:
    people = {
        row.name
        for row in db.session.execute(
            select(Person.name, Party.code)
            .join(Participation, Participation.person_id == Person.id)
            .join(Party, Party.id == Participation.party_id)
            .where(Participation.meeting_id == late.meeting("LVR-1"), Party.code != "MN")
        )
    }
    db.session.rollback()
    assert len(people) > 5

    shown = words_of(late, name)

    assert [(where, person) for where, text in shown.items() for person in people if person in text] == []
    asked = viewer(late, name)
    assert Condition.EXCHANGED not in asked.conditions
    assert not asked.may(PARTICIPANTS_SEE)
    assert not asked.may(SESSION_PEOPLE_SEE)
    assert nominations_exchange.announced(asked) == []
    assert "Your party reads them once it submits" in shown["/participants"]


def test_the_home_page_of_a_late_party_contains_no_counts_of_other_parties(late: Cast) -> None:
    before = page(late.client("mn1").get("/")).get_text(" ", strip=True)
    nominations_submitting.submit_list(viewer(late, "st-coord"), late.party("KR", "LVR"), now=clock.now())

    assert page(late.client("mn1").get("/")).get_text(" ", strip=True) == before
    mine = [one for one in queries_of_meetings(late, "mn1") if one.id == late.meeting("LVR-1")]
    assert Condition.EXCHANGED not in mine[0].viewer.conditions


def queries_of_meetings(cast: Cast, name: str) -> Any:
    return my_meetings(cast.viewer(name), clock.now())


def test_a_late_party_gets_no_news_about_the_lists(late: Cast) -> None:
    mn1, us2 = late.person("mn1", "LVR"), late.person("us2", "LVR")
    for kind in (EmailKind.LISTS_OPENED, EmailKind.LIST_CHANGED):
        readers = participants_news.readers_of_news(late.meeting("LVR-1"), kind)
        assert us2 in readers
        assert mn1 not in readers


def test_a_late_party_reads_the_lists_after_submitting(late: Cast) -> None:
    nominations_submitting.submit_list(viewer(late, "mn1"), late.party("MN", "LVR"), now=clock.now())

    for name in ("mn1", "mn3"):
        found = roster.participants(viewer(late, name), ListFilter())
        assert {"US", "RU", "MN"} <= {line.party_code for line in found.lines}


@pytest.mark.parametrize("how", ["seat", "role", "seat and role"])
def test_leaving_a_late_party_gives_no_access(late: Cast, how: str) -> None:
    """A co-chair still belongs to the party after losing the seat and the focal point role."""
    if "seat" in how:
        take_back(late, "mn1")
    if "role" in how:
        end_role(late, "mn1", Role.FOCAL_POINT)

    assert not viewer(late, "mn1").may(PARTICIPANTS_SEE)


def test_a_co_chair_who_was_never_nominated_belongs_to_the_party_of_their_institution(late: Cast) -> None:
    here, mn1 = {"dialogue_id": late.dialogue("LVR"), "meeting_id": late.meeting("LVR-1")}, late.person("mn1", "LVR")
    at = clock.now()
    with upkeep(system(Purpose.SAMPLE)) as session:
        institution = session.get_one(Person, mn1).institution_id
        who = dialogues.add_person(here["dialogue_id"], "New CHAIR", "chair@example.invalid")
        session.get_one(Person, who).institution_id = institution
        roles_operations.grant_role(who, Role.CO_CHAIR, **here, offered_at=at, accepted_at=at)
    assert who not in participants_news.readers_of_news(late.meeting("LVR-1"), EmailKind.LISTS_OPENED)
    assert who in participants_news.readers_of_news(late.meeting("LVR-1"), EmailKind.EXCHANGE_SET)


def test_the_offered_focal_point_of_a_late_party_reads_no_list(late: Cast) -> None:
    assert viewer(late, "us4").may(PARTICIPANTS_SEE)
    live = select(RoleGrant).where(
        RoleGrant.party_id == late.party("MN", "LVR"), RoleGrant.meeting_id == late.meeting("LVR-1")
    )
    with upkeep(system(Purpose.SAMPLE)) as session:
        for one in session.scalars(live):
            one.revoked_at = clock.now()
    grant(late, "us4", Role.FOCAL_POINT, accepted=False, party_id=late.party("MN", "LVR"))

    assert not viewer(late, "us4").may(PARTICIPANTS_SEE)


@pytest.mark.parametrize("name", ["st-coord", "st-host", "st-rap1", "st-travel", "ch2", "us2", "us4"])
def test_people_without_a_late_party_read_the_lists(late: Cast, name: str) -> None:
    found = roster.participants(viewer(late, name), ListFilter())

    assert {"US", "RU"} <= {line.party_code for line in found.lines}
    assert name == "st-coord" or name == "st-host" or "MN" not in {line.party_code for line in found.lines}


def test_an_observing_organisation_delays_no_party_and_reads_after_submitting(inside: Cast) -> None:
    trd = inside.meeting("TRD-1")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Meeting, trd).observers_may_read = True
    assert viewer(inside, "xo1", "TRD-1").may(PARTICIPANTS_SEE)
    party = inside.party("XO")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(MeetingParty, (trd, party)).submitted_at = None

    assert viewer(inside, "us4", "TRD-1").may(PARTICIPANTS_SEE)
    for name in ("xo1", "xo2"):
        assert not viewer(inside, name, "TRD-1").may(PARTICIPANTS_SEE)


# The same attack in a browser


def test_a_co_chair_who_is_focal_point_cannot_read_other_lists_by_moving_the_time(inside: Cast) -> None:
    mn1, base = inside.client("mn1"), f"/meetings/{inside.meeting('LVR-1')}"
    party = inside.party("MN", "LVR")
    token = page(mn1.get(f"{base}/exchange")).select_one("[name=csrf_token]")
    assert token is not None

    def post(address: str, **more: Any) -> int:
        typed = {"csrf_token": token["value"], **more}
        return mn1.post(base + address, data=typed, headers=SAME_ORIGIN).status_code

    assert post(f"/nominations/{party}/take-back") == 303
    assert send(mn1, f"{base}/exchange", moment="2027-06-03T12:00").status_code == 303
    assert post("/exchange/confirm", version=nominations_exchange.moment_mark(inside.meeting("LVR-1"))) == 303

    assert not is_set(inside)
    set_clock(inside.app, SET_TIME - timedelta(days=1))
    assert open_due_lists() == 0
    set_clock(inside.app, SET_TIME)
    assert open_due_lists() == 1
    assert "SAMPLEWOOD" not in mn1.get(f"{base}/participants").text
