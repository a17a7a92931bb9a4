"""The coordinator's pages of invitations and their refusals."""

from datetime import timedelta

import pytest

from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.beds.forms import complaints, page, press, send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1
from tests.people.conftest import Site

OYUN = {"name": "Oyun Bat", "email": "oyun@example.org", "capacity": "participant"}


def invite(site: Site, code: str = "SCD-1", **typed: str):
    party = str(site.cast.party("MN", code[:3]))
    return send(site.cast.client("st-coord"), site.page(code, "/invite"), **OYUN | {"party_id": party} | typed)


def test_invited_person_gets_one_email_with_a_personal_link(site: Site) -> None:
    assert invite(site).status_code == 303

    (email,) = site.mail()
    assert email.recipients == ("oyun@example.org",)
    assert site.link_to("oyun@example.org").startswith("/r/")
    assert site.participation("oyun@example.org").status is ParticipationStatus.INVITED


def test_one_address_in_two_spellings_is_one_person(site: Site) -> None:
    invite(site)

    answer = invite(site, name="O. Bat", email="OYUN@Example.ORG")

    assert answer.status_code == 422
    assert "belongs to Oyun Bat, who is on the list already" in complaints(answer)
    assert page(answer).select_one("#name")["value"] == "O. Bat"


@pytest.mark.parametrize("name", ["x" * 10_000, "", " \u202e "])
def test_name_that_is_too_long_or_invisible_is_refused(site: Site, name: str) -> None:
    assert invite(site, name=name).status_code == 422


def test_direction_and_control_characters_are_removed_from_a_name(site: Site) -> None:
    invite(site, name="Oyun\u202e\x07 Bat")

    page_ = site.cast.client("st-coord").get(site.page("SCD-1") + "?q=oyun")

    assert "Oyun Bat" in page_.text


@pytest.mark.parametrize("name", ["王\U0002ebf1", "李\U00031352明", "\ufa19谷 光", "ᠪᠠᠳᠮ\u180e\u1820"])
def test_rare_letters_of_a_typed_name_are_kept(site: Site, name: str) -> None:
    invite(site, name=name)

    assert name in site.cast.client("st-coord").get(site.page("SCD-1")).text


def test_party_of_another_dialogue_cannot_be_chosen(site: Site) -> None:
    assert invite(site, party_id=str(site.cast.party("MN", "TRD"))).status_code == 422


def test_nobody_is_invited_after_registration_closes(site: Site) -> None:
    assert "Registration is closed" in complaints(invite(site, "TRD-1"))


@pytest.mark.parametrize("persona", ["st-host", "ch1", "kr1", "us4", "st-arch", "st-travel"])
def test_only_the_coordinator_invites(site: Site, persona: str) -> None:
    client = site.cast.client(persona)

    assert client.get(site.page("TRD-1", "/invite")).status_code == 404
    assert client.get(site.page("TRD-1", "/import")).status_code == 404


def test_withdrawn_person_has_no_working_link_until_invited_again(site: Site) -> None:
    invite(site)
    site.mail()
    link = site.link_to("oyun@example.org")
    someone = site.page("SCD-1", f"/{site.participation('oyun@example.org').id}")
    client = site.cast.client("st-coord")

    assert send(client, someone + "/take-back").status_code == 303
    browser = site.browser()
    browser.get(link)
    assert "cannot be used" in browser.get("/registration").text
    press(browser, "/registration", "Email me a new link")
    assert site.mail() == []

    press(client, someone, "Invite again")
    assert len(site.mail()) == 1


def test_link_is_replaced_by_a_new_one_after_ten_minutes(site: Site) -> None:
    invite(site)
    site.mail()
    first = site.link_to("oyun@example.org")

    press(
        site.cast.client("st-coord"),
        site.page("SCD-1", f"/{site.participation('oyun@example.org').id}"),
        "Send a new link",
    )
    site.mail()

    browser = site.browser()
    browser.get(first)
    assert "You are invited" in browser.get("/registration").text
    set_clock(site.cast.app, BEFORE_LVR_1 + timedelta(minutes=11))
    browser.get(first)
    assert "cannot be used" in browser.get("/registration").text
    browser.get(site.link_to("oyun@example.org"))
    assert "You are invited" in browser.get("/registration").text
