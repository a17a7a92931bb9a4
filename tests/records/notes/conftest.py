"""The rapporteurs of TRD-1 and other personas, in browsers that fill in forms."""

from collections.abc import Iterator
from contextvars import Context
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from dialogues.agenda.planning import commands as planning_commands
from dialogues.agenda.planning import operations as planning_operations
from dialogues.agenda.planning.models import DraftItem
from dialogues.agenda.planning.queries import draft as planning_draft
from dialogues.agenda.planning.rules import SessionPlan, when_of
from dialogues.agenda.versions.rules import Part
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.policy import SUMMARY_EDIT
from dialogues.records.notes import operations as notes_operations
from dialogues.records.notes import queries as notes_queries
from dialogues.records.notes.queries import SessionNotes, Version
from tests.cast import MIDDLE_OF_TRD_1, Cast

NOW = MIDDLE_OF_TRD_1
#: A session with raw notes and a drafted summary by st-rap2 in the sample.
FLOODS = "TRD-1-04"
#: A session whose rapporteur is st-rap2, without notes.
OUTLOOKS = "TRD-1-07"
OFF_THE_RECORD, CLOSED = "TRD-1-05", "TRD-1-06"


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    """The personas of the sample; commands and queries can be called at once."""
    with app.app_context():
        yield Cast(app)


@pytest.fixture
def rapporteur(cast: Cast) -> Viewer:
    return cast.viewer("st-rap2", meeting="TRD-1")


@pytest.fixture
def co_chair(cast: Cast) -> Viewer:
    return cast.viewer("ch1", meeting="TRD-1")


@pytest.fixture
def floods(cast: Cast) -> UUID:
    """The session with notes."""
    return cast.session(FLOODS)


def notes_of(viewer: Viewer, session_id: UUID) -> SessionNotes:
    """The session as this viewer edits its summary."""
    found = notes_queries.session(viewer, session_id, SUMMARY_EDIT)
    db.session.rollback()
    return found


def newest(viewer: Viewer, session_id: UUID) -> Version:
    """The newest version of a summary."""
    found = notes_queries.version(viewer, notes_of(viewer, session_id))
    db.session.rollback()
    return found


def file_it(session_id: UUID) -> None:
    """File a finished summary, as the archive does."""
    with upkeep(system(Purpose.SAMPLE)):
        found = notes_operations.summary_of(session_id)
        assert found is not None
        notes_operations.mark_filed(found.id)


def publish_with(cast: Cast, session_id: UUID, *, rule: Rule = Rule.CHATHAM_HOUSE, rapporteur: str = "st-rap2") -> None:
    """Publish a session again under that rule and with that rapporteur.

    A rule without notes needs a direct change of the draft, because the form refuses a rapporteur there.
    """
    named = (cast.person(rapporteur), Part.RAPPORTEUR)
    coordinator = cast.viewer("st-coord", meeting="TRD-1")
    saved = planning_draft.draft_session(coordinator, planning_draft.planned_meeting(coordinator), session_id)
    others = tuple((person, part) for person, part in saved.people if part is not Part.RAPPORTEUR)
    plan = SessionPlan(
        title=saved.title,
        when=when_of(saved.slot),
        code=saved.code,
        kind=saved.kind,
        rule=rule,
        admits=saved.admits,
        rooms=tuple(saved.rooms),
        people=(*others, named) if rule.has_notes else others,
        languages=saved.languages,
    )
    planning_commands.change_session(coordinator, session_id, plan, version=saved.version, now=NOW)
    if not rule.has_notes:
        with upkeep(system(Purpose.SAMPLE)) as session:
            planning_operations.write_people(session.get_one(DraftItem, session_id), (*others, named))
    publish(coordinator)


def publish(coordinator: Viewer) -> None:
    """Publish the draft of TRD-1."""
    planned = planning_draft.planned_meeting(coordinator)
    changes = planning_draft.unreleased(coordinator, planned, planning_draft.draft(coordinator, planned))
    seen = planning_commands.preview_digest(changes)
    planning_commands.release_agenda(coordinator, reason="", seen=seen, now=NOW)


class Browser:
    """A signed-in browser in the notes of TRD-1; requests run outside the context of the test."""

    def __init__(self, cast: Cast, name: str) -> None:
        self.base = f"/meetings/{cast.meeting('TRD-1')}/notes"
        self._client = Context().run(cast.client, name)

    def get(self, path: str = "") -> Any:
        db.session.rollback()
        return Context().run(self._client.get, self.base + path)

    def fill_in(self, path: str, **typed: str) -> Any:
        """Open a page and send its form."""
        return self.send(path, self.get(path), **typed)

    def send(self, path: str, opened: Any, **typed: str) -> Any:
        """Send the form of a page that was opened before."""
        fields = BeautifulSoup(opened.text, "lxml").select("main input[type=hidden]")
        kept = {str(field["name"]): str(field.get("value", "")) for field in fields}
        db.session.rollback()
        return Context().run(
            self._client.post, self.base + path, data=kept | typed, headers={"Sec-Fetch-Site": "same-origin"}
        )
