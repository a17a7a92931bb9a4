"""New time zone data moves the instants of published sessions; their local times stay, and people are told once."""

import shutil
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dialogues.agenda.planning.jobs import follow_zone_data
from dialogues.agenda.versions.queries.published import current_release, current_snapshots
from dialogues.core.common.viewer import Purpose, system
from tests.agenda.calendars.calendars import Calendars, evening

#: Asia/Ulaanbaatar is at +08:00; Asia/Tokyo at +09:00, without daylight saving time.
IN_NINE = "Asia/Tokyo"
#: Meetings of the sample with a published agenda in Mongolia that are still to come.
MEETINGS_IN_MONGOLIA = 2
TO_COORDINATORS = "The agenda and new time zone data"


@pytest.fixture
def mongolia_changes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Install time zone data in which Mongolia has the clocks of another place, or only data of another name."""

    def change(place: str) -> None:
        (tmp_path / "Asia").mkdir()
        with resources.as_file(resources.files("tzdata").joinpath("zoneinfo", *place.split("/"))) as file:
            shutil.copy(file, tmp_path / "Asia" / "Ulaanbaatar")
        monkeypatch.setattr("tzdata.IANA_VERSION", "2099a")
        zoneinfo.reset_tzpath([tmp_path])
        zoneinfo.ZoneInfo.clear_cache()

    yield change
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()


def published(calendars: Calendars, meeting: str = "TRD-1") -> dict[UUID, dict[str, Any]]:
    snapshots = current_snapshots(system(Purpose.FOLLOW_UP), calendars.cast.meeting(meeting))
    return {session_id: dict(snapshot.frozen) for session_id, snapshot in snapshots.items()}


def number(calendars: Calendars) -> int:
    return int(current_release(calendars.cast.meeting("TRD-1")).number)


def starts(frozen: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(frozen["starts"])


def test_sessions_to_come_keep_their_local_times_and_move_their_instants(
    calendars: Calendars, mongolia_changes_to: Callable[[str], None]
) -> None:
    before = published(calendars)
    mongolia_changes_to(IN_NINE)
    assert follow_zone_data() == MEETINGS_IN_MONGOLIA
    after = published(calendars)
    to_come = {one for one, frozen in before.items() if datetime.fromisoformat(frozen["ends"]) > calendars.now}
    assert 0 < len(to_come) < len(before)
    for session_id in to_come:
        assert after[session_id]["local_start"] == before[session_id]["local_start"]
        assert starts(after[session_id]) == starts(before[session_id]) - timedelta(hours=1)
    for session_id in before.keys() - to_come:
        assert after[session_id] == before[session_id]


def test_nothing_of_the_draft_is_published(calendars: Calendars, mongolia_changes_to: Callable[[str], None]) -> None:
    planned = calendars.plan("A secret talk")
    mongolia_changes_to(IN_NINE)
    follow_zone_data()
    assert planned not in published(calendars)
    calendars.publish()
    assert published(calendars)[planned]["title"] == "A secret talk"


def test_the_version_is_published_once(calendars: Calendars, mongolia_changes_to: Callable[[str], None]) -> None:
    before = number(calendars)
    mongolia_changes_to(IN_NINE)
    assert [follow_zone_data(), follow_zone_data()] == [MEETINGS_IN_MONGOLIA, 0]
    assert number(calendars) == before + 1


def test_nothing_is_published_if_only_the_name_of_the_data_is_new(
    calendars: Calendars, mongolia_changes_to: Callable[[str], None]
) -> None:
    before = number(calendars)
    mongolia_changes_to("Asia/Ulaanbaatar")
    assert follow_zone_data() == 0
    assert number(calendars) == before
    assert calendars.emails("kr2") == []


def test_coordinators_are_told_how_many_sessions_moved(
    calendars: Calendars, mongolia_changes_to: Callable[[str], None]
) -> None:
    mongolia_changes_to(IN_NINE)
    follow_zone_data()
    told = [mail.get_content() for mail in calendars.emails("st-coord") if mail["Subject"] == TO_COORDINATORS]
    assert len(told) == 1
    moved = sum(frozen["tz_version"] == "2099a" for frozen in published(calendars).values())
    assert f"{moved} sessions of the published agenda keep their local times" in told[0]
    assert TO_COORDINATORS not in [mail["Subject"] for mail in calendars.emails("kr2")]


def test_people_concerned_read_the_new_offset(calendars: Calendars, mongolia_changes_to: Callable[[str], None]) -> None:
    mongolia_changes_to(IN_NINE)
    follow_zone_data()
    (told,) = calendars.emails("kr2")
    assert "moved from" in told.get_content()
    assert "UTC+09:00" in told.get_content()


def test_a_feed_keeps_the_local_time_and_raises_the_sequence(
    calendars: Calendars, mongolia_changes_to: Callable[[str], None]
) -> None:
    calendars.plan("Far talk", when=evening(18))
    calendars.publish()
    feed = calendars.feed_address("kr2")
    before = {uid: event["SEQUENCE"] for uid, event in calendars.feed(feed).items()}
    mongolia_changes_to(IN_NINE)
    follow_zone_data()
    after = calendars.feed(feed)
    (moved,) = (uid for uid, event in after.items() if str(event["DTSTART"].dt)[:16] == "2027-05-26 18:00")
    assert after[moved]["SEQUENCE"] == before[moved] + 1


def test_a_cancelled_meeting_stays_as_it_was(calendars: Calendars, mongolia_changes_to: Callable[[str], None]) -> None:
    calendars.cancel_meeting()
    before = published(calendars)
    mongolia_changes_to(IN_NINE)
    assert follow_zone_data() == MEETINGS_IN_MONGOLIA - 1
    assert published(calendars) == before
