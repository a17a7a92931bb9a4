"""The page of personal data: complete, and without names of places that are not open to the viewer."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import Proof
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.beds.forms import SAME_ORIGIN, held, page, press, send
from tests.cast import TERMS, Cast

pytestmark = pytest.mark.engine


LVR = ("Lavaux", "LVR-1")


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The personas, in the middle of TRD-1: LVR-1 is confidential and months away."""
    return Cast(app)


def by_link_alone(cast: Cast, name: str) -> FlaskClient:
    """A browser signed in by an emailed link only."""
    with cast.app.app_context():
        account = cast.account(name)
        with upkeep(system(Purpose.SIGN_IN)):
            handle = accounts.open_sign_in(
                account, frozenset({Proof.LINK}), now=clock.real_now(), longest=TERMS.staff_longest
            )
    client = cast.app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = handle
        cookie["_fresh"] = True
    return client


def test_meetings_open_to_me_are_named(cast: Cast) -> None:
    shown = cast.client("us2").get("/held-about-me").text

    for name in ("Tuul River Dialogue", "TRD-1", *LVR):
        assert name in shown


def test_outside_the_access_window_an_interpreter_sees_no_meeting_names(cast: Cast) -> None:
    shown = cast.client("in-zh1").get("/held-about-me").text

    assert "TRD-1" in shown
    for name in LVR:
        assert name not in shown


def test_staff_signed_in_by_link_see_no_dialogue_names(cast: Cast) -> None:
    shown = by_link_alone(cast, "st-coord").get("/held-about-me").text

    assert "Ines MUSTERMANN" in shown
    for name in ("Tuul River Dialogue", "TRD-1", *LVR):
        assert name not in shown


def test_a_person_who_declined_never_sees_the_name_of_the_meeting(cast: Cast) -> None:
    with cast.app.app_context():
        mine = (Participation.person_id == cast.person("kr1", "LVR"), Participation.answered_at.is_(None))
        with upkeep(system(Purpose.SAMPLE)) as session:
            declined = {"status": ParticipationStatus.DECLINED, "answered_at": clock.now()}
            session.execute(update(Participation).where(*mine).values(declined))

    shown = cast.client("kr1").get("/held-about-me").text

    assert "declined" in shown
    for name in LVR:
        assert name not in shown


# Encrypted fields and the access log.


@pytest.fixture
def papers(cast: Cast) -> str:
    """Participant us4 has saved passport, flights and needs for TRD-1; returns the address of the page."""
    with cast.app.app_context():
        trd = f"/meetings/{cast.meeting()}"
    answer = send(
        cast.client("us4"),
        f"{trd}/registration/needs",
        passport_nationality="Exampleland",
        passport_number="M9917364",
        passport_valid_until="2031-01-31",
        diet_text="no walnuts",
    )
    assert answer.status_code == 303
    return trd


def show_buttons(client: FlaskClient) -> dict[str, str]:
    """Return the form address of each button that shows an encrypted field, by button text."""
    found = page(client.get("/held-about-me")).select("form[action*='/held-about-me/sealed/']")
    return {" ".join(form.get_text(" ").split()): str(form["action"]) for form in found}


def test_i_see_that_sealed_data_exists_and_can_show_it_with_a_button(cast: Cast, papers: str) -> None:
    assert papers
    client = cast.client("us4")
    listed = client.get("/held-about-me").text
    for words in ("passport", "Sunday 27 June 2027"):
        assert words in listed
    assert "M9917364" not in listed

    assert "M9917364" in press(client, "/held-about-me", "Show passport").text
    assert "no walnuts" in press(client, "/held-about-me", "Show diet").text


def test_other_users_cannot_show_my_sealed_data(cast: Cast, papers: str) -> None:
    assert papers
    address = show_buttons(cast.client("us4"))["Show passport"]

    for name in ("us1", "kr1", "st-travel", "st-coord", "st-host"):
        client = cast.client(name)
        data = {"csrf_token": held(page(client.get("/")).select_one("form")).get("csrf_token")}
        assert client.post(address, data=data, headers=SAME_ORIGIN).status_code == 404


def test_i_see_who_looked_at_my_data_in_which_role_when_and_why(cast: Cast, papers: str) -> None:
    with cast.app.app_context():
        us4 = cast.person("us4")
    assert "Nobody looked" in cast.client("us4").get("/held-about-me").text
    desk = cast.client("st-travel")
    form = page(desk.get(f"{papers}/papers/{us4}")).select_one("main form")
    assert form is not None
    reason = {**held(form), "reason": "Letter to the consulate"}
    assert desk.post(f"{papers}/papers/{us4}/passport/show", data=reason, headers=SAME_ORIGIN).status_code == 200

    shown = " ".join(page(cast.client("us4").get("/held-about-me")).get_text(" ").split())

    assert "passport travel desk, Joan BLOGGS Letter to the consulate" in shown
    assert "Letter to the consulate" not in cast.client("us1").get("/held-about-me").text


def test_data_entered_for_me_is_not_shown_before_i_answer(cast: Cast, papers: str) -> None:
    with cast.app.app_context():
        mine = (Participation.person_id == cast.person("us4"), Participation.meeting_id == cast.meeting())
        with upkeep(system(Purpose.SAMPLE)) as session:
            waiting = {"status": ParticipationStatus.INVITED, "answered_at": None}
            session.execute(update(Participation).where(*mine).values(waiting))
    assert papers

    assert show_buttons(cast.client("us4")) == {}


def test_the_log_contains_only_actions_about_me(cast: Cast, papers: str) -> None:
    assert papers

    mine, anothers = (cast.client(name).get("/held-about-me/log").text for name in ("us4", "us1"))

    assert "sealed field: entered" in mine
    assert "sealed field: entered" not in anothers


def test_the_page_sends_at_most_a_dozen_statements(
    cast: Cast, papers: str, queries_of: Callable[[Callable[[], Any]], int]
) -> None:
    assert papers
    client = cast.client("us4")
    client.get("/held-about-me")

    assert queries_of(lambda: client.get("/held-about-me")) <= 12
