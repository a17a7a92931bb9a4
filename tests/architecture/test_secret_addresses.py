"""The secret in an address never comes back in a header, page or log line."""

import logging
from collections.abc import Iterator
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dialogues.core.common.pages import own_path
from dialogues.core.common.secret_addresses import ARGUMENT, PREFIXES, HideSecrets
from tests.beds.forms import SAME_ORIGIN
from tests.cast import Cast

TOKEN = "Zx9" + "k" * 36 + "Q_-7"
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE")


def secret_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if ARGUMENT in rule.arguments]


def mutations(rule: Rule) -> Iterator[str]:
    """The address of a rule, and variants made by people, mail programs and proxies."""
    plain = rule.rule.replace(f"<{ARGUMENT}>", TOKEN)
    prefix = rule.rule.partition("<")[0]
    yield from (plain, f"{prefix}{TOKEN}", f"{prefix}{TOKEN}.ics", f"{prefix}{TOKEN}/", f"{plain}/more", f"{plain}//")
    yield from (plain.replace("/", "//"), f"/{plain}", f"{prefix}/{TOKEN}", f"{prefix}./{TOKEN}", f"/x{plain}")
    yield from (prefix.upper() + TOKEN, prefix.title() + TOKEN, f"{plain}?again=1", f"{plain}?next={plain}")
    yield from (f"{plain}.", f"{plain}>", f"{plain}%20", f"{plain},", prefix.replace("/", "\\") + TOKEN)
    first = prefix[1]
    yield f"/%{ord(first):02x}{prefix[2:]}{TOKEN}"
    yield f"/%25{ord(first):02x}{prefix[2:]}{TOKEN}"


def ask(client: FlaskClient, method: str, address: str) -> TestResponse:
    """Request an address exactly as written, because a test client would normalise it."""
    path, _, query = address.partition("?")
    as_sent = {"PATH_INFO": unquote(path), "REQUEST_URI": address, "RAW_URI": address}
    return client.open("/", method=method, query_string=query, headers=SAME_ORIGIN, environ_overrides=as_sent)


def open_as(app: Flask, who: str | None) -> FlaskClient:
    return Cast(app).client(who)


def test_every_secret_address_has_a_known_prefix(app: Flask) -> None:
    rules = secret_rules(app)

    assert len(rules) >= 4
    assert {rule.rule.partition("<")[0] for rule in rules} == set(PREFIXES)


@pytest.mark.parametrize("who", [None, "st-travel", "kr2"])
def test_the_secret_of_an_address_is_never_in_the_response(app: Flask, who: str | None) -> None:
    client = open_as(app, who)
    leaks = []
    for rule in secret_rules(app):
        for address in mutations(rule):
            for method in METHODS:
                answer = ask(client, method, address)
                headers = {name: value for name, value in answer.headers if name != "Set-Cookie"}
                assert answer.status_code < 500, (method, address)
                if TOKEN in f"{unquote(unquote(str(headers)))}{answer.text}":
                    leaks.append((method, address, answer.status_code))
    assert leaks == []


@pytest.mark.parametrize("who", [None, "st-travel"])
def test_an_unknown_address_behind_a_secret_prefix_is_not_found(app: Flask, who: str | None) -> None:
    client = open_as(app, who)
    for rule in secret_rules(app):
        prefix = rule.rule.partition("<")[0]
        for address in (f"{prefix}{TOKEN}/", f"{prefix}{TOKEN}/more", f"{prefix}/{TOKEN}", f"{prefix.upper()}{TOKEN}"):
            for method in METHODS:
                assert ask(client, method, address).status_code == 404, (method, address)
    assert client.get(f"/feed/{TOKEN}").status_code == 404


def test_an_unknown_address_is_not_repeated_on_the_sign_in_page(app: Flask) -> None:
    answer = app.test_client().get(f"/calendar/feed/{TOKEN}?x={TOKEN}")

    assert (answer.status_code, answer.location) == (303, "/sign-in")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_next_never_contains_a_secret_address(prefix: str) -> None:
    for target in (
        f"{prefix}{TOKEN}",
        f"{prefix.upper()}{TOKEN}",
        quote(f"{prefix}{TOKEN}", safe="/").replace("f", "%66"),
    ):
        assert own_path(target) == "/"


def test_a_form_opened_from_a_secret_address_does_not_contain_it(app: Flask) -> None:
    """Sign-in, step-up and other forms take the return address from `next` and from the Referer."""
    client = open_as(app, None)
    for page in ("/sign-in", "/sign-in/second-factor", "/sign-in/link"):
        answer = client.get(f"{page}?next=/links/{TOKEN}", headers={"Referer": f"http://localhost/r/{TOKEN}"})
        assert TOKEN not in f"{answer.headers}{answer.text}"


@pytest.mark.parametrize(
    "line", ["GET /links/{} HTTP/1.1", "Error handling request /r/{}", '"http://localhost//FEED/{}.ics"']
)
def test_log_lines_of_the_web_server_do_not_contain_the_secret(line: str) -> None:
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, "%s %s", (line.format(TOKEN), 200), None)

    assert HideSecrets().filter(record)
    assert TOKEN not in record.getMessage()
    assert record.getMessage().endswith("200")


def test_log_lines_of_the_application_do_not_contain_the_secret(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = open_as(app, None)
    for rule in secret_rules(app):
        for address in mutations(rule):
            ask(client, "GET", address)
    assert TOKEN not in caplog.text
    assert {"gunicorn.access", "gunicorn.error", "werkzeug"} <= {
        name for name in logging.root.manager.loggerDict if logging.getLogger(name).filters
    }
