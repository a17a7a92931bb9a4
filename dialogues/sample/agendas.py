"""Agendas of the sample: place sessions in the draft, then publish it once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dialogues.agenda.planning import operations as planning_operations
from dialogues.agenda.planning.rules import SessionPlan, When
from dialogues.agenda.versions.rules import Admits, AgendaReleased, Part, SessionKind
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.sample.people import SampleIds
from dialogues.sample.reading import sample


def load_agenda(loaded: SampleIds, code: str, meeting: dict[str, Any]) -> AgendaReleased:
    """Place and publish the sessions of a sample meeting; returns the event, which sends no emails."""
    place = db.session.get_one(Meeting, loaded.meetings[meeting["id"]])
    arrangement = sample()["arrangements"][meeting["id"]]
    for session in meeting["sessions"]:
        plan = _plan(loaded, code, meeting, session, arrangement)
        chance = Random(session["id"])  # noqa: S311  the same codes in every sample, no secret
        loaded.sessions[session["id"]] = planning_operations.place_draft(place, plan, chance=chance)
    released_at = datetime.fromisoformat(arrangement["released"])
    return replace(planning_operations.freeze_release(place.id, now=released_at), silent=True)


def place_and_release(meeting_id: UUID, plans: Iterable[SessionPlan], at: datetime) -> AgendaReleased:
    """Place and publish generated sessions; returns the event, which sends no emails."""
    meeting = db.session.get_one(Meeting, meeting_id)
    for plan in plans:
        planning_operations.place_draft(meeting, plan)
    return replace(planning_operations.freeze_release(meeting_id, now=at), silent=True)


def _plan(
    loaded: SampleIds, code: str, meeting: dict[str, Any], session: dict[str, Any], arrangement: dict[str, Any]
) -> SessionPlan:
    rooms = arrangement["rooms"]
    return SessionPlan(
        code=session["id"],
        title=session["title"],
        when=_when(session, meeting["tz"]),
        kind=SessionKind(session["kind"]),
        rule=Rule(session["rule"]),
        admits=_admits(session),
        rooms=tuple(loaded.rooms[room] for room in rooms.get(session["id"], rooms["other"])),
        people=tuple((loaded.people[code, name], part) for name, part in _people(meeting, session)),
        languages=tuple(meeting["working_languages"]),
    )


def _admits(session: dict[str, Any]) -> Admits:
    if session.get("invited"):
        return Admits.INVITED
    return Admits.OBSERVERS_TOO if session.get("observers") else Admits.PARTICIPANTS


def _people(meeting: dict[str, Any], session: dict[str, Any]) -> Iterable[tuple[str, Part]]:
    if "chair" in session:
        yield session["chair"], Part.CHAIR
    for name in session.get("leads", []):
        yield name, Part.LEAD
    if session.get("rapporteur", "none") != "none":
        yield session["rapporteur"], Part.RAPPORTEUR
    for name in session.get("invited", []):
        yield name, Part.INVITED
    if session["kind"] in {"plenary", "exercise"}:
        for name in meeting.get("interpretation", {}).get("team", []):
            yield name, Part.INTERPRETER


def _when(session: dict[str, Any], zone: str) -> When:
    """Return the local time slot; online sessions are written in UTC, the others in local time."""
    if "utc" in session:
        starts = datetime.fromisoformat(session["utc"]).astimezone(ZoneInfo(zone))
        ends = starts + timedelta(minutes=session["minutes"])
        return When(starts.date(), starts.time(), ends.time(), next_day=ends.date() > starts.date())
    day: date = session["day"]
    return When(day, time.fromisoformat(session["from"]), time.fromisoformat(session["to"]))
