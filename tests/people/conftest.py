"""The personas with a mail server, and helpers for participants and their emails."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from dialogues.core.common import clock
from dialogues.core.outbox.jobs import deliver_due
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.participants.models import Participation
from dialogues.policy import SEATS_EDIT
from tests.beds.client import Outside
from tests.beds.database import Installation, opened
from tests.beds.mail import Email, MailServer
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast

_LINK = re.compile(r"http://localhost(/r/[\w-]+)")


@pytest.fixture
def cast(installation: Installation, smtp: MailServer) -> Iterator[Cast]:
    """The personas a week after TRD-1: registration is open for LVR-1 (lists sealed) and SCD-1 (lists not sealed)."""
    with opened(installation.settings(mail_url=smtp.url)) as app, app.app_context():
        app.test_client_class = Outside
        set_clock(app, BEFORE_LVR_1)
        yield Cast(app)
        db.session.remove()


@dataclass(slots=True)
class Site:
    """Addresses, emails and rows that tests of participants need."""

    cast: Cast
    smtp: MailServer

    def page(self, code: str, rest: str = "") -> str:
        """An address below the participants page of a meeting."""
        return f"/meetings/{self.cast.meeting(code)}/participants{rest}"

    def mail(self) -> list[Email]:
        """Deliver the due emails and return them."""
        before = len(self.smtp.emails)
        deliver_due()
        return self.smtp.emails[before:]

    def link_to(self, email: str) -> str:
        """The personal link in the newest email to that address."""
        for mail in reversed(self.smtp.emails):
            if mail.recipients == (email,):
                found = _LINK.search(mail.message.get_content())
                assert found is not None
                return found[1]
        raise AssertionError(f"no email to {email}")

    def participation(self, email: str, code: str = "SCD-1") -> Participation | None:
        """The participation of the person with that address, or None."""
        db.session.rollback()
        return db.session.execute(
            select(Participation)
            .join(Person, Person.id == Participation.person_id)
            .where(Participation.meeting_id == self.cast.meeting(code), Person.email == email)
        ).scalar_one_or_none()

    def participation_of(self, name: str, code: str) -> UUID:
        """The id of a persona's participation."""
        found = self.participation(f"{name}@example.invalid", code)
        assert found is not None
        return found.id

    def set_seats(self, code: str, party: str, **seats: int) -> None:
        """Set the seats of one party at a meeting as the coordinator and keep those of the others."""
        desk = self.cast.viewer("st-coord", meeting=code, now=BEFORE_LVR_1)
        rows = {one.party_id: one.seats for one in nominations_nominations.seats(desk, SEATS_EDIT)}
        rows[self.cast.party(party, code.split("-")[0])] = seats
        nominations_submitting.set_seats(
            desk, rows, version=nominations_nominations.seats_mark(desk, SEATS_EDIT), now=clock.now()
        )

    def browser(self) -> FlaskClient:
        """A browser that is not signed in."""
        return self.cast.client(None)


@pytest.fixture
def site(cast: Cast, smtp: MailServer) -> Site:
    """The helpers after all emails of the sample were delivered."""
    site = Site(cast, smtp)
    site.mail()
    return site


@pytest.fixture
def statements(cast: Cast) -> Callable[[Callable[[], Any]], int]:  # noqa: ARG001  its context holds the engine
    """Counts the statements that a call sends to the database, without BEGIN."""
    sent: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    def count(call: Callable[[], Any]) -> int:
        sent.clear()
        call()
        return len(sent)

    return count
