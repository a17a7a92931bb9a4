"""Which entry of a meeting's navigation is marked: that of the page or of its parent."""

import pytest
from flask import Flask

from tests.beds.forms import page
from tests.cast import Cast


def marked(app: Flask, name: str, path: str) -> list[tuple[str, str]]:
    """The marked entries, with the kind of mark."""
    with app.app_context():
        meeting = Cast(app).meeting()
    answer = Cast(app).client(name).get(f"/meetings/{meeting}{path}")
    assert answer.status_code == 200
    return [(link.get_text(), str(link["aria-current"])) for link in page(answer).select(".tabs a[aria-current]")]


@pytest.mark.parametrize(
    ("path", "tab"),
    [("/agenda", "Agenda"), ("/participants", "Participants"), ("/nominations", "Nominations"), ("/roles", "Roles")],
)
def test_a_page_of_the_navigation_is_marked_as_current_page(app: Flask, path: str, tab: str) -> None:
    assert marked(app, "st-coord", path) == [(tab, "page")]


@pytest.mark.parametrize(
    ("path", "tab"),
    [
        ("/agenda/draft", "Agenda"),
        ("/agenda/releases", "Agenda"),
        ("/balance", "Agenda"),
        ("/participants/invite", "Participants"),
    ],
)
def test_a_subpage_marks_its_parent(app: Flask, path: str, tab: str) -> None:
    assert marked(app, "st-coord", path) == [(tab, "true")]


@pytest.mark.parametrize("path", ["", "/registration", "/registration/identity", "/calendar"])
def test_a_personal_page_marks_no_entry(app: Flask, path: str) -> None:
    assert marked(app, "us4", path) == []


@pytest.mark.parametrize("path", ["/dialogues", "/offers"])
def test_pages_of_dialogues_and_roles_mark_the_entry_dialogues(app: Flask, path: str) -> None:
    links = page(Cast(app).client("st-coord").get(path)).select(".site-nav a[aria-current]")
    assert [link.get_text() for link in links] == ["Dialogues"]
