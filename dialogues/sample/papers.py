"""Notes of the sample: raw notes, encrypted for their rapporteur, and the summary written from them."""

from typing import Any

from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.records.notes.operations import place_raw_notes, place_summary
from dialogues.records.notes.rules import SessionRef, destruction_day
from dialogues.sample.people import SampleIds
from dialogues.sample.reading import sample


def load_papers(loaded: SampleIds) -> None:
    """Place the rapporteurs' notes and summaries, dated on the day of their session."""
    for notes in sample()["notes"]:
        code, meeting, session = _where(notes["session"])
        meeting_id, day = loaded.meetings[meeting["id"]], session["day"]
        ref = SessionRef(loaded.dialogues[code], meeting_id, loaded.sessions[session["id"]], Rule(session["rule"]))
        place_raw_notes(
            ref,
            loaded.people[code, session["rapporteur"]],
            notes["raw_attributed"].strip(),
            day=day,
            destroy_by=destruction_day(days_of(db.session.get_one(Meeting, meeting_id)).last, day),
        )
        place_summary(ref, notes["released_expected"].strip(), day=day)


def _where(session_id: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return next(
        (dialogue["id"], meeting, session)
        for dialogue in sample()["dialogues"]
        for meeting in dialogue["meetings"]
        for session in meeting["sessions"]
        if session["id"] == session_id
    )
