"""Every page of a meeting links to its overview, and the overview to the pages needed on site."""

import pytest

from tests.beds.forms import page
from tests.cast import Cast
from tests.meetings.meetings.test_meetings import PERSONAS, address


@pytest.mark.parametrize("name", PERSONAS)
def test_every_page_of_a_meeting_links_to_its_overview(cast: Cast, name: str) -> None:
    """The overview also links pages without a tab, such as one's own registration and calendar."""
    overview = address(cast)

    assert page(cast.client(name).get(address(cast, "/agenda"))).select_one(
        f'.meeting-band .meeting-name a[href="{overview}"]'
    )


def test_the_overview_links_pages_needed_on_site_that_the_user_may_open(cast: Cast) -> None:
    desk = page(cast.client("st-coord").get(address(cast)))
    found = {link.get_text(strip=True) for link in desk.select("main .cluster a")}
    assert {"Order of parties", "Speaking list", "Name plates", "Seating", "Balance"} <= found

    for name in PERSONAS:
        reader = cast.client(name)
        for link in page(reader.get(address(cast))).select("main .cluster a"):
            assert reader.get(link["href"]).status_code == 200, (name, link["href"])
