"""Readers who wait for the lists see that they are sealed, in words that do not depend on the lists."""

import pytest

from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast
from tests.people.nominations.exchange import meeting_id


@pytest.mark.parametrize("name", ["ch2", "us4", "us2"])
def test_readers_who_wait_for_the_lists_see_that_they_are_sealed(cast: Cast, name: str) -> None:
    """The text is the same for everyone, independent of the contents of the lists."""
    set_clock(cast.app, BEFORE_LVR_1)

    assert "Until they open to each other" in cast.client(name).get(f"/meetings/{meeting_id(cast)}/participants").text


def test_liaison_desk_sees_why_only_interpreters_are_on_its_list(cast: Cast) -> None:
    set_clock(cast.app, BEFORE_LVR_1)

    assert (
        "participants stand here once they open"
        in cast.client("st-travel").get(f"/meetings/{meeting_id(cast)}/papers").text
    )


def test_coordinator_and_readers_of_open_lists_see_no_notice(cast: Cast) -> None:
    set_clock(cast.app, BEFORE_LVR_1)
    with cast.app.app_context():
        opened = cast.meeting("TRD-1")

    for name, where in (("st-coord", meeting_id(cast)), ("st-host", meeting_id(cast)), ("us4", opened)):
        assert "Until they open to each other" not in cast.client(name).get(f"/meetings/{where}/participants").text
