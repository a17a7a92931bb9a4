"""Which published sessions a viewer reaches, for every scope of the policy, and in files and feeds."""

from dataclasses import replace

import pytest

from dialogues.agenda.planning.queries import draft as planning
from dialogues.agenda.versions.queries import published as versions
from dialogues.core.common.viewer import ANYONE, Viewer
from dialogues.policy import AGENDA_SEE, FEED_OWN, INVITE_FILE, Scope
from tests.cast import Cast

pytestmark = pytest.mark.engine


ALL = {f"TRD-1-{number:02}" for number in range(13)}
RESTRICTED = {"TRD-1-06"}
WITHOUT_OBSERVERS = {"TRD-1-05", "TRD-1-06", "TRD-1-09"}


def codes(cast: Cast, sessions: list[versions.ReleasedSession]) -> set[str]:
    names = {cast.session(code): code for code in ALL}
    return {names[session.session_id] for session in sessions}


def reaching(viewer: Viewer, scope: Scope) -> Viewer:
    return replace(viewer, _scopes={AGENDA_SEE: frozenset({scope})})


@pytest.mark.parametrize(
    ("scope", "reached"),
    [
        (Scope.ALL, ALL),
        (Scope.PLACES, ALL),
        (Scope.INVITED, ALL - RESTRICTED),
        (Scope.ADMITTED, ALL - WITHOUT_OBSERVERS),
        (Scope.OWN, ALL - WITHOUT_OBSERVERS),
    ],
)
def test_an_observer_reaches_by_scope(cast: Cast, scope: Scope, reached: set[str]) -> None:
    viewer = reaching(cast.viewer("xo2", meeting="TRD-1"), scope)
    assert codes(cast, versions.sessions_for(viewer, AGENDA_SEE)) == reached


@pytest.mark.parametrize("scope", [Scope.INVITED, Scope.ADMITTED, Scope.OWN])
def test_a_named_person_reaches_the_restricted_session(cast: Cast, scope: Scope) -> None:
    viewer = reaching(cast.viewer("kr1", meeting="TRD-1"), scope)
    assert codes(cast, versions.sessions_for(viewer, AGENDA_SEE)) >= RESTRICTED


@pytest.mark.parametrize("scope", [Scope.OWN_PARTY, Scope.STATUS, Scope.AGGREGATE, Scope.SEALED])
def test_scopes_without_sessions_reach_none(cast: Cast, scope: Scope) -> None:
    assert not versions.sessions_for(reaching(cast.viewer("us4", meeting="TRD-1"), scope), AGENDA_SEE)


def test_every_scope_of_the_policy_is_tested() -> None:
    reaching_some = {Scope.ALL, Scope.PLACES, Scope.INVITED, Scope.ADMITTED, Scope.OWN}
    assert reaching_some | {Scope.OWN_PARTY, Scope.CONSENTED, Scope.STATUS, Scope.AGGREGATE, Scope.SEALED} == set(Scope)


def test_without_a_meeting_no_session_is_reached(cast: Cast) -> None:
    for viewer in (ANYONE, cast.viewer("st-coord"), cast.viewer("st-coord", dialogue="TRD")):
        assert not versions.sessions_for(viewer, AGENDA_SEE)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("us4", ALL - RESTRICTED),
        ("kr1", ALL),
        ("xo2", ALL - WITHOUT_OBSERVERS),
        ("st-coord", ALL - RESTRICTED),
        ("st-rap2", {"TRD-1-04", "TRD-1-07", "TRD-1-11"}),
        ("st-travel", ALL),
        ("st-arch", set()),
    ],
)
def test_files_contain_the_sessions_that_admit_their_owner(cast: Cast, name: str, own: set[str]) -> None:
    assert codes(cast, versions.sessions_for(cast.viewer(name, meeting="TRD-1"), INVITE_FILE)) == own


def test_files_of_an_interpreter_contain_assigned_sessions(cast: Cast) -> None:
    own = codes(cast, versions.sessions_for(cast.viewer("in-ko1", meeting="TRD-1"), FEED_OWN))
    assert own == ALL - {"TRD-1-00", "TRD-1-05", "TRD-1-06", "TRD-1-09"}


def test_a_draft_is_visible_completely_or_not_at_all(cast: Cast) -> None:
    planned = planning.planned_meeting(cast.viewer("st-coord", meeting="TRD-1"))
    for name, number in (("st-coord", 13), ("ch1", 13), ("us4", 0), ("st-travel", 0), ("xo2", 0)):
        assert len(planning.draft(cast.viewer(name, meeting="TRD-1"), planned)) == number


def test_people_are_shown_only_if_the_viewer_may_know_them(cast: Cast) -> None:
    viewer = cast.viewer("us4", meeting="LVR-1")
    release = versions.current_release(cast.meeting("LVR-1"))
    assert release is not None
    assert not versions.people_in(viewer, release.id)
    leads = versions.people_in(cast.viewer("st-coord", meeting="LVR-1"), release.id)
    assert len(leads) == 7
