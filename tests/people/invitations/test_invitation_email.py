"""The invitation email: neutral text, one recipient, a new link in every email."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.models import Email
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.kinds import Existence, InviteProfile
from tests.beds.forms import press
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1
from tests.people.conftest import Office
from tests.people.roster.test_views import invite

GOLDEN = Path(__file__).parent / "golden"


def settled(text: str) -> str:
    """The email with its secret replaced, because the secret differs each time."""
    return re.sub(r"/r/[\w-]{43}", "/r/SECRET", text.replace("\r\n", "\n"))


@pytest.mark.parametrize("profile", InviteProfile)
def test_invitation_email_matches_the_golden_file(office: Office, profile: InviteProfile) -> None:
    with upkeep(system(Purpose.UPKEEP)):
        meeting = db.session.execute(select(Meeting).where(Meeting.code == "SCD-1")).scalar_one()
        meeting.profile, meeting.city = profile, "Ulaanbaatar"
    invite(office)

    (letter,) = office.mail()

    assert letter.message["Subject"] == "Your personal link"
    assert letter.message["To"] == "oyun@example.org"
    assert settled(letter.message.get_content()) == (GOLDEN / f"invitation-{profile.value}.txt").read_text("utf-8")


def test_confidential_meeting_is_never_described(office: Office) -> None:
    with upkeep(system(Purpose.UPKEEP)):
        meeting = db.session.execute(select(Meeting).where(Meeting.code == "SCD-1")).scalar_one()
        meeting.profile, meeting.existence = InviteProfile.FULL, Existence.CONFIDENTIAL
    invite(office)

    (letter,) = office.mail()

    assert settled(letter.message.get_content()) == (GOLDEN / "invitation-discreet.txt").read_text("utf-8")


def test_secret_of_the_link_is_stored_nowhere(office: Office) -> None:
    invite(office)
    office.mail()
    secret = office.link_to("oyun@example.org").removeprefix("/r/")

    db.session.rollback()
    for letter in db.session.execute(select(Email)).scalars():
        assert secret not in str(letter.facts)
        assert letter.sealed_bytes is None or not letter.has_secret
    for file in office.cast.app.extensions["dialogues"].settings.instance.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()


def test_two_emails_queued_before_delivery_are_sent_as_one(office: Office) -> None:
    invite(office)
    someone = office.page("SCD-1", f"/{office.participation('oyun@example.org').id}")
    press(office.cast.client("st-coord"), someone, "Send a new link")

    assert len(office.mail()) == 1


def test_withdrawn_invitation_sends_no_email(office: Office) -> None:
    invite(office)
    with upkeep(system(Purpose.UPKEEP)):
        meeting = db.session.execute(select(Meeting).where(Meeting.code == "SCD-1")).scalar_one()
        meeting.registration_closes_at = meeting.registration_closes_at.replace(month=5)

    assert office.mail() == []


def test_new_link_is_sent_after_the_clock_was_set_back(office: Office) -> None:
    invite(office)
    assert len(office.mail()) == 1
    someone = office.page("SCD-1", f"/{office.participation('oyun@example.org').id}")

    set_clock(office.cast.app, BEFORE_LVR_1 - timedelta(hours=1))
    press(office.cast.client("st-coord"), someone, "Send a new link")

    assert len(office.mail()) == 1
