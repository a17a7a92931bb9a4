"""The exchange of many large lists, and a race for seats; measured inside the application, without a network."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select

from bench.figures import Figure
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Place, Purpose, RoleAssignment, Viewer, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Dialogue, Exchange, Meeting, MeetingParty, Party, Person
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role

PARTIES, PEOPLE = 8, 40
RACERS, SEATS, ROUNDS = 24, 5, 20
_NOW = datetime(2027, 5, 26, tzinfo=UTC)
Row = TypeVar("Row")


def exchange_figures(app: Flask) -> list[Figure]:
    """The time to open all lists relative to one nomination, and the results of a race for seats."""
    with app.app_context():
        meeting = _sealed_meeting()
        one = _timed(lambda: _name(meeting, "One more"))
        opening = _timed(lambda: nominations_submitting.open_due(system(Purpose.UPKEEP), meeting["meeting"], now=_NOW))
        shown = db.session.execute(
            select(func.count()).where(Participation.meeting_id == meeting["meeting"])
        ).scalar_one()
        db.session.rollback()
    return [
        Figure(
            f"lists of {PARTIES} parties x {PEOPLE} opened at once",
            opening / one,
            "x naming",
            f"{shown} people shown",
            10,
            "at most",
        ),
        Figure("people on the lists that opened", shown - 1, "people", f"{PARTIES} lists", PARTIES * PEOPLE),
        *race_figures(app),
    ]


def race_figures(app: Flask) -> list[Figure]:
    """Results of repeated rounds in which many nominations compete for few seats."""
    overbooked = faults = filled = disordered = 0
    for _round in range(ROUNDS):
        with app.app_context():
            race = _sealed_meeting(parties=1, people=0, seats=SEATS)
        with ThreadPoolExecutor(RACERS) as pool:
            racers = [pool.submit(Context().run, _enter, app, race, number) for number in range(RACERS)]
            raced = [racer.result() for racer in racers]
        faults += raced.count(False)
        with app.app_context():
            rows = db.session.execute(
                select(Participation.seat, Participation.queue_no).where(Participation.meeting_id == race["meeting"])
            ).all()
            db.session.rollback()
        seats = [row.seat for row in rows if row.seat is not None]
        queue = sorted(row.queue_no for row in rows if row.queue_no is not None)
        filled += len(set(seats))
        overbooked += max(0, len(seats) - SEATS)
        disordered += queue != list(range(1, RACERS - SEATS + 1))
    ran = f"{RACERS * ROUNDS} nominations tried"
    named = f"{RACERS} racers x {SEATS} seats x {ROUNDS} rounds"
    return [
        Figure(f"{named}: seats filled", filled, "seats", ran, SEATS * ROUNDS),
        Figure(f"{named}: overbooked", overbooked, "seats", ran, 0, "at most"),
        Figure(f"{named}: errors", faults, "errors", ran, 0, "at most"),
        Figure(f"{named}: queues out of order", disordered, "queues", ran, 0, "at most"),
    ]


def _enter(app: Flask, race: dict[str, Any], number: int) -> bool:
    with app.app_context():
        try:
            _name(race, f"Racer {number}")
        except Exception:
            return False
        return True


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _name(meeting: dict[str, Any], name: str) -> UUID:
    return nominations_nominating.nominate(
        meeting["speaker"], meeting["parties"][0], Nominee(name=name), once=uuid4().hex, now=_NOW
    )


def _sealed_meeting(parties: int = PARTIES, people: int = PEOPLE, seats: int = PEOPLE + 1) -> dict[str, Any]:
    """A meeting whose exchange is due, with submitted lists of confirmed people, and a focal point."""
    with upkeep(system(Purpose.SAMPLE)):
        dialogue = _saved(Dialogue(code=uuid4().hex[:8], title="Made-up dialogue", created_at=_NOW))
        meeting = _saved(
            Meeting(dialogue_id=dialogue.id, code="BENCH-1", zone="UTC", starts_on=_NOW.date(), ends_on=_NOW.date())
        )
        place = {"dialogue_id": dialogue.id, "meeting_id": meeting.id}
        _saved(Exchange(**place, sealed_until=_NOW))
        sides = [_party(place, number, people, seats) for number in range(parties)]
        speaker = _saved(Person(dialogue_id=dialogue.id, name="Focal POINT"))
        assignment = RoleAssignment(Role.FOCAL_POINT, speaker.id, sides[0], meeting.id)
        viewer = Viewer(
            place=Place(dialogue_id=dialogue.id, meeting_id=meeting.id),
            person_id=speaker.id,
            role_assignments=(assignment,),
        )
        return {"meeting": meeting.id, "parties": sides, "speaker": viewer}


def _party(place: dict[str, UUID], number: int, people: int, seats: int) -> UUID:
    party = _saved(Party(dialogue_id=place["dialogue_id"], code=f"P{number}", names={"en": f"Side {number}"}))
    _saved(MeetingParty(**place, party_id=party.id, seats={"participant": seats}, submitted_at=_NOW))
    for seat in range(1, people + 1):
        person = _saved(Person(dialogue_id=place["dialogue_id"], name=f"Person {number} {seat}"))
        _saved(
            Participation(
                **place,
                person_id=person.id,
                party_id=party.id,
                seat=seat,
                status=ParticipationStatus.CONFIRMED,
                invited_at=_NOW,
            )
        )
    return party.id


def _saved(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row
