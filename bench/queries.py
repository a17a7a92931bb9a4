"""Statements per page of the sample, for everyone who may open it."""

from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule

from bench.figures import Figure
from dialogues.core.common.access import PUBLIC_ENDPOINTS
from dialogues.extensions import db
from tests.architecture.objects import own
from tests.architecture.oracle import PERSONAS
from tests.cast import Cast

BAR = 12


def queries_per_page(app: Flask) -> list[Figure]:
    """The page with most queries, and how many pages there are."""
    counted: dict[str, int] = {}
    for persona in PERSONAS:
        for endpoint, queries in queries_of_pages(app, persona).items():
            counted[endpoint] = max(counted.get(endpoint, 0), queries)
    highest = max(counted, key=lambda endpoint: counted[endpoint])
    return [
        Figure(
            f"queries of the dearest page ({highest})",
            counted[highest],
            "queries",
            f"{len(counted)} pages",
            BAR,
            "at most",
        ),
        Figure("pages counted", len(counted), "pages", f"answered 200 to {len(PERSONAS)} personas"),
    ]


def queries_of_pages(app: Flask, persona: str) -> dict[str, int]:
    """The queries of every page that is open to a persona, by endpoint."""
    cast = Cast(app)
    objects, client = own(app, cast), cast.client(PERSONAS[persona])
    # The first request of a sign-in notes that it is in use.
    client.get("/")
    counted, sent = {}, list[str]()
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        sent.clear()
        if client.get(_path(rule, objects.arguments(set(rule.arguments)))).status_code == 200:
            counted[rule.endpoint] = len(sent)
    event.remove(engine, "before_cursor_execute", note)
    return counted


def _path(rule: Rule, arguments: dict[str, object]) -> str:
    return str(rule.map.bind("localhost").build(rule.endpoint, arguments) if rule.map else "")
