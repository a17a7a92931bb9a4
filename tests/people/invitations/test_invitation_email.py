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
from tests.people.conftest import Site
from tests.people.roster.test_views import invite

GOLDEN = Path(__file__).parent / "golden"


def without_secret(text: str) -> str:
    """The email with its secret replaced, because the secret differs each time."""
    return re.sub(r"/r/[\w-]{43}", "/r/SECRET", text.replace("\r\n", "\n"))


@pytest.mark.parametrize("profile", InviteProfile)
def test_invitation_email_matches_the_golden_file(site: Site, profile: InviteProfile) -> None:
    with upkeep(system(Purpose.UPKEEP)):
        meeting = db.session.execute(select(Meeting).where(Meeting.code == "SCD-1")).scalar_one()
        meeting.profile, meeting.city = profile, "Ulaanbaatar"
    invite(site)

    (email,) = site.mail()

    assert email.message["Subject"] == "Your personal link"
    assert email.message["To"] == "oyun@example.org"
    assert without_secret(email.message.get_content()) == (GOLDEN / f"invitation-{profile.value}.txt").read_text(
        "utf-8"
    )


def test_confidential_meeting_is_never_described(site: Site) -> None:
    with upkeep(system(Purpose.UPKEEP)):
        meeting = db.session.execute(select(Meeting).where(Meeting.code == "SCD-1")).scalar_one()
        meeting.profile, meeting.existence = InviteProfile.FULL, Existence.CONFIDENTIAL
    invite(site)

    (email,) = site.mail()

    assert without_secret(email.message.get_content()) == (GOLDEN / "invitation-discreet.txt").read_text("utf-8")


def test_secret_of_the_link_is_stored_nowhere(site: Site) -> None:
    invite(site)
    site.mail()
    secret = site.link_to("oyun@example.org").removeprefix("/r/")

    db.session.rollback()
    for email in db.session.execute(select(Email)).scalars():
        assert secret not in str(email.facts)
        assert email.sealed_bytes is None or not email.has_secret
    for file in site.cast.app.extensions["dialogues"].settings.instance.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()


def test_two_emails_queued_before_delivery_are_sent_as_one(site: Site) -> None:
    invite(site)
    someone = site.page("SCD-1", f"/{site.participation('oyun@example.org').id}")
    press(site.cast.client("st-coord"), someone, "Send a new link")

    assert len(site.mail()) == 1


def test_withdrawn_invitation_sends_no_email(site: Site) -> None:
    invite(site)
    with upkeep(system(Purpose.UPKEEP)):
        meeting = db.session.execute(select(Meeting).where(Meeting.code == "SCD-1")).scalar_one()
        meeting.registration_closes_at = meeting.registration_closes_at.replace(month=5)

    assert site.mail() == []


def test_new_link_is_sent_after_the_clock_was_set_back(site: Site) -> None:
    invite(site)
    assert len(site.mail()) == 1
    someone = site.page("SCD-1", f"/{site.participation('oyun@example.org').id}")

    set_clock(site.cast.app, BEFORE_LVR_1 - timedelta(hours=1))
    press(site.cast.client("st-coord"), someone, "Send a new link")

    assert len(site.mail()) == 1
