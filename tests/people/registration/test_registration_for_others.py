"""People without an address: the focal point or the coordinator accepts and completes the steps for them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Exchange, MeetingParty, Person
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role
from tests.beds.forms import complaints, page, press, send
from tests.beds.web import set_clock
from tests.people.conftest import Site

#: When registration for TRD-1 is still open.
EARLY = datetime(2027, 5, 10, 8, 0, tzinfo=UTC)
#: kp3 has no address; kp2 is the focal point of KP, kr1 that of KR.
STEPS = ("identity", "affiliation", "languages", "days", "visibility")


@pytest.fixture
def kp3(site: Site) -> Participation:
    """The participation of a nominated person without an address; the lists are open."""
    set_clock(site.cast.app, EARLY)
    return part(site, "kp3", status=ParticipationStatus.NOMINATED, answered_at=None, steps=[])


def part(site: Site, name: str, **columns: Any) -> Participation:
    wanted = select(Participation).where(
        Participation.meeting_id == site.cast.meeting("TRD-1"), Participation.person_id == site.cast.person(name)
    )
    if columns:
        with upkeep(system(Purpose.SAMPLE)) as session:
            row = session.execute(wanted).scalar_one()
            for column, value in columns.items():
                setattr(row, column, value)
            if row.status is ParticipationStatus.NOMINATED:
                grants = select(RoleGrant).where(
                    RoleGrant.person_id == row.person_id, RoleGrant.role == Role.PARTICIPANT
                )
                for grant in session.scalars(grants):
                    grant.accepted_at = None
    db.session.rollback()
    found = db.session.execute(wanted).scalar_one()
    db.session.rollback()
    return found


def address(site: Site, participation: Participation | UUID, rest: str = "") -> str:
    found = participation if isinstance(participation, UUID) else participation.id
    return site.page("TRD-1", f"/{found}/registration{rest}")


def save(site: Site, persona: str, participation: Participation, step: str, **typed: Any) -> TestResponse:
    return send(site.cast.client(persona), address(site, participation, f"/{step}"), **typed)


@pytest.mark.parametrize("persona", ["kp2", "st-coord"])
def test_focal_point_and_coordinator_accept_on_behalf_of_a_person(site: Site, kp3: Participation, persona: str) -> None:
    client = site.cast.client(persona)
    overview = address(site, kp3)
    assert "has no e-mail address" in client.get(overview).text

    assert press(client, overview, "Accept on their behalf").status_code == 303

    now = part(site, "kp3")
    assert (now.status, now.answered_at is not None) == (ParticipationStatus.CONFIRMED, True)
    role = db.session.execute(
        select(RoleGrant).where(
            RoleGrant.person_id == now.person_id, RoleGrant.role == Role.PARTICIPANT, RoleGrant.revoked_at.is_(None)
        )
    ).scalar_one()
    assert role.accepted_at is not None
    db.session.rollback()
    assert "Accept on their behalf" not in client.get(overview).text
    assert not [email for email in site.mail() if "kp3" in str(email.recipients)]


def test_accepting_twice_has_no_further_effect(site: Site, kp3: Participation) -> None:
    client, before = site.cast.client("kp2"), kp3.version
    overview = address(site, kp3)
    form = next(one for one in page(client.get(overview)).select("main form") if "Accept" in one.text)
    values = {field["name"]: field["value"] for field in form.select("input")}
    for _press in range(2):
        answer = client.post(str(form["action"]), data=values, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303

    assert part(site, "kp3").version == before + 1


@pytest.mark.parametrize("persona", ["kp2", "st-coord"])
def test_every_step_leads_to_its_page(site: Site, kp3: Participation, persona: str) -> None:
    client = site.cast.client(persona)
    steps = page(client.get(address(site, kp3))).select(".steps-step a")
    assert {"Travel and needs", "Who sees what"} <= {step.text for step in steps}
    assert [step.text for step in steps if client.get(str(step["href"] or "/missing")).status_code >= 400] == []


def test_every_step_can_be_completed_for_them(site: Site, kp3: Participation) -> None:
    for step in STEPS:
        assert save(site, "kp2", kp3, step).status_code == 303, step
    answer = save(site, "kp2", kp3, "identity", native="박가상 (朴)")

    assert answer.location.endswith("/registration/affiliation")
    assert set(STEPS) <= set(part(site, "kp3").steps)
    kept = db.session.get_one(Person, kp3.person_id)
    assert (kept.name, kept.native) == ("PAK Ka-sang", "박가상 (朴)")


def test_stale_page_overwrites_nothing(site: Site, kp3: Participation) -> None:
    client = site.cast.client("kp2")
    shown = page(client.get(address(site, kp3, "/affiliation"))).select_one("#version")["value"]
    save(site, "st-coord", kp3, "affiliation", affiliation="By the office")

    late = save(site, "kp2", kp3, "affiliation", affiliation="By the focal point", version=shown)

    assert late.status_code == 422
    assert "By the office" in late.text


@pytest.mark.parametrize(
    "persona", ["kr1", "us4", "us1", "ch1", "st-host", "st-rap1", "st-travel", "st-arch", "xo1", "xo2"]
)
def test_nobody_else_learns_that_steps_can_be_completed(site: Site, kp3: Participation, persona: str) -> None:
    client, nowhere = site.cast.client(persona), UUID(int=7)

    for rest in ("", *(f"/{step}" for step in STEPS)):
        there, nothing = client.get(address(site, kp3, rest)), client.get(address(site, nowhere, rest))
        assert (there.status_code, nothing.status_code) == (404, 404)
    for rest in ("/confirm", "/identity"):
        sent = client.post(address(site, kp3, rest), headers={"Sec-Fetch-Site": "same-origin"})
        assert sent.status_code in {400, 404}
    assert part(site, "kp3").status is ParticipationStatus.NOMINATED


@pytest.mark.parametrize("name", ["us4", "kr4"])
def test_nobody_answers_for_a_person_with_an_address(site: Site, name: str) -> None:
    set_clock(site.cast.app, EARLY)
    theirs = part(site, name, status=ParticipationStatus.INVITED)
    focal_point = {"us4": "us1", "kr4": "kr1"}[name]

    for persona in (focal_point, "st-coord"):
        for rest in ("", "/identity"):
            assert site.cast.client(persona).get(address(site, theirs, rest)).status_code == 404


def test_person_with_a_doubtful_address_looks_like_one_with_an_address(site: Site, kp3: Participation) -> None:
    part(site, "kp3", claimed_email="us4@example.invalid")

    for persona in ("kp2", "st-coord"):
        assert site.cast.client(persona).get(address(site, kp3)).status_code == 404


def test_nobody_is_accepted_before_the_party_has_submitted(site: Site, kp3: Participation) -> None:
    meeting_id, party_id = site.cast.meeting("TRD-1"), site.cast.party("KP")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Exchange, meeting_id).opened_at = None
        session.get_one(MeetingParty, (meeting_id, party_id)).submitted_at = None
    client = site.cast.client("kp2")

    press(client, address(site, kp3), "Accept on their behalf")

    assert "has not lodged its list yet" in client.get(address(site, kp3)).text
    assert part(site, "kp3").status is ParticipationStatus.NOMINATED


def test_waiting_person_cannot_be_accepted(site: Site, kp3: Participation) -> None:
    part(site, "kp3", status=ParticipationStatus.WAITING, seat=None, queue_no=1)

    text = site.cast.client("kp2").get(address(site, kp3)).text

    assert "waits for a seat" in text
    assert "Accept on their behalf" not in text


def test_after_registration_closes_nothing_can_be_entered(site: Site, kp3: Participation) -> None:
    set_clock(site.cast.app, datetime(2027, 5, 26, tzinfo=UTC))

    answer = save(site, "kp2", kp3, "affiliation", affiliation="Too late")

    assert answer.status_code == 422
    assert "Registration is closed" in complaints(answer)


def test_withdrawn_person_cannot_be_registered(site: Site, kp3: Participation) -> None:
    part(site, "kp3", status=ParticipationStatus.TAKEN_BACK, seat=None)

    assert site.cast.client("kp2").get(address(site, kp3)).status_code == 404
