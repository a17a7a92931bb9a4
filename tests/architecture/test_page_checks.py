"""The page checks find each fault they are made for."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.architecture.page_checks import page_faults
from tests.beds.client import ReadingClient

TOKEN = '<input type="hidden" name="csrf_token" value="x">'
GOOD = f"""<!doctype html>
<html lang="en"><head><title>Agenda</title>
<link rel="stylesheet" href="/static/theme.css"><link rel="icon" href="data:,"></head>
<body><main id="content"><h1>Agenda</h1>
<p>None of the sessions has moved. <a href="tel:+97611000000">Call</a> <a href="#content">Up</a></p>
<form method="post">{TOKEN}<label for="title">Title</label><input id="title" name="title" aria-describedby="hint">
<p id="hint">In words.</p><label>Kind <select name="kind"><option>Plenary</option></select></label>
<textarea name="note" aria-label="Note">Undefined is a word one may type</textarea><button>Save</button></form>
<form method="get" action="/search"><input type="search" name="q" aria-label="Search">
<button aria-label="Search"></button></form>
<svg><title>A table</title><use href="/static/icons.svg#table"></use></svg>
</main></body></html>"""


def with_more(markup: str) -> str:
    return GOOD.replace("</main>", f"{markup}</main>")


def test_a_valid_page_has_no_fault() -> None:
    assert page_faults(GOOD) == []


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (GOOD.replace(' lang="en"', ""), "no language"),
        (GOOD.replace("<title>Agenda</title>", "<title> </title>"), "no title"),
        (GOOD.replace("<h1>Agenda</h1>", ""), "0 headings"),
        (GOOD.replace("<h1>Agenda</h1>", "<h1></h1>"), "without words"),
        (with_more("<h1>Another</h1>"), "2 headings"),
        (with_more('<p id="content"></p>'), "id 'content' twice"),
        (with_more('<input name="room">'), "has no label"),
        (with_more('<label for="room"></label><input id="room" name="room">'), "has no label"),
        (with_more('<select name="room"></select>'), "has no label"),
        (with_more('<textarea name="room"></textarea>'), "has no label"),
        (with_more('<label for="nothing">Room</label>'), "points to no id 'nothing'"),
        (with_more("<button></button>"), "button without words"),
        (GOOD.replace(TOKEN, ""), "without a token"),
        (GOOD.replace('value="x"', 'value=""'), "without a token"),
        (with_more('<form method="POST"></form>'), "without a token"),
        (with_more('<p style="color: red">Red</p>'), "inline style="),
        (with_more("<style>p {}</style>"), "inline <style>"),
        (with_more("<script>1</script>"), "inline <script>"),
        (with_more('<p onclick="go()">Go</p>'), "inline onclick="),
        (with_more('<a href="javascript:go()">Go</a>'), "is not ours"),
        (with_more('<img alt="" src="https://elsewhere.example/pixel.png">'), "is not ours"),
        (with_more('<img alt="" src="//elsewhere.example/pixel.png">'), "is not ours"),
        (with_more('<a href="https://elsewhere.example/">Elsewhere</a>'), "is not ours"),
        (with_more('<a href="http://[elsewhere">Elsewhere</a>'), "is not ours"),
        (with_more('<form action="http://elsewhere.example/"></form>'), "is not ours"),
        (with_more('<a href="data:text/html,x">Data</a>'), "is not ours"),
        (with_more("<p>Room: None</p>"), "“None”"),
        (with_more("<td>None</td>"), "“None”"),
        (with_more('<a href="/rooms/None/edit">Edit</a>'), "href='/rooms/None/edit'"),
        (with_more("<p>Undefined</p>"), "“Undefined”"),
        (with_more("<p>&lt;Room object at 0x7f&gt;</p>"), "object at 0x"),
        (with_more("<p>Rule.CHATHAM_HOUSE</p>"), "Rule.CHATHAM_HOUSE"),
        (with_more("<p>%(count)s letters</p>"), "%(count)s"),
    ],
)
def test_a_fault_is_reported_by_name(page: str, fault: str) -> None:
    assert any(fault in found for found in page_faults(page)), page_faults(page)


@pytest.fixture
def faulty_client() -> FlaskClient:
    """A client of a site with an invalid page at /bad, a redirect to it at /old, and responses that are no pages."""
    site = Flask("faulty", static_folder=None)
    site.test_client_class = ReadingClient
    site.add_url_rule("/good", "good", lambda: GOOD)
    site.add_url_rule("/bad", "bad", lambda: "<h1>Bad</h1>")
    site.add_url_rule("/gone", "gone", lambda: ("<h1>Gone</h1>", 410))
    site.add_url_rule("/old", "old", lambda: ("", 303, {"Location": "/bad"}))
    site.add_url_rule("/nothing", "nothing", lambda: ("", 204))
    site.add_url_rule("/file", "file", lambda: ("<h1>", 200, {"Content-Type": "text/plain"}))
    return site.test_client()


@pytest.mark.parametrize("path", ["/bad", "/gone"])
def test_fetching_an_invalid_page_fails(faulty_client: FlaskClient, path: str) -> None:
    with pytest.raises(AssertionError, match="no title"):
        faulty_client.get(path)


def test_a_page_behind_a_redirect_is_checked(faulty_client: FlaskClient) -> None:
    with pytest.raises(AssertionError, match="/bad"):
        faulty_client.get("/old", follow_redirects=True)


def test_a_response_that_is_no_page_is_not_checked(faulty_client: FlaskClient) -> None:
    assert faulty_client.get("/file").text == "<h1>"
    assert faulty_client.get("/old").status_code == 303
    assert faulty_client.get("/nothing").status_code == 204
    assert faulty_client.head("/bad").status_code == 200
    assert faulty_client.get("/good").status_code == 200


def test_clients_of_the_application_check_their_pages(client: FlaskClient) -> None:
    assert isinstance(client, ReadingClient)
