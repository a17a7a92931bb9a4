"""The liaison desk of TRD-1, early on its third day; emails are sent only when a test says so."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.common import clock
from dialogues.core.common.transaction import transaction
from dialogues.core.outbox.jobs import deliver_due
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.roster.rules import RegistrationApproved
from dialogues.policy import REGISTRATION_APPROVE
from tests.beds.client import Outside
from tests.beds.database import Installation, opened
from tests.beds.forms import SAME_ORIGIN, page
from tests.beds.mail import Email, MailServer
from tests.beds.web import set_clock
from tests.cast import MIDDLE_OF_TRD_1, Cast

#: A session of the morning of the test's day; a session by invitation; a session of the next day.
MORNING, RESTRICTED, LATER = "TRD-1-07", "TRD-1-06", "TRD-1-10"
CODE = re.compile(r"http://localhost(/attendance/code/[\w-]+)")


@pytest.fixture
def cast(installation: Installation, smtp: MailServer) -> Iterator[Cast]:
    """The personas, in the middle of TRD-1."""
    with opened(installation.settings(mail_url=smtp.url)) as app, app.app_context():
        app.test_client_class = Outside
        set_clock(app, MIDDLE_OF_TRD_1)
        yield Cast(app)
        db.session.remove()


@dataclass(slots=True)
class Desk:
    """The browser of the liaison desk, with helpers."""

    cast: Cast
    smtp: MailServer
    browser: FlaskClient

    def address(self, rest: str = "") -> str:
        return f"/meetings/{self.cast.meeting()}/attendance{rest}"

    def table(self, code: str = MORNING, rest: str = "") -> str:
        """Return the address of a session's attendance page."""
        return self.address(f"/{self.cast.session(code)}{rest}")

    def participation(self, name: str) -> UUID:
        """Return the id of a persona's participation in TRD-1."""
        found = select(Participation.id).where(
            Participation.meeting_id == self.cast.meeting(), Participation.person_id == self.cast.person(name)
        )
        return self.cast._one(found)

    def mark(self, name: str, code: str = MORNING, *, present: bool = True, **options: Any) -> TestResponse:
        """Press the button of that person."""
        return self.browser.post(
            self.table(code, f"/{self.participation(name)}"),
            data={"csrf_token": self._token(), "present": int(present)},
            headers=SAME_ORIGIN | options.pop("headers", {}),
        )

    def _token(self) -> str:
        return str(page(self.browser.get("/account")).select_one("input[name=csrf_token]")["value"])

    def figures(self, code: str = MORNING) -> str:
        """Return the text with the numbers of people present and expected."""
        return page(self.browser.get(self.table(code))).select_one(".desk-count").get_text(strip=True)

    def marked(self, code: str = MORNING) -> list[str]:
        """Return the people shown as present."""
        lines = page(self.browser.get(self.table(code))).select(".desk-present .person bdi:first-child")
        return [line.get_text() for line in lines]

    def record(self, event: type[ParticipationEvent], name: str) -> None:
        """Record that event about a person's participation, as its command does."""
        about = db.session.get_one(Participation, self.participation(name))
        facts = {"about": about.id, "dialogue_id": about.dialogue_id, "meeting_id": about.meeting_id}
        person_id = about.person_id
        with transaction(self.cast.viewer("st-coord", meeting="TRD-1"), REGISTRATION_APPROVE) as change:
            if event is RegistrationApproved:
                db.session.get_one(Participation, about.id).approved_at = clock.now()
            change.record(event(**facts, person_id=person_id, at=clock.now()))

    def mail(self) -> list[Email]:
        """Send queued emails and return them."""
        before = len(self.smtp.emails)
        deliver_due()
        return self.smtp.emails[before:]

    def code_of(self, name: str) -> str:
        """Return the address in the code that was emailed to a person."""
        self.record(RegistrationApproved, name)
        (letter,) = (one for one in self.mail() if one.recipients == (f"{name}@example.invalid",))
        found = CODE.search(letter.message.get_body(("plain",)).get_content())
        assert found is not None
        return found[1]


@pytest.fixture
def desk(cast: Cast, smtp: MailServer) -> Desk:
    """The liaison desk; emails of the sample have been sent."""
    desk = Desk(cast, smtp, cast.client("st-travel"))
    desk.mail()
    return desk


@pytest.fixture
def name_of(cast: Cast) -> Callable[[str], str]:  # noqa: ARG001  its context contains the database
    def called(who: str) -> str:
        return str(db.session.scalar(select(Person.name).where(Person.email == f"{who}@example.invalid")))

    return called
