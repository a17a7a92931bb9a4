"""Many invited people accept at once: several threads answer through their links, inside the application.

`python -m bench.answers` measures it alone, on the database of DIALOGUES_DATABASE_URL if that is set.
"""

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select

from bench.figures import Figure, table
from bench.serving import flask
from dialogues.agenda.entries.models import PersonCalendar
from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.factory import create_app
from dialogues.meetings.dialogues.models import Meeting, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.commands.answering import answer_by_link
from dialogues.people.invitations.operations import invite, mint_personal_link
from dialogues.people.participants.rules.standing import Answer
from dialogues.sample.generating import generate_meeting
from dialogues.settings import read_settings

ANSWERS, SESSIONS, THREADS = 500, 60, 2
_NOW = datetime(2027, 5, 26, tzinfo=UTC)


def answer_figures(app: Flask) -> list[Figure]:
    """How long all answers take together, and the slowest twentieth of them."""
    with app.app_context():
        links, meeting_id = _invited()
        db.session.remove()
    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        waits = sorted(pool.map(lambda link: Context().run(_accept, app, link), links))
    taken = time.perf_counter() - began
    with app.app_context():
        having = select(func.count()).where(PersonCalendar.meeting_id == meeting_id)
        found = f"{db.session.scalar(having)} calendars of {SESSIONS} sessions"
        engine = db.engine.name
        db.session.remove()
    name = f"{ANSWERS} answers, {THREADS} threads, {engine}"
    return [
        Figure(f"{name}: together", taken, "s", found, 10, "at most"),
        Figure(f"{name}: p95 of one", waits[len(waits) * 95 // 100], "s", found, 1, "at most"),
    ]


def _accept(app: Flask, secret: str) -> float:
    began = time.perf_counter()
    with app.app_context():
        link = accounts.link(secret, LinkPurpose.REGISTRATION, _NOW)
        if link is None:
            raise RuntimeError("A personal link does not work")
        answer_by_link(link.id, Answer.ACCEPT, now=_NOW + timedelta(minutes=1), real_now=datetime.now(UTC))
        db.session.remove()
    return time.perf_counter() - began


def _invited() -> tuple[list[str], UUID]:
    """Invites people to a generated meeting with a published agenda; returns their links."""
    made = generate_meeting(sessions=SESSIONS, participants=1, records=0, seed=1, now=_NOW)
    with upkeep(system(Purpose.SAMPLE)):
        meeting = db.session.get_one(Meeting, made["meeting"])
        party = db.session.scalars(select(Party).where(Party.dialogue_id == meeting.dialogue_id)).first()
        links = [_invite(meeting, party.id if party else uuid4(), number) for number in range(ANSWERS)]
    return links, meeting.id


def _invite(meeting: Meeting, party_id: UUID, number: int) -> str:
    mail = f"guest-{number}-{uuid4().hex[:8]}@example.invalid"
    person = Person(dialogue_id=meeting.dialogue_id, name=f"Guest {number}", email=mail, email_norm=mail)
    db.session.add(person)
    db.session.flush()
    place = {"dialogue_id": meeting.dialogue_id, "meeting_id": meeting.id}
    return mint_personal_link(invite(person.id, party_id, Capacity.PARTICIPANT, at=_NOW, **place), _NOW)


def main() -> None:
    """Measure the answers alone, in a new instance."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DIALOGUES_INSTANCE": folder, "DIALOGUES_DEMO": "1", "DIALOGUES_NOW": "2027-05-26T08:00+08:00"}
        flask(settings, "db", "upgrade")
        print(table(answer_figures(create_app(read_settings({**os.environ, **settings})))))


if __name__ == "__main__":
    main()
