"""Renewing the entries of a meeting: whose entries an action reaches, and its cost for thousands of entries."""

import json
from datetime import date
from datetime import time as clock_time
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from dialogues.agenda.calendars.queries.own import visible
from dialogues.agenda.entries.models import Entry, LostEntry, PersonCalendar, SessionCalendar
from dialogues.agenda.planning import operations as planning_operations
from dialogues.agenda.planning.rules import SessionPlan, When
from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import ANYONE, Purpose, system
from dialogues.core.outbox.models import Email
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.policy import AGENDA_RELEASE, INVITE_FILE, Scope
from tests.agenda.calendars.calendars import NOW, Calendars, statements
from tests.beds.database import shell
from tests.cast import Cast

pytestmark = pytest.mark.engine


def test_no_scope_reaches_the_entries_of_others(app: Flask) -> None:
    with app.app_context():
        viewer = Cast(app).viewer("us4", meeting="TRD-1")
        others = select(func.count()).select_from(Entry).where(Entry.person_id != viewer.person_id)
        for scope in Scope:
            viewer._scopes[INVITE_FILE] = frozenset({scope})
            assert db.session.scalar(others.where(visible(viewer, INVITE_FILE))) == 0
        assert db.session.scalar(select(func.count()).where(visible(ANYONE, INVITE_FILE))) == 0


def made_up(app: Flask, participants: int) -> UUID:
    made = json.loads(
        shell(app, "sample", "generate", "--sessions", "60", "--participants", str(participants), "--json")
    )
    return UUID(made["meeting"])


def publish_one_more(meeting_id: UUID) -> tuple[int, int]:
    """Publish one more session for everyone; returns the numbers of statements and emails."""
    with transaction(system(Purpose.SAMPLE), AGENDA_RELEASE) as change:
        planned = db.session.get_one(Meeting, meeting_id)
        evening = When(date(2027, 6, 14), clock_time(20), clock_time(21))
        planning_operations.place_draft(planned, SessionPlan(title="One more", when=evening))
        released = planning_operations.freeze_release(meeting_id, now=NOW)
        with statements() as asked:
            change.record(released)
    emails = db.session.scalar(select(func.count()).where(Email.listed_under == meeting_id)) or 0
    return len(asked), emails


def test_publishing_sends_as_many_queries_for_many_people_as_for_few(app: Flask) -> None:
    with app.app_context():
        few, few_letters = publish_one_more(made_up(app, 3))
        many, many_letters = publish_one_more(made_up(app, 200))
    assert few == many <= 20
    assert (few_letters, many_letters) == (4, 201)


def rows_of(meeting_id: UUID) -> dict[str, int]:
    """The number of rows that calendars keep of a meeting, by table."""
    tables = (Entry, SessionCalendar, PersonCalendar, LostEntry)
    return {
        table.__tablename__: db.session.scalar(select(func.count()).where(table.meeting_id == meeting_id)) or 0
        for table in tables
    }


def test_nothing_is_stored_per_person_and_session(app: Flask) -> None:
    with app.app_context():
        meeting_id = made_up(app, 10)
        rows = rows_of(meeting_id)
    assert rows == {"entry": 10, "session_calendar": 60, "person_calendar": 11, "lost_entry": 0}


def test_an_acceptance_writes_one_row_for_the_person_and_the_emailed_entry(calendars: Calendars) -> None:
    meeting_id = calendars.cast.meeting("LVR-1")
    before = rows_of(meeting_id)
    calendars.confirm("kr1", "LVR")
    after = rows_of(meeting_id)
    assert {name: after[name] - before[name] for name in before} == {
        "entry": 1,
        "session_calendar": 0,
        "person_calendar": 1,
        "lost_entry": 0,
    }
