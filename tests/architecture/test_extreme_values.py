"""No address, query or form field ends in a fault, whatever is sent to it."""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient

from dialogues.settings import ROOT
from tests.architecture.objects import own
from tests.architecture.test_links import walk
from tests.beds.forms import SAME_ORIGIN, held, page
from tests.cast import Cast

#: `make test-all` sends every value to every field; otherwise each gets one of them, in turn.
THOROUGH = int(os.environ.get("TEST_GAMES", "3")) >= 20
PERSONAS = ["st-coord", "us4"] if THOROUGH else ["st-coord"]

#: Past the range of columns, dates, floats and integer texts; signs that a database or a file system refuses.
PATHS = ("9223372036854775808", "9" * 400, "9" * 5_000, "-1", "%00", "٣", "1e309", "%F0%9F%98%80" * 90)
TEXTS = ("9223372036854775808", "-" + "9" * 400, "9" * 5_000, "\x00", "1e309")
DATES = ("0001-01-01", "9999-12-31", "99999-01-01")
MOMENTS = ("0001-01-01T00:00", "9999-12-31T23:59")
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_QUERY = re.compile(r"(?:args|params)(?:\.get\(|\.getlist\(|\[)\"(\w+)\"")
_LEAVING = ("/sign-out", "/leave")


_turn = count()


def of(values: Sequence[str]) -> Sequence[str]:
    """All of these values, or the next in turn."""
    return values if THOROUGH else [values[next(_turn) % len(values)]]


def faults(answers: Iterator[tuple[str, int]]) -> list[str]:
    return [where for where, status in answers if status >= 500]


def query_names() -> set[str]:
    sources = (file.read_text("utf-8") for file in Path(ROOT / "dialogues").rglob("*.py"))
    return {name for source in sources for name in _QUERY.findall(source)}


def addresses(app: Flask, cast: Cast) -> Iterator[str]:
    """Every route with each of its arguments replaced by each extreme value, the others being those of an object."""
    with app.app_context():
        objects = own(app, cast)
    for rule in app.url_map.iter_rules():
        names = _ARGUMENT.findall(rule.rule)
        for replaced in names:
            for value in of(PATHS):
                known = objects.arguments(set(names)) | {replaced: value}
                yield _ARGUMENT.sub(lambda match, known=known: str(known[match[1]]), rule.rule)


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_address_is_a_fault(app: Flask, cast: Cast, persona: str) -> None:
    client = cast.client(persona)
    assert faults((address[:120], client.get(address).status_code) for address in addresses(app, cast)) == []


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_query_is_a_fault(cast: Cast, persona: str) -> None:
    client, names = cast.client(persona), sorted(query_names())
    assert "page" in names
    pages = {urlsplit(path).path for path, status in walk(client).items() if status == 200}

    def answers() -> Iterator[tuple[str, int]]:
        for path in sorted(pages):
            for value in of(TEXTS[1:]):
                yield path, client.get(path, query_string=dict.fromkeys(names, value)).status_code

    assert faults(answers()) == []


def extremes(control: Tag) -> tuple[str, ...]:
    """A value for each library that reads the field."""
    return {"date": DATES[1:], "datetime-local": MOMENTS}.get(str(control.get("type")), ("9" * 400, "\x00"))


def changes(form: Tag) -> Iterator[dict[str, str]]:
    """Each field with an extreme value, alone and together with all others."""
    controls = [one for one in form.select("input[name], textarea[name], select[name]") if one["name"] != "csrf_token"]
    for control in controls if THOROUGH else ():
        yield from ({str(control["name"]): value} for value in extremes(control))
    yield from ({str(control["name"]): value for control in controls} for value in of(TEXTS))
    yield {str(control["name"]): of(extremes(control))[0] for control in controls}


def sent(client: FlaskClient, path: str) -> Iterator[tuple[str, int]]:
    for form in page(client.get(path)).select("main form[method=post]"):
        address = str(form.get("action") or path)
        for change in changes(form) if not address.endswith(_LEAVING) else ():
            data = {name: value for name, value in (held(form) | change).items() if value is not None}
            yield f"{address} {list(change)[:3]}", client.post(address, data=data, headers=SAME_ORIGIN).status_code


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_form_field_is_a_fault(cast: Cast, persona: str) -> None:
    client = cast.client(persona)
    kinds = {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", path).partition("?")[0]: path for path in walk(client)}
    assert faults(answer for path in kinds.values() for answer in sent(client, path)) == []
