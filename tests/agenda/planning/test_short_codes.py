"""Short codes of sessions: they stand for titles where these may not be told, and tell nothing themselves."""

from datetime import time
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from dialogues.agenda.planning import commands as planning
from dialogues.agenda.planning.queries import draft as planning_draft
from dialogues.agenda.planning.rules import When
from dialogues.agenda.versions.models import AgendaSession
from dialogues.agenda.versions.queries import published
from dialogues.agenda.versions.rules import random_short_code
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.policy import AGENDA_SEE
from tests.agenda.conftest import EVENING, NOW, Browser, plan
from tests.cast import Cast

LETTERS, CHARACTERS = "BCDFGHJKMPQRTVWXY", "BCDFGHJKMPQRTVWXY2346789"
CHANCE = Random(1)  # noqa: S311  the same draws in every run
EVERY_CODE_OF_TWO = {letter + other for letter in LETTERS for other in CHARACTERS}


@pytest.fixture
def coordinator(cast: Cast) -> Viewer:
    return cast.viewer("st-coord", meeting="TRD-1")


def short_code(session_id: UUID) -> str:
    found = db.session.scalars(select(AgendaSession.short_code).where(AgendaSession.id == session_id)).one()
    db.session.rollback()
    return found


def add_sessions(cast: Cast, codes: set[str]) -> None:
    place = {"dialogue_id": cast.dialogue(), "meeting_id": cast.meeting()}
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(insert(AgendaSession), [{**place, "short_code": code} for code in codes])


def test_a_code_is_a_letter_and_a_character_that_look_like_no_other() -> None:
    assert {random_short_code(CHANCE, 2) for _ in range(20_000)} == EVERY_CODE_OF_TWO


def test_a_new_session_gets_a_code_that_stays_when_it_changes(coordinator: Viewer) -> None:
    session_id = planning.plan_session(coordinator, plan(), now=NOW)
    first = short_code(session_id)
    assert first in EVERY_CODE_OF_TWO
    planning.change_session(coordinator, session_id, plan(title="Another title"), version=1, now=NOW)
    later = When(EVENING.day, time(19), time(20))
    planning.reschedule_session(coordinator, session_id, to=later, rooms=(), version=2, now=NOW)
    assert short_code(session_id) == first


def test_a_published_session_has_its_code(cast: Cast) -> None:
    codes = {row.id: row.short_code for row in db.session.execute(select(AgendaSession.id, AgendaSession.short_code))}
    sessions = published.sessions_for(cast.viewer("us4", meeting="TRD-1"), AGENDA_SEE)
    assert sessions
    assert all(session.short_code == codes[session.session_id] for session in sessions)


def test_a_viewer_who_sees_only_times_sees_the_code(cast: Cast) -> None:
    sessions = published.sessions_for(cast.viewer("st-travel", meeting="TRD-1"), AGENDA_SEE)
    assert {session.title for session in sessions} == {""}
    assert all(session.short_code in EVERY_CODE_OF_TWO for session in sessions)


def test_the_code_of_a_removed_session_is_never_given_again(cast: Cast, coordinator: Viewer) -> None:
    session_id = planning.plan_session(coordinator, plan(), now=NOW)
    code = short_code(session_id)
    planning.remove_session(coordinator, session_id, version=1, now=NOW)
    with pytest.raises(IntegrityError):
        add_sessions(cast, {code})


def test_a_code_has_three_characters_when_those_of_two_are_used_up(cast: Cast, coordinator: Viewer) -> None:
    used = set(db.session.scalars(select(AgendaSession.short_code).where(AgendaSession.meeting_id == cast.meeting())))
    db.session.rollback()
    add_sessions(cast, EVERY_CODE_OF_TWO - used)
    code = short_code(planning.plan_session(coordinator, plan(), now=NOW))
    assert len(code) == 3
    assert code[0] in LETTERS
    assert set(code) <= set(CHARACTERS)


def test_the_sample_always_has_the_same_codes(cast: Cast, coordinator: Viewer) -> None:
    session = planning_draft.draft_session(
        coordinator, planning_draft.planned_meeting(coordinator), cast.session("TRD-1-06")
    )
    assert session.short_code == "T3"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("us4", "/agenda"),
        ("us4", "/agenda/sessions/{session}"),
        ("st-travel", "/agenda"),
        ("st-coord", "/agenda/draft"),
        ("st-coord", "/agenda/releases/1"),
    ],
)
def test_pages_show_the_code_next_to_the_session(cast: Cast, name: str, path: str) -> None:
    session, meeting = cast.session("TRD-1-03"), cast.meeting()
    code = short_code(session)
    page = Browser(cast, name).get(f"/meetings/{meeting}{path.format(session=session)}").text
    assert f">{code}<" in page
