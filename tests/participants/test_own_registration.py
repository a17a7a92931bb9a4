"""A person's own registration: what is written down, and what is refused with the form as typed."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.audit.models import AuditEntry
from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.models import Meeting, Person
from tests.beds.forms import complaints, page, send
from tests.beds.web import set_clock
from tests.cast import MIDDLE_OF_TRD_1
from tests.participants.conftest import Office


@pytest.fixture
def own(office: Office) -> str:
    """The address of one's own registration for LVR-1."""
    return f"/meetings/{office.cast.meeting('LVR-1')}/registration"


def save(office: Office, own: str, persona: str = "us4", **typed: Any) -> TestResponse:
    return send(office.cast.client(persona), own, **typed)


def person(office: Office) -> Person:
    participation = office.participation("us4@example.invalid", "LVR-1")
    return db.session.get_one(Person, participation.person_id)


def test_the_page_says_where_the_registration_stands_and_what_comes_next(office: Office, own: str) -> None:
    text = office.cast.client("us4").get(own).text

    assert "What comes next" in text
    assert "Nothing is missing" in text
    assert "Europe/Zurich" in text


def test_after_the_meeting_has_moved_ones_days_are_asked_for_again(office: Office, own: str) -> None:
    with upkeep(system(Purpose.SAMPLE)) as session:
        meeting = session.get_one(Meeting, office.cast.meeting("LVR-1"))
        meeting.arrive_on, meeting.starts_on = date(2027, 10, 25), date(2027, 10, 26)
        meeting.ends_on, meeting.depart_on = date(2027, 10, 28), date(2027, 10, 29)

    answer = page(office.cast.client("us4").get(own))

    assert "The days of the meeting have changed" in answer.text
    assert answer.select_one("[name=present_from]")["value"] == "2027-10-25"


def test_details_are_saved_with_the_name_as_it_is_written(office: Office, own: str) -> None:
    answer = save(
        office,
        own,
        name="KIM Ji-won",
        native="김지원",
        family="Kim",
        given="Ji-won",
        name_order="family_first",
        sort_key="",
        affiliation="Institute of Rivers",
        languages=["ko", "en"],
        present_from="2027-10-19",
        present_to="2027-10-20",
        always_discreet="y",
    )

    assert answer.status_code == 303
    kept = person(office)
    assert (kept.name, kept.native, kept.sort_key) == ("KIM Ji-won", "김지원", "kim ji-won")
    assert (sorted(kept.languages), kept.affiliation, kept.always_discreet) == (
        ["en", "ko"],
        "Institute of Rivers",
        True,
    )
    participation = office.participation("us4@example.invalid", "LVR-1")
    assert str(participation.present_from) == "2027-10-19"
    assert "registration.changed" in db.session.execute(select(AuditEntry.action)).scalars().all()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"present_from": "2027-10-22", "present_to": "2027-10-18"}, "leave before you arrive"),
        ({"present_from": "2026-10-18"}, "from 2027-10-18 to 2027-10-22"),
        ({"present_to": "2027-02-30"}, "Not a valid date"),
        ({"name": "x" * 10_000}, "at most 200"),
        ({"name": "\u202e"}, "fill this in"),
        ({"languages": ["klingon"]}, "is not a valid choice"),
        ({"name_order": "upside_down"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    office: Office, own: str, typed: dict[str, Any], said: str
) -> None:
    answer = save(office, own, affiliation="Institute of Rivers", **typed)

    assert answer.status_code == 422
    assert said in complaints(answer)
    assert page(answer).select_one("#affiliation")["value"] == "Institute of Rivers"
    assert person(office).affiliation != "Institute of Rivers"


def test_two_devices_lose_nothing(office: Office, own: str) -> None:
    shown = page(office.cast.client("us4").get(own)).select_one("#version")["value"]
    save(office, own, affiliation="Saved first")

    late = save(office, own, affiliation="Typed later", version=shown)

    assert late.status_code == 422
    assert page(late).select_one("#affiliation")["value"] == "Typed later"
    assert "Saved first" in late.text
    assert person(office).affiliation == "Saved first"


def test_after_registration_closed_details_stay_and_withdrawing_is_possible(office: Office) -> None:
    set_clock(office.cast.app, MIDDLE_OF_TRD_1)
    own = f"/meetings/{office.cast.meeting('TRD-1')}/registration"
    client = office.cast.client("us4")

    assert "Registration is closed" in client.get(own).text
    assert send(client, own, affiliation="Too late").status_code == 422
    assert send(client, own + "/withdraw").status_code == 303
    assert client.get(own).status_code == 404


def test_withdrawing_asks_once_more(office: Office, own: str) -> None:
    client = office.cast.client("us4")

    assert "Withdraw from this meeting?" in client.get(own + "/withdraw").text
    assert client.get(own).status_code == 200


@pytest.mark.parametrize("persona", ["st-host", "st-coord", "st-rap1", "st-arch", "st-travel", "kr1"])
def test_whoever_is_not_registered_has_no_registration(office: Office, own: str, persona: str) -> None:
    assert office.cast.client(persona).get(own).status_code == 404


def test_what_participants_type_is_shown_as_text(office: Office, own: str) -> None:
    save(office, own, name="<b>Bold</b>", affiliation="a & <i>b</i>")

    listed = office.cast.client("st-coord").get(office.page("LVR-1")).text

    assert "&lt;b&gt;Bold&lt;/b&gt;" in listed
    assert "a &amp; &lt;i&gt;b" in listed


def test_an_observer_who_speaks_for_a_party_sees_no_more_after_withdrawing_than_before(office: Office) -> None:
    set_clock(office.cast.app, MIDDLE_OF_TRD_1)
    meeting = f"/meetings/{office.cast.meeting('TRD-1')}"
    client = office.cast.client("xo1")
    assert "Breakouts" not in client.get(f"{meeting}/agenda").text

    assert send(client, f"{meeting}/registration/withdraw").status_code == 303

    assert "Breakouts" not in client.get(f"{meeting}/agenda").text
    assert "ZHANG" not in client.get(f"{meeting}/participants").text
    assert client.get(f"{meeting}/archive").status_code == 404
    assert client.get(f"{meeting}/registration").status_code == 404


def test_a_participant_who_speaks_for_a_party_still_does_so_after_withdrawing(office: Office) -> None:
    set_clock(office.cast.app, MIDDLE_OF_TRD_1)
    meeting = f"/meetings/{office.cast.meeting('TRD-1')}"
    client = office.cast.client("kr1")

    assert send(client, f"{meeting}/registration/withdraw").status_code == 303

    assert "PARK Ga-jeong" in client.get(f"{meeting}/participants").text
    assert client.get(f"{meeting}/registration").status_code == 404
