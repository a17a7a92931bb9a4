"""Emails for tests: a composer that returns what the test chose, and a mail server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from dialogues.core.common import clock
from dialogues.core.common.state import state
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox import commands as outbox_commands
from dialogues.core.outbox import jobs as outbox_jobs
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.operations import enqueue
from dialogues.core.outbox.rules import DueEmail, EmailKind, EmailRequest, EmailState
from dialogues.extensions import db
from dialogues.lib.mail.parts import Composed
from tests.beds.database import Installation, opened
from tests.beds.mail import MailServer

NOON = datetime(2027, 5, 26, 12, tzinfo=UTC)
KIND = EmailKind.AGENDA_CHANGED


@dataclass(slots=True)
class Post:
    """The outbox of a test: emails that were queued, composed and delivered."""

    app: Flask
    server: MailServer
    queued: int = 0
    composed: list[UUID] = field(default_factory=list)
    words: Composed | None = field(
        default_factory=lambda: Composed(recipient="bold@example.mn", subject="A change", text="Good day.")
    )
    fault: Exception | None = None

    def compose(self, email: DueEmail, _now: datetime) -> Composed | None:
        """Compose an email; its text has a counter, so that no two texts are equal."""
        self.composed.append(email.id)
        if self.fault is not None and email.facts.get("poison"):
            raise self.fault
        recipient = str(email.facts.get("to", self.words.recipient if self.words else ""))
        return self.words and replace(self.words, recipient=recipient, text=f"{self.words.text} {len(self.composed)}")

    def enqueue(self, key: str, **about: Any) -> UUID:
        """Queue an email as a command would, one second later than the previous one."""
        self.queued += 1
        at = NOON + timedelta(seconds=self.queued)
        with upkeep(system(Purpose.FOLLOW_UP)):
            return enqueue(EmailRequest(**{"kind": KIND, "dedup_key": key, "queued_at": at} | about))

    def deliver(self) -> list[EmailState]:
        """Run one delivery and return the state of each email that was tried."""
        states: list[EmailState] = []
        outbox_jobs.deliver_due(on_result=lambda _kind, _id, state: states.append(state))
        return states

    def deliver_later(self) -> list[EmailState]:
        """Run one delivery when no email is waiting for its next try."""
        self.change(due_at=None)
        return self.deliver()

    def change(self, **values: Any) -> None:
        """Set these columns of all emails, for example to simulate that time has passed."""
        with upkeep(system(Purpose.UPKEEP)) as session:
            for email in session.scalars(select(Email)):
                for name, value in values.items():
                    setattr(email, name, value)

    def row(self, email_id: UUID) -> Email:
        """The row of the email, read from the database again."""
        db.session.rollback()
        return db.session.scalars(select(Email).where(Email.id == email_id)).one()

    def state(self, email_id: UUID) -> EmailState:
        return self.row(email_id).state

    def die_after_data(self) -> None:
        """Send the next email, then die before the result is saved; the lease ends."""
        claimed = outbox_commands.claim(clock.real_now())
        assert claimed is not None
        parcel = outbox_commands.render(claimed, clock.now())
        assert parcel is not None
        outbox_jobs.mail_transport(self.app.extensions["dialogues"].settings).send(parcel)
        self.end_leases()

    def end_leases(self) -> None:
        with upkeep(system(Purpose.UPKEEP)) as session:
            for email in session.scalars(select(Email).where(Email.state == EmailState.SENDING)):
                email.lease_until = clock.real_now() - timedelta(seconds=1)

    @property
    def texts(self) -> list[str]:
        """The texts of the emails that arrived, in order."""
        return [email.message.get_content().strip() for email in self.server.emails]

    @property
    def ids(self) -> list[UUID]:
        """The ids of the emails that arrived, in order."""
        return [UUID(email.message["Message-ID"][1:37]) for email in self.server.emails]


@contextmanager
def composing(post: Post) -> Iterator[None]:
    composers = state(post.app).composers
    before = dict(composers)
    composers.update(dict.fromkeys(EmailKind, post.compose))
    try:
        yield
    finally:
        composers.clear()
        composers.update(before)


@pytest.fixture
def post(empty_installation: Installation, smtp: MailServer) -> Iterator[Post]:
    """An outbox with only the emails of the test, and a mail server that accepts them."""
    with opened(empty_installation.settings(mail_url=smtp.url)) as app, app.app_context():
        post = Post(app, smtp)
        with composing(post):
            yield post
