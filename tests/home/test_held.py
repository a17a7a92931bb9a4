"""What is held about me: all of it, and the name of nothing that is not open to me at present."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import Proof
from dialogues.common import clock
from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.participants.models import Participation
from dialogues.participants.rules import ParticipationStatus
from tests.cast import TERMS, Cast

LVR = ("Lavaux", "LVR-1")


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The personas, in the middle of TRD-1: LVR-1 is confidential and months away."""
    return Cast(app)


def by_link_alone(cast: Cast, name: str) -> FlaskClient:
    """A browser signed in by a mailed link and nothing else."""
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


def test_what_is_open_to_me_is_named(cast: Cast) -> None:
    shown = cast.client("us2").get("/held-about-me").text

    for name in ("Tuul River Dialogue", "TRD-1", *LVR):
        assert name in shown


def test_outside_their_window_an_interpreter_reads_no_name_of_a_meeting(cast: Cast) -> None:
    shown = cast.client("in-zh1").get("/held-about-me").text

    assert "TRD-1" in shown
    for name in LVR:
        assert name not in shown


def test_a_mailed_link_alone_shows_staff_no_name_of_a_dialogue(cast: Cast) -> None:
    shown = by_link_alone(cast, "st-coord").get("/held-about-me").text

    assert "Ines MUSTERMANN" in shown
    for name in ("Tuul River Dialogue", "TRD-1", *LVR):
        assert name not in shown


def test_whoever_declined_never_reads_what_they_were_invited_to(cast: Cast) -> None:
    with cast.app.app_context():
        mine = (Participation.person_id == cast.person("kr1", "LVR"), Participation.answered_at.is_(None))
        with upkeep(system(Purpose.SAMPLE)) as session:
            declined = {"status": ParticipationStatus.DECLINED, "answered_at": clock.now()}
            session.execute(update(Participation).where(*mine).values(declined))

    shown = cast.client("kr1").get("/held-about-me").text

    assert "declined" in shown
    for name in LVR:
        assert name not in shown
