"""How many statements each page of the sample sends to the database, for everyone who may open it."""

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
    """The dearest page, and how many pages there are."""
    cast = Cast(app)
    objects = own(app, cast)
    counted: dict[str, int] = {}
    statements = [0]
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: statements.__setitem__(0, statements[0] + 1))
    for name in PERSONAS.values():
        client = cast.client(name)
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint in PUBLIC_ENDPOINTS:
                continue
            path = _path(rule, objects.arguments(set(rule.arguments)))
            client.get(path)
            statements[0] = 0
            if client.get(path).status_code == 200:
                counted[rule.endpoint] = max(counted.get(rule.endpoint, 0), statements[0])
    dearest = max(counted, key=lambda endpoint: counted[endpoint])
    return [
        Figure(
            f"queries of the dearest page ({dearest})",
            counted[dearest],
            "queries",
            f"{len(counted)} pages",
            BAR,
            "at most",
        ),
        Figure("pages counted", len(counted), "pages", f"answered 200 to {len(PERSONAS)} personas"),
    ]


def _path(rule: Rule, arguments: dict[str, object]) -> str:
    return str(rule.map.bind("localhost").build(rule.endpoint, arguments) if rule.map else "")
