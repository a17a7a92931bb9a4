"""The own registration step by step: what is saved, what is refused and kept as typed, what comes next."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.audit.models import AuditEntry
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.dialogues.rules.kinds import Gender, MeetingFormat
from dialogues.people.participants.models import Availability, ChangeRequest, Participation
from dialogues.people.participants.rules.steps import Step
from dialogues.people.registration.views.steps import RegistrationPage
from tests.beds.forms import complaints, page, send
from tests.beds.web import set_clock
from tests.cast import MIDDLE_OF_TRD_1
from tests.people.conftest import Site

STEPS = ("identity", "affiliation", "languages", "days", "needs", "visibility")


@pytest.fixture
def own(site: Site) -> str:
    """The address of the own registration for LVR-1."""
    return f"/meetings/{site.cast.meeting('LVR-1')}/registration"


def save(site: Site, own: str, step: str, persona: str = "us4", **typed: Any) -> TestResponse:
    return send(site.cast.client(persona), f"{own}/{step}", **typed)


def person(site: Site) -> Person:
    return db.session.get_one(Person, registered(site).person_id)


def registered(site: Site) -> Participation:
    found = site.participation("us4@example.invalid", "LVR-1")
    assert found is not None
    return found


def change(site: Site, **columns: Any) -> None:
    """Set columns of us4's registration to other values than in the sample."""
    kept = registered(site).id
    with upkeep(system(Purpose.SAMPLE)) as session:
        row = session.get_one(Participation, kept)
        for column, value in columns.items():
            setattr(row, column, value)


def change_meeting(site: Site, **columns: Any) -> None:
    meeting_id = site.cast.meeting("LVR-1")
    with upkeep(system(Purpose.SAMPLE)) as session:
        meeting = session.get_one(Meeting, meeting_id)
        for column, value in columns.items():
            setattr(meeting, column, value)


def test_page_shows_the_state_of_the_registration_and_the_next_step(site: Site, own: str) -> None:
    text = site.cast.client("us4").get(own).text

    assert "What comes next" in text
    assert "Nothing is missing: the office looks at your registration next" in text
    for stage in ("Invited", "Accepted", "approval", "Lists open", "Meeting"):
        assert stage in text


def test_unsaved_steps_are_marked_and_the_first_is_next(site: Site, own: str) -> None:
    change(site, steps=["identity"])

    answer = page(site.cast.client("us4").get(own))

    marks = {step.a.text: step.select_one(".status").text.strip() for step in answer.select(".steps-step")}
    assert marks["Your name"] == "saved"
    assert marks["Languages"] == "not saved yet"
    assert answer.select_one(".btn-primary")["href"] == f"{own}/affiliation"


def test_leaving_a_step_saves_it_and_leads_forward_or_back(site: Site, own: str) -> None:
    change(site, steps=[])

    assert save(site, own, "affiliation").location == f"{own}/languages"
    assert save(site, own, "languages", go="back").location == f"{own}/affiliation"
    assert save(site, own, "days", go="overview").location == own
    assert registered(site).steps == ["affiliation", "languages", "days"]


def test_every_step_opens_and_saves_without_changes(site: Site, own: str) -> None:
    for step in STEPS:
        assert save(site, own, step).status_code == 303, step


def test_home_counts_the_missing_steps(site: Site, own: str) -> None:
    change(site, steps=["identity", "languages", "days", "needs", "questions", "rules"])
    client = site.cast.client("us4")

    assert "Save 2 steps of your registration" in client.get("/").text
    send(client, f"{own}/affiliation")
    send(client, f"{own}/visibility")
    assert "of your registration" not in client.get("/").text


def test_moving_a_meeting_asks_participants_for_their_days_again(site: Site, own: str) -> None:
    change_meeting(
        site,
        arrive_on=date(2027, 10, 25),
        starts_on=date(2027, 10, 26),
        ends_on=date(2027, 10, 28),
        depart_on=date(2027, 10, 29),
    )
    client = site.cast.client("us4")

    assert "The days of the meeting have changed" in client.get(own).text
    assert page(client.get(f"{own}/days")).select_one("[name=present_from]")["value"] == "2027-10-25"


def test_name_and_sort_name_are_saved_as_typed(site: Site, own: str) -> None:
    answer = save(
        site,
        own,
        "identity",
        name="KIM Ji-won",
        native="김지원",
        family="Kim",
        given="Ji-won",
        name_order="family_first",
        sort_key="",
        gender="f",
    )

    assert answer.status_code == 303
    kept = person(site)
    assert (kept.name, kept.native, kept.sort_key, kept.gender) == ("KIM Ji-won", "김지원", "Kim Ji-won", Gender.FEMALE)
    assert "registration.name_changed" in db.session.execute(select(AuditEntry.action)).scalars().all()
    save(site, own, "identity", sort_key="Žukova")
    assert page(site.cast.client("us4").get(f"{own}/identity")).select_one("#sort_key")["value"] == "Žukova"
    found = site.cast.client("st-coord").get(site.page("LVR-1", "?q=zukova"))
    assert "KIM Ji-won" in found.text


def test_gender_is_on_no_page_of_another_person(site: Site, own: str) -> None:
    save(site, own, "identity", gender="other")
    listed = site.page("LVR-1", f"/{registered(site).id}")

    for persona in ("st-host", "st-coord", "us2"):
        assert "Gender" not in site.cast.client(persona).get(listed).text


def test_listening_in_an_own_language_is_allowed_and_reported_to_the_coordinator(site: Site, own: str) -> None:
    change_meeting(site, working_languages=["en", "zh", "ru"])
    offered = page(site.cast.client("us4").get(f"{own}/languages")).select_one("#listens_in").get_text(" ")

    assert "Korean (no working language)" in offered
    assert save(site, own, "languages", languages=["ko", "en"], listens_in="ko").status_code == 303
    seen = site.cast.client("st-coord").get(site.page("LVR-1", f"/{registered(site).id}")).text
    assert "KO (no working language of this meeting)" in seen
    assert "no working language" not in site.cast.client("us2").get(site.page("LVR-1")).text


def test_listening_language_must_be_of_the_meeting_or_ones_own(site: Site, own: str) -> None:
    refused = save(site, own, "languages", languages=["fr", "en"], listens_in="mn")

    assert refused.status_code == 422
    assert "tick this one among those that you speak" in complaints(refused)


def test_participant_listens_in_a_language_of_the_meeting(site: Site, own: str) -> None:
    change_meeting(site, working_languages=["en", "ko"])

    assert save(site, own, "languages", languages=["fr", "en"], listens_in="ko").status_code == 303
    assert (sorted(person(site).languages), registered(site).listens_in) == (["en", "fr"], "ko")
    assert save(site, own, "languages", listens_in="mn").status_code == 422


def test_hours_away_are_saved_and_shown_again(site: Site, own: str) -> None:
    answer = save(
        site,
        own,
        "days",
        present_from="2027-10-19",
        present_to="2027-10-20",
        away_2_from="2027-10-19T12:00",
        away_2_to="2027-10-19T14:30",
    )

    assert answer.status_code == 303
    kept = db.session.execute(select(Availability)).scalar_one()
    assert (kept.away_from, kept.away_to) == (datetime(2027, 10, 19, 12), datetime(2027, 10, 19, 14, 30))  # noqa: DTZ001  on the clocks of the meeting
    assert (str(registered(site).present_from), str(registered(site).present_to)) == ("2027-10-19", "2027-10-20")
    client = site.cast.client("us4")
    assert page(client.get(f"{own}/days")).select_one("#away_1_from")["value"] == "2027-10-19T12:00"
    assert "Away from 19 Oct, 12:00" in client.get(own).text


def test_joining_online_is_offered_only_for_hybrid_meetings(site: Site, own: str) -> None:
    assert "online" not in site.cast.client("us4").get(f"{own}/days").text

    change_meeting(site, format=MeetingFormat.HYBRID)

    assert save(site, own, "days", remote="y").status_code == 303
    assert registered(site).remote


@pytest.mark.parametrize(
    ("step", "typed", "said"),
    [
        ("days", {"present_from": "2027-10-22", "present_to": "2027-10-18"}, "leave before you arrive"),
        ("days", {"present_from": "2026-10-18"}, "from Monday 18 October 2027 to Friday 22 October 2027"),
        ("days", {"present_to": "2027-02-30"}, "Not a valid date"),
        ("days", {"away_1_from": "2027-10-19T12:00"}, "Write both times, or neither"),
        ("days", {"away_1_from": "2027-10-19T12:00", "away_1_to": "2027-10-19T11:00"}, "back before you leave"),
        ("identity", {"name": "x" * 10_000}, "at most 200"),
        ("identity", {"name": "\u202e"}, "fill this in"),
        ("identity", {"name": "\u200d\u3164\u0301"}, "fill this in"),
        ("identity", {"name_order": "upside_down"}, "Not a valid choice"),
        ("identity", {"gender": "x"}, "Not a valid choice"),
        ("languages", {"languages": ["klingon"]}, "is not a valid choice"),
        ("visibility", {"table": "nothing"}, "Not a valid choice"),
    ],
)
def test_invalid_input_is_refused_and_kept_as_typed(
    site: Site, own: str, step: str, typed: dict[str, Any], said: str
) -> None:
    before = (registered(site).version, person(site).version)

    answer = save(site, own, step, **typed)

    assert answer.status_code == 422
    assert said in complaints(answer)
    assert (registered(site).version, person(site).version) == before
    for name, value in typed.items():
        field = page(answer).select_one(f"input#{name}")
        assert field is None or said == "fill this in" or field["value"] == value


def test_name_with_many_sort_weights_is_accepted(site: Site, own: str) -> None:
    name = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 200

    assert save(site, own, "identity", name=name, sort_key=name).status_code == 303

    assert person(site).name == name


def test_two_devices_do_not_overwrite_each_other(site: Site, own: str) -> None:
    shown = page(site.cast.client("us4").get(f"{own}/affiliation")).select_one("#version")["value"]
    save(site, own, "affiliation", affiliation="Saved first")

    late = save(site, own, "affiliation", affiliation="Typed later", version=shown)

    assert late.status_code == 422
    assert page(late).select_one("#affiliation")["value"] == "Typed later"
    assert "Saved first" in late.text
    assert person(site).affiliation == "Saved first"


def test_meeting_without_rules_asks_nobody_to_accept_them(site: Site, own: str) -> None:
    assert "Rules of the meeting" not in site.cast.client("us4").get(own).text


def test_accepted_rules_are_those_that_were_shown(site: Site, own: str) -> None:
    change_meeting(site, rules_text="Devices stay outside.")
    client = site.cast.client("us4")
    form = {"accepted": "y"}

    assert "Devices stay outside." in client.get(f"{own}/rules").text
    assert send(client, f"{own}/rules", accepted=None).status_code == 422
    shown = page(client.get(f"{own}/rules")).select_one("#words")["value"]
    change_meeting(site, rules_text="Devices stay at the hotel.")
    assert "have changed since" in complaints(send(client, f"{own}/rules", words=shown, **form))
    assert registered(site).rules_accepted_at is None
    assert send(client, f"{own}/rules", **form).status_code == 303
    assert registered(site).rules_accepted_at is not None


def test_participant_who_accepted_older_rules_is_asked_again(site: Site, own: str) -> None:
    settings = f"/meetings/{site.cast.meeting('LVR-1')}/settings"
    coordinator = site.cast.client("st-coord")
    assert send(coordinator, settings, rules_text="First words.").status_code == 303
    save(site, own, "rules", accepted="y")

    assert send(coordinator, settings).status_code == 303
    assert registered(site).rules_accepted_at is not None
    assert send(coordinator, settings, rules_text="Other words.").status_code == 303

    assert registered(site).rules_accepted_at is None


def test_after_approval_a_change_becomes_a_request(site: Site, own: str) -> None:
    change(site, approved_at=MIDDLE_OF_TRD_1)

    answer = save(site, own, "affiliation", affiliation="Institute of Rivers")

    assert answer.status_code == 303
    assert person(site).affiliation != "Institute of Rivers"
    assert db.session.execute(select(ChangeRequest)).scalar_one().decided_at is None


def test_after_approval_days_and_visibility_can_be_changed_directly(site: Site, own: str) -> None:
    change(site, approved_at=MIDDLE_OF_TRD_1)

    assert save(site, own, "days", present_to="2027-10-21").status_code == 303
    assert save(site, own, "visibility", observers="name").status_code == 303

    assert str(registered(site).present_to) == "2027-10-21"
    assert registered(site).visibility["observers"] == "name"


def test_after_registration_closes_details_are_fixed_and_withdrawing_is_possible(site: Site) -> None:
    set_clock(site.cast.app, MIDDLE_OF_TRD_1)
    own = f"/meetings/{site.cast.meeting('TRD-1')}/registration"
    client = site.cast.client("us4")

    assert "Registration is closed" in client.get(own).text
    late = client.get(own + "/affiliation")
    assert "Save and go on" not in late.text
    assert send(client, own + "/affiliation", affiliation="Too late").status_code == 422
    assert send(client, own + "/withdraw").status_code == 303
    assert client.get(own).status_code == 404


def test_withdrawing_asks_for_confirmation(site: Site, own: str) -> None:
    client = site.cast.client("us4")

    assert "Withdraw from this meeting?" in client.get(own + "/withdraw").text
    assert client.get(own).status_code == 200


@pytest.mark.parametrize("persona", ["st-host", "st-coord", "st-rap1", "st-arch", "st-travel", "kr1"])
def test_person_without_a_registration_cannot_open_one(site: Site, own: str, persona: str) -> None:
    for rest in ("", *(f"/{step}" for step in STEPS), "/address"):
        assert site.cast.client(persona).get(own + rest).status_code == 404


def test_participants_input_is_shown_as_text(site: Site, own: str) -> None:
    save(site, own, "identity", name="<b>Bold")
    save(site, own, "affiliation", affiliation="a & <i>b")

    listed = site.cast.client("st-coord").get(site.page("LVR-1")).text

    assert "&lt;b&gt;Bold" in listed
    assert "a &amp; &lt;i&gt;b" in listed


def test_observer_focal_point_sees_no_more_after_withdrawing_than_before(site: Site) -> None:
    set_clock(site.cast.app, MIDDLE_OF_TRD_1)
    meeting = f"/meetings/{site.cast.meeting('TRD-1')}"
    client = site.cast.client("xo1")
    assert "Breakouts" not in client.get(f"{meeting}/agenda").text

    assert send(client, f"{meeting}/registration/withdraw").status_code == 303

    assert "Breakouts" not in client.get(f"{meeting}/agenda").text
    assert "ZHANG" not in client.get(f"{meeting}/participants").text
    assert client.get(f"{meeting}/archive").status_code == 404
    assert client.get(f"{meeting}/registration").status_code == 404


def test_participant_focal_point_still_speaks_for_the_party_after_withdrawing(site: Site) -> None:
    set_clock(site.cast.app, MIDDLE_OF_TRD_1)
    meeting = f"/meetings/{site.cast.meeting('TRD-1')}"
    client = site.cast.client("kr1")

    assert send(client, f"{meeting}/registration/withdraw").status_code == 303

    assert "PARK Ga-jeong" in client.get(f"{meeting}/participants").text
    assert client.get(f"{meeting}/registration").status_code == 404


@pytest.mark.parametrize("step", Step)
def test_every_step_has_a_page_for_oneself_and_for_others(app: Flask, step: Step) -> None:
    with app.test_request_context():
        assert RegistrationPage(uuid4(), None).step_url(step)
        assert RegistrationPage(uuid4(), uuid4()).step_url(step)
