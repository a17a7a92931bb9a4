"""The coordinator corrects an invitation before it is answered: address, party, capacity."""

import pytest

from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.models import Participation
from tests.beds.forms import complaints, page, send
from tests.people.conftest import Office

WRONG, RIGHT = "oyun.bat@example.invalid", "oyun@example.org"


@pytest.fixture
def invited(office: Office) -> Participation:
    """Someone whose invitation email went to a wrong address."""
    send(
        office.cast.client("st-coord"),
        office.page("SCD-1", "/invite"),
        name="Oyun Bat",
        email=WRONG,
        party_id=str(office.cast.party("MN", "SCD")),
    )
    office.mail()
    found = office.participation(WRONG)
    assert found is not None
    return found


def address(office: Office, invited: Participation) -> str:
    return office.page("SCD-1", f"/{invited.id}/correct")


def test_corrected_address_gets_an_email_and_the_old_link_stops_working(office: Office, invited: Participation) -> None:
    wrong_link = office.link_to(WRONG)

    assert send(office.cast.client("st-coord"), address(office, invited), email=RIGHT).status_code == 303

    (letter,) = office.mail()
    assert letter.recipients == (RIGHT,)
    browser = office.browser()
    browser.get(wrong_link)
    assert "cannot be used any more" in browser.get("/registration").text
    browser.get(office.link_to(RIGHT))
    assert "You are invited" in browser.get("/registration").text


def test_correcting_party_and_capacity_sends_no_email_and_frees_the_seat(
    office: Office, invited: Participation
) -> None:
    other = office.cast.party("CH", "SCD")

    send(office.cast.client("st-coord"), address(office, invited), party_id=str(other), capacity="observer")

    now = office.participation(WRONG)
    assert now is not None
    assert (now.party_id, now.capacity) == (other, Capacity.OBSERVER)
    assert now.seat == 1
    assert office.mail() == []


def test_address_of_someone_else_is_refused_and_the_form_is_kept(office: Office, invited: Participation) -> None:
    answer = send(office.cast.client("st-coord"), address(office, invited), email="us3@example.invalid")

    assert answer.status_code == 422
    assert "already has the address" in complaints(answer)
    assert page(answer).select_one("#email")["value"] == "us3@example.invalid"
    assert office.participation(WRONG) is not None


def test_two_coordinators_do_not_overwrite_each_other(office: Office, invited: Participation) -> None:
    client = office.cast.client("st-coord")
    shown = page(client.get(address(office, invited))).select_one("#version")["value"]
    send(client, address(office, invited), email=RIGHT)

    late = send(client, address(office, invited), email="third@example.org", version=shown)

    assert late.status_code == 422
    assert office.participation(RIGHT) is not None


def test_accepted_invitation_cannot_be_corrected(office: Office) -> None:
    accepted = office.participation("us3@example.invalid")
    assert accepted is not None

    assert office.cast.client("st-coord").get(address(office, accepted)).status_code == 404


@pytest.mark.parametrize("persona", ["st-host", "mn1", "us3", "st-travel", "st-arch"])
def test_only_the_coordinator_corrects_invitations(office: Office, invited: Participation, persona: str) -> None:
    assert office.cast.client(persona).get(address(office, invited)).status_code == 404
