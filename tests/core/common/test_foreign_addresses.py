"""Requests that name another host, port or path than this installation are refused; methods are not listed."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import create_environ
from werkzeug.wrappers import Response

from tests.core.accounts.desk import Desk


def status(client: FlaskClient, **environ: Any) -> int:
    return client.get("/sign-in", environ_overrides=environ).status_code


@pytest.mark.parametrize(
    "environ",
    [
        {"SCRIPT_NAME": "/evil"},
        {"RAW_URI": "http://evil.example/sign-in"},
        {"RAW_URI": "http://localhost/sign-in"},
        {"REQUEST_URI": "//evil.example/sign-in", "RAW_URI": "sign-in"},
        {"HTTP_HOST": "localhost:81"},
        {"HTTP_HOST": "localhost:8080"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "localhost.evil.example"},
        {"HTTP_HOST": ""},
        {"HTTP_HOST": "localhost:80:80"},
        {"HTTP_HOST": "user@localhost"},
    ],
)
def test_a_request_for_another_address_is_refused(client: FlaskClient, environ: dict[str, str]) -> None:
    assert status(client, **environ) == 400


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "127.0.0.1:80"])
def test_the_own_host_is_answered_with_and_without_its_port(client: FlaskClient, host: str) -> None:
    assert status(client, HTTP_HOST=host) == 200


def test_a_request_without_a_host_is_refused(app: Flask) -> None:
    environ = create_environ("/sign-in", "http://localhost")
    del environ["HTTP_HOST"]
    assert Response.from_app(app.wsgi_app, environ).status_code == 400


@pytest.mark.parametrize(
    "path", ["/static/x/%00", "/static/x%00/y", "/links/%00", "/meetings/%00", "/sign-in?next=%00"]
)
def test_a_null_sign_in_an_address_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("name", ["x" * 5_000, "../app.py", "./base.css", "a/" * 2_000, "%FF", "%2e%2e/app.py"])
def test_no_name_of_a_static_file_is_a_fault(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/0123456789abcdef/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/sign-in", "/health", "/static/x/y.css", "/calendar/feed/x.ics", "/", "/account"])
def test_no_answer_lists_methods(desk: Desk, path: str) -> None:
    for browser in (desk.browser(), desk.signed_in_browser(desk.member())):
        answer = browser.send("OPTIONS", path)
        assert answer.status_code in {303, 400, 404, 405}
        assert "Allow" not in answer.headers
