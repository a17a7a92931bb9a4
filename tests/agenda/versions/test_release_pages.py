"""Pages for publishing the agenda and for reading an old version."""

import re

import pytest

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.agenda.conftest import Browser
from tests.agenda.planning.test_views import page, publish, typed
from tests.cast import Cast

pytestmark = pytest.mark.engine


class TestPublishing:
    def test_the_preview_shows_the_changes_and_the_number_of_people_affected(self, cast: Cast) -> None:
        typed(cast, "st-coord", f"/draft/{cast.session('TRD-1-12')}/move", starts="13:00", ends="13:30")
        shown = page(cast, "st-coord", "/release")
        assert "people are concerned." in shown
        assert "Thu 27 May 13:00–13:30 Asia/Ulaanbaatar</span>" in shown
        assert re.search(r"Thu 27 May 12:15–12:45.*Thu 27 May 13:00–13:30", shown, flags=re.DOTALL)
        assert typed(cast, "st-coord", "/release", reason="Lunch came first").status_code == 303
        assert "Lunch came first" in page(cast, "st-coord", "/releases")

    def test_the_preview_says_when_nothing_has_changed(self, cast: Cast) -> None:
        assert "Nothing to release" in page(cast, "st-coord", "/release")


class TestOldVersion:
    def test_an_old_version_is_shown_unchanged(self, cast: Cast) -> None:
        session_id = cast.session("TRD-1-07")
        typed(cast, "st-coord", f"/draft/{session_id}/edit", title="Renamed outlooks")
        publish(cast, "TRD-1")

        assert "/agenda/releases/1" in page(cast, "st-coord", "/releases")
        was, now = page(cast, "st-coord", "/releases/1"), page(cast, "st-coord", "/releases/2")
        assert ("Climate resilience" in was, "Renamed outlooks" in was) == (True, False)
        assert ("Climate resilience" in now, "Renamed outlooks" in now) == (False, True)
        assert "MIHON Jirō" in was

    def test_before_the_exchange_an_old_version_names_only_the_user(self, cast: Cast) -> None:
        shown = page(cast, "ch2", "/releases/1", meeting="LVR-1")
        assert "Points of contact" in shown
        assert "FULANO" not in shown

    def test_an_old_version_names_only_people_named_in_the_current_one(self, cast: Cast) -> None:
        with upkeep(system(Purpose.SAMPLE)) as session:
            own = session.query(Participation).filter_by(person_id=cast.person("jp3"), meeting_id=cast.meeting()).one()
            own.status = ParticipationStatus.WITHDRAWN
        assert ("MIHON Jirō" in page(cast, "st-coord")) is ("MIHON Jirō" in page(cast, "st-coord", "/releases/1"))

    @pytest.mark.parametrize("name", ["us4", "kr1", "st-rap1", "st-arch", "xo2"])
    def test_other_roles_cannot_open_an_old_version(self, cast: Cast, name: str) -> None:
        for number in (1, 99):
            path = f"/meetings/{cast.meeting()}/agenda/releases/{number}"
            assert Browser(cast, name).get(path).status_code == 404

    def test_an_unknown_version_is_not_found(self, cast: Cast) -> None:
        path = f"/meetings/{cast.meeting()}/agenda/releases/99"
        assert Browser(cast, "st-coord").get(path).status_code == 404
