"""Letters of a test: a composer that says what it is told to, and a mail server that the application sends to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from dialogues.common import clock
from dialogues.common.state import state
from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.outbox import delivery, jobs
from dialogues.outbox.models import Letter
from dialogues.outbox.posting import owe
from dialogues.outbox.rules import Composed, Debt, LetterKind, LetterState, OwedLetter
from tests.beds.database import Installation, opened
from tests.beds.mail import MailServer

NOON = datetime(2027, 5, 26, 12, tzinfo=UTC)
KIND = LetterKind.AGENDA_CHANGED


@dataclass(slots=True)
class Post:
    """What a test owes, what was composed, and what came of it."""

    app: Flask
    server: MailServer
    owed: int = 0
    composed: list[UUID] = field(default_factory=list)
    words: Composed | None = field(
        default_factory=lambda: Composed(recipient="bold@example.mn", subject="A change", text="Good day.")
    )
    fault: Exception | None = None

    def compose(self, letter: OwedLetter, _now: datetime) -> Composed | None:
        """The composer of every letter here; it counts, so that no two of its letters are equal."""
        self.composed.append(letter.id)
        if self.fault is not None and letter.facts.get("poison"):
            raise self.fault
        return self.words and replace(self.words, text=f"{self.words.text} {len(self.composed)}")

    def owe(self, key: str, **about: Any) -> UUID:
        """Owe a letter, as a command would, a second later than the one before."""
        self.owed += 1
        at = NOON + timedelta(seconds=self.owed)
        with upkeep(system(Purpose.FOLLOW_UP)):
            return owe(Debt(**{"kind": KIND, "debt_key": key, "owed_at": at} | about))

    def deliver(self) -> list[LetterState]:
        """One pass: where each letter stands that was tried."""
        states: list[LetterState] = []
        jobs.deliver_due(tell=lambda _kind, _id, state: states.append(state))
        return states

    def deliver_later(self) -> list[LetterState]:
        """The same, once every pause is over."""
        self.change(due_at=None)
        return self.deliver()

    def change(self, **values: Any) -> None:
        """Let time have passed."""
        with upkeep(system(Purpose.UPKEEP)) as session:
            for letter in session.scalars(select(Letter)):
                for name, value in values.items():
                    setattr(letter, name, value)

    def letter(self, letter_id: UUID) -> Letter:
        """The row as it stands."""
        db.session.rollback()
        return db.session.scalars(select(Letter).where(Letter.id == letter_id)).one()

    def state(self, letter_id: UUID) -> LetterState:
        return self.letter(letter_id).state

    def die_after_data(self) -> None:
        """A worker sends the next letter and dies before it can say so; its lease ends."""
        claimed = delivery.claim(clock.real_now())
        assert claimed is not None
        parcel = delivery.pack(claimed, clock.now())
        assert parcel is not None
        jobs.carrier(self.app.extensions["dialogues"].settings).carry(parcel)
        self.end_leases()

    def end_leases(self) -> None:
        with upkeep(system(Purpose.UPKEEP)) as session:
            for letter in session.scalars(select(Letter).where(Letter.state == LetterState.SENDING)):
                letter.lease_until = clock.real_now() - timedelta(seconds=1)

    @property
    def texts(self) -> list[str]:
        """What arrived, in its order."""
        return [letter.message.get_content().strip() for letter in self.server.letters]

    @property
    def ids(self) -> list[UUID]:
        """Which letters arrived, in their order."""
        return [UUID(letter.message["Message-ID"][1:37]) for letter in self.server.letters]


@contextmanager
def composing(post: Post) -> Iterator[None]:
    composers = state(post.app).composers
    before = dict(composers)
    composers.update(dict.fromkeys(LetterKind, post.compose))
    try:
        yield
    finally:
        composers.clear()
        composers.update(before)


@pytest.fixture
def post(empty_installation: Installation, smtp: MailServer) -> Iterator[Post]:
    """An installation with nothing in it but what the test owes, and a mail server that takes it."""
    with opened(empty_installation.settings(mail_url=smtp.url)) as app, app.app_context():
        post = Post(app, smtp)
        with composing(post):
            yield post
