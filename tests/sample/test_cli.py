"""`flask sample load` prints addresses that work."""

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.beds.database import shell

PERSONAS = {"st-host", "st-coord", "ch1", "kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch", "st-travel"}


@pytest.fixture
def printed(empty_app: Flask) -> dict[str, Any]:
    """The output of the command on an empty database."""
    found: dict[str, Any] = json.loads(shell(empty_app, "sample", "load", "--json"))
    return found


def path(address: str) -> str:
    """Return the path of the address, which must be of this installation."""
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("http", "localhost")
    return parts.path


@pytest.fixture
def visitor(empty_app: Flask) -> FlaskClient:
    return empty_app.test_client()


def test_it_prints_the_ids_of_what_it_made(printed: dict[str, Any]) -> None:
    assert set(printed["dialogues"]) == {"TRD", "SCD", "LVR"}
    assert set(printed["meetings"]) == {"TRD-1", "SCD-1", "LVR-1"}
    assert {"TRD:kr1", "TRD:st-coord"} <= set(printed["people"])
    for kind in ("dialogues", "meetings", "sessions", "people"):
        assert [UUID(found) for found in printed[kind].values()]


def test_it_prints_a_sign_in_link_for_each_persona_that_lets_in(printed: dict[str, Any], visitor: FlaskClient) -> None:
    assert set(printed["sign_in"]) >= PERSONAS
    opened = visitor.get(path(printed["sign_in"]["kr1"]), follow_redirects=True)
    assert opened.status_code == 200
    assert "Sign in" in opened.text


def test_it_prints_personal_links_for_those_who_have_not_answered(
    printed: dict[str, Any], visitor: FlaskClient
) -> None:
    assert printed["registration"]
    for address in printed["registration"].values():
        opened = visitor.get(path(address), follow_redirects=True)
        assert opened.status_code == 200
        assert opened.request.path != path(address)


def test_it_prints_feeds_that_calendar_programs_can_read(printed: dict[str, Any], visitor: FlaskClient) -> None:
    assert printed["feeds"]
    for address in printed["feeds"].values():
        feed = visitor.get(path(address))
        assert (feed.status_code, feed.mimetype) == (200, "text/calendar")
        assert feed.data.startswith(b"BEGIN:VCALENDAR")


def test_it_fills_no_database_twice(printed: dict[str, Any], empty_app: Flask) -> None:
    again = empty_app.test_cli_runner().invoke(args=["sample", "load", "--json"])
    assert again.exit_code == 1
    assert again.stdout == ""
    assert again.stderr.startswith("Error: ")
    assert printed


def test_without_json_it_prints_a_line_for_each_persona(empty_app: Flask) -> None:
    lines = shell(empty_app, "sample", "load").splitlines()
    assert {line.split()[0] for line in lines} >= PERSONAS
    assert all("/links/" in line for line in lines)
