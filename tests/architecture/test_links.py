"""Every link on a page works for the user who sees it."""

import re
from collections import deque

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.architecture.oracle import PERSONAS
from tests.cast import Cast

_LINK = re.compile(r'href="(/[^"#]*)')
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_CHOSEN = re.compile(r"=[^&]*")
#: Maximum number of followed addresses that differ only in ids and filters; calendar files are all followed.
_ALIKE, _ALL = 2, 1000


def walk(client: FlaskClient) -> dict[str, int]:
    """Every page reached from home by links, with its status code."""
    waiting, seen, kinds = deque(["/"]), {"/": 0}, dict[str, int]()
    while waiting:
        path = waiting.popleft()
        answer = client.get(path)
        seen[path] = answer.status_code
        if answer.mimetype != "text/html":
            continue
        for found in dict.fromkeys(_LINK.findall(answer.text)):
            link = found.replace("&amp;", "&")
            kind = _CHOSEN.sub("=…", _ID.sub("…", link))
            if (
                link in seen
                or link.startswith(("/static", "/bootstrap"))
                or kinds.get(kind, 0) >= (_ALL if kind.endswith(".ics") else _ALIKE)
            ):
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
            seen[link] = 0
            waiting.append(link)
    return seen


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_link_works(app: Flask, persona: str) -> None:
    reached = walk(Cast(app).client(PERSONAS[persona]))

    assert len(reached) > 10
    assert {path: status for path, status in reached.items() if status >= 400} == {}
