"""How many statements a sent form costs: they must not grow with the features that react to it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.beds.forms import SAME_ORIGIN, held, page
from tests.cast import Cast

Count = Callable[[Callable[[], Any]], int]

#: Sign-in and place before the view; BEGIN, sign-in and place again in the transaction; three for the audit log.
FIXED = 8


@pytest.mark.parametrize(
    ("persona", "meeting", "path", "typed", "own"),
    [
        ("us4", "LVR-1", "/registration/languages", {"languages": ["en", "fr"]}, 6),
        ("st-coord", "TRD-1", "/agenda/draft/{session}/move", {"starts": "13:00", "ends": "13:30"}, 8),
    ],
)
def test_a_sent_form_costs_few_statements(
    cast: Cast, queries_of: Count, persona: str, meeting: str, path: str, typed: dict[str, Any], own: int
) -> None:
    with cast.app.app_context():
        session = cast.session("TRD-1-12")
        address = f"/meetings/{cast.meeting(meeting)}{path.format(session=session)}"
    browser = cast.client(persona)
    # The first change in a process also looks up the keys of the audit log. The second one is counted; it goes back.
    before = form_of(browser, address)
    assert browser.post(address, data=before | typed, headers=SAME_ORIGIN).status_code == 303
    back = form_of(browser, address) | {name: before[name] for name in typed}
    answers = []

    def submit() -> None:
        answers.append(browser.post(address, data=back, headers=SAME_ORIGIN))

    statements = queries_of(submit)
    assert answers[0].status_code == 303
    assert 0 < statements <= FIXED + own


def form_of(browser: FlaskClient, address: str) -> dict[str, Any]:
    form = page(browser.get(address)).select_one("main form[method=post]")
    assert form is not None
    return held(form)
