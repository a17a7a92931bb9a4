"""The coordinator corrects an invitation before it is answered: address, party, capacity."""

import pytest

from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.models import Participation
from tests.beds.forms import complaints, page, send
from tests.people.conftest import Site

WRONG, RIGHT = "oyun.bat@example.invalid", "oyun@example.org"


@pytest.fixture
def invited(site: Site) -> Participation:
    """Someone whose invitation email went to a wrong address."""
    send(
        site.cast.client("st-coord"),
        site.page("SCD-1", "/invite"),
        name="Oyun Bat",
        email=WRONG,
        party_id=str(site.cast.party("MN", "SCD")),
    )
    site.mail()
    found = site.participation(WRONG)
    assert found is not None
    return found


def address(site: Site, invited: Participation) -> str:
    return site.page("SCD-1", f"/{invited.id}/correct")


def test_corrected_address_gets_an_email_and_the_old_link_stops_working(site: Site, invited: Participation) -> None:
    wrong_link = site.link_to(WRONG)

    assert send(site.cast.client("st-coord"), address(site, invited), email=RIGHT).status_code == 303

    (email,) = site.mail()
    assert email.recipients == (RIGHT,)
    browser = site.browser()
    browser.get(wrong_link)
    assert "cannot be used any more" in browser.get("/registration").text
    browser.get(site.link_to(RIGHT))
    assert "You are invited" in browser.get("/registration").text


def test_correcting_party_and_capacity_sends_no_email_and_frees_the_seat(site: Site, invited: Participation) -> None:
    other = site.cast.party("CH", "SCD")

    send(site.cast.client("st-coord"), address(site, invited), party_id=str(other), capacity="observer")

    now = site.participation(WRONG)
    assert now is not None
    assert (now.party_id, now.capacity) == (other, Capacity.OBSERVER)
    assert now.seat == 1
    assert site.mail() == []


def test_address_of_someone_else_is_refused_and_the_form_is_kept(site: Site, invited: Participation) -> None:
    answer = send(site.cast.client("st-coord"), address(site, invited), email="us3@example.invalid")

    assert answer.status_code == 422
    assert "already has the address" in complaints(answer)
    assert page(answer).select_one("#email")["value"] == "us3@example.invalid"
    assert site.participation(WRONG) is not None


def test_two_coordinators_do_not_overwrite_each_other(site: Site, invited: Participation) -> None:
    client = site.cast.client("st-coord")
    shown = page(client.get(address(site, invited))).select_one("#version")["value"]
    send(client, address(site, invited), email=RIGHT)

    late = send(client, address(site, invited), email="third@example.org", version=shown)

    assert late.status_code == 422
    assert site.participation(RIGHT) is not None


def test_accepted_invitation_cannot_be_corrected(site: Site) -> None:
    accepted = site.participation("us3@example.invalid")
    assert accepted is not None

    assert site.cast.client("st-coord").get(address(site, accepted)).status_code == 404


@pytest.mark.parametrize("persona", ["st-host", "mn1", "us3", "st-travel", "st-arch"])
def test_only_the_coordinator_corrects_invitations(site: Site, invited: Participation, persona: str) -> None:
    assert site.cast.client(persona).get(address(site, invited)).status_code == 404
