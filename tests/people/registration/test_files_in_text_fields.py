"""A file sent in a text field of a form causes no server error."""

from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage

from tests.beds.forms import SAME_ORIGIN, held, page
from tests.people.conftest import Site

_PAGES = [
    ("st-coord", "/meetings/{}/settings"),
    ("st-coord", "/meetings/{}/copy"),
    ("st-coord", "/meetings/{}/practical/edit"),
    ("st-coord", "/meetings/{}/questions/new"),
    ("st-coord", "/meetings/{}/messages/new"),
    ("us4", "/meetings/{}/registration/address"),
    ("us4", "/meetings/{}/registration/days"),
    ("us4", "/meetings/{}/registration/identity"),
    ("us4", "/meetings/{}/registration/needs"),
]


@pytest.mark.parametrize(("persona", "address"), _PAGES)
def test_file_in_a_text_field_breaks_no_form(site: Site, persona: str, address: str) -> None:
    client, address = site.cast.client(persona), address.format(site.cast.meeting("LVR-1"))
    form = page(client.get(address)).select_one("main form[method=post]")
    assert form is not None
    values = held(form)

    for name in values.keys() - {"csrf_token"}:
        file = FileStorage(BytesIO(b"x"), filename="x.txt")
        answer = client.post(address, data=values | {name: file}, headers=SAME_ORIGIN)
        assert answer.status_code in {303, 422}, name
