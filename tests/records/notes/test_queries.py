"""Whose notes a viewer reaches, for every scope a policy could grant."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, update

from dialogues.agenda.versions.models import ReleaseItem
from dialogues.agenda.versions.rules import Admits
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import ANYONE, Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.policy import (
    RAW_NOTES_WRITE,
    RECORD_FILE,
    SUMMARY_EDIT,
    SUMMARY_FILED_READ,
    SUMMARY_FINISH,
    SUMMARY_SEE,
    Action,
    Scope,
)
from dialogues.records.notes import queries as notes_queries
from dialogues.records.notes.models import Document, RawNotes
from dialogues.records.notes.rules import DocumentState
from tests.cast import Cast
from tests.records.notes.conftest import OUTLOOKS, notes_of

DRAFTS = (SUMMARY_SEE, SUMMARY_EDIT, SUMMARY_FINISH)


def reaching(viewer: Viewer, action: Action, *scopes: Scope) -> Viewer:
    """The viewer, if the policy granted these scopes."""
    return replace(viewer, _scopes={action: frozenset(scopes)})


def set_state(state: DocumentState) -> None:
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(Document.__table__.update().values(state=state))


def summaries(viewer: Viewer, action: Action) -> set[UUID]:
    return set(db.session.scalars(select(Document.session_id).where(notes_queries.visible(viewer, action))))


def sessions(viewer: Viewer, action: Action) -> set[UUID]:
    reached = notes_queries.visible_sessions(viewer, action)
    return set(db.session.scalars(select(ReleaseItem.session_id).where(reached)))


def raw_notes(viewer: Viewer) -> set[UUID]:
    reached = notes_queries.visible_raw_notes(viewer, RAW_NOTES_WRITE)
    return set(db.session.scalars(select(RawNotes.session_id).where(reached)))


@pytest.mark.parametrize("action", DRAFTS)
@pytest.mark.parametrize("scope", Scope)
def test_only_scopes_all_and_own_reach_a_draft(cast: Cast, floods: UUID, action: Action, scope: Scope) -> None:
    for name in ("st-rap2", "st-rap1", "us4"):
        viewer = reaching(cast.viewer(name, meeting="TRD-1"), action, scope)
        reached = scope is Scope.ALL or (scope is Scope.OWN and name == "st-rap2")
        assert (floods in summaries(viewer, action)) is reached
        assert (floods in sessions(viewer, action)) is reached


@pytest.mark.parametrize("scope", Scope)
def test_only_the_owner_reaches_raw_notes_whatever_the_policy_says(cast: Cast, floods: UUID, scope: Scope) -> None:
    for name in ("st-rap1", "st-host", "st-coord", "ch1"):
        assert raw_notes(reaching(cast.viewer(name, meeting="TRD-1"), RAW_NOTES_WRITE, scope)) == set()
    owner = raw_notes(reaching(cast.viewer("st-rap2", meeting="TRD-1"), RAW_NOTES_WRITE, scope))
    assert owner == ({floods} if scope in {Scope.OWN, Scope.ALL} else set())


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("action", [*DRAFTS, SUMMARY_FILED_READ, RECORD_FILE])
def test_a_viewer_outside_a_meeting_reaches_no_notes(action: Action) -> None:
    assert summaries(ANYONE, action) == sessions(ANYONE, action) == set()


@pytest.mark.parametrize("state", DocumentState)
def test_readers_see_filed_summaries_and_the_archivist_sees_finished_ones(
    cast: Cast, floods: UUID, state: DocumentState
) -> None:
    set_state(state)
    host, archivist = cast.viewer("st-host", meeting="TRD-1"), cast.viewer("st-arch", meeting="TRD-1")
    assert summaries(host, SUMMARY_FILED_READ) == ({floods} if state is DocumentState.FILED else set())
    assert summaries(archivist, RECORD_FILE) == ({floods} if state is DocumentState.FINISHED else set())


def test_notes_of_another_meeting_are_not_visible(cast: Cast) -> None:
    coordinator = cast.viewer("st-coord", meeting="SCD-1")
    assert summaries(coordinator, SUMMARY_SEE) == set()
    with pytest.raises(NotFound):
        notes_queries.session(coordinator, cast.session("TRD-1-04"), SUMMARY_SEE)


def test_a_rapporteur_sees_own_sessions_and_a_co_chair_all_with_notes(cast: Cast) -> None:
    def codes(name: str) -> list[str]:
        return [found.code[-2:] for found in notes_queries.sessions(cast.viewer(name, meeting="TRD-1"))]

    assert codes("st-rap2") == ["04", "07", "11"]
    assert codes("st-rap1") == ["02", "03", "08", "10"]
    assert codes("ch1") == codes("st-coord") == ["01", "02", "03", "04", "07", "08", "10", "11", "12"]
    assert codes("st-host") == []


def test_a_filed_summary_is_listed_for_its_readers(cast: Cast) -> None:
    set_state(DocumentState.FILED)
    assert [found.code for found in notes_queries.sessions(cast.viewer("st-host", meeting="TRD-1"))] == ["TRD-1-04"]
    assert "TRD-1-04" in [found.code for found in notes_queries.sessions(cast.viewer("st-rap1", meeting="TRD-1"))]


def test_a_rapporteur_cannot_read_the_filed_summary_of_a_restricted_session_without_a_part(
    cast: Cast, floods: UUID
) -> None:
    set_state(DocumentState.FILED)
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(update(ReleaseItem).where(ReleaseItem.session_id == floods).values(admits=Admits.INVITED))

    assert floods not in summaries(cast.viewer("st-rap1", meeting="TRD-1"), SUMMARY_FILED_READ)
    assert floods in summaries(cast.viewer("st-rap2", meeting="TRD-1"), SUMMARY_FILED_READ)
    assert floods in summaries(cast.viewer("st-host", meeting="TRD-1"), SUMMARY_FILED_READ)


def test_only_writers_see_old_versions(cast: Cast, co_chair: Viewer, floods: UUID) -> None:
    set_state(DocumentState.FILED)
    notes = notes_of(co_chair, floods)
    host = cast.viewer("st-host", meeting="TRD-1")
    assert notes_queries.version(host, notes).number == 1
    assert notes_queries.versions(host, notes) == []
    with pytest.raises(NotFound):
        notes_queries.version(host, notes, 1)


def test_the_archivist_sees_a_finished_summary_as_a_line(cast: Cast, floods: UUID) -> None:
    archivist = cast.viewer("st-arch", meeting="TRD-1")
    assert notes_queries.finished_summaries(archivist) == []
    set_state(DocumentState.FINISHED)
    [line] = notes_queries.finished_summaries(archivist)
    assert (line.session_id, line.title) == (floods, "Flood early warning in shared river basins")
    assert not hasattr(line, "text")


def test_only_the_archivist_sees_a_line(cast: Cast) -> None:
    set_state(DocumentState.FINISHED)
    for name in ("st-host", "st-coord", "ch1", "st-rap2", "us4"):
        assert notes_queries.finished_summaries(cast.viewer(name, meeting="TRD-1")) == []


def test_only_finished_summaries_can_be_archived(cast: Cast, co_chair: Viewer, floods: UUID) -> None:
    document_id = notes_of(co_chair, floods).document_id
    assert document_id is not None
    archivist = cast.viewer("st-arch", meeting="TRD-1")
    with pytest.raises(NotFound):
        notes_queries.filed_text(archivist, document_id)
    set_state(DocumentState.FINISHED)
    assert notes_queries.filed_text(archivist, document_id)[1].startswith("It was observed")
    with pytest.raises(NotFound):
        notes_queries.filed_text(cast.viewer("us4", meeting="TRD-1"), document_id)


def test_a_session_without_a_summary_has_version_zero(co_chair: Viewer, cast: Cast) -> None:
    notes = notes_of(co_chair, cast.session(OUTLOOKS))
    assert (notes.state, notes.version, notes.is_draft) == (None, 0, True)
    assert notes_queries.version(co_chair, notes) == notes_queries.UNWRITTEN
