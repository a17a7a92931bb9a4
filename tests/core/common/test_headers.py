"""The complete set of response headers, by kind of response and method."""

import re
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from dialogues.core.common.browser import PERMISSIONS
from tests.beds.database import opened
from tests.core.accounts.desk import Desk

ALWAYS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Permissions-Policy": PERMISSIONS,
}
PAGE = ALWAYS | {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'nonce-N'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'; report-to csp"
    ),
    "Reporting-Endpoints": 'csp="http://localhost/csp-report"',
    "Cache-Control": "no-store",
    "Vary": "Cookie",
}
#: Headers that depend on the response.
OWN = {"Content-Type", "Content-Length", "Location", "Set-Cookie", "Retry-After", "Allow", "Clear-Site-Data"}


def headers(answer: TestResponse) -> dict[str, str]:
    stable_headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    stable_headers["Content-Security-Policy"] = re.sub(
        "nonce-[\\w-]{22}", "nonce-N", stable_headers["Content-Security-Policy"]
    )
    return stable_headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sign-in", 200),
        ("/sign-in/link-sent", 200),
        ("/link", 200),
        ("/links/unknown", 303),
        ("/account", 303),
        ("/nothing/here", 303),
        ("/robots.txt", 200),
        ("/health", 200),
        ("/left", 200),
        ("/leave", 303),
    ],
)
def test_pages_redirects_and_errors_have_all_headers(desk: Desk, method: str, path: str, status: int) -> None:
    answer = desk.browser().send(method, path)
    assert answer.status_code == status
    assert headers(answer) == PAGE


@pytest.mark.parametrize("path", ["/static/x/nothing.css", "/bootstrap/static/nothing.css"])
def test_a_missing_static_file_is_not_cached(desk: Desk, path: str) -> None:
    answer = desk.browser().get(path)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS


def test_refused_forms_have_all_headers(desk: Desk) -> None:
    browser = desk.browser()
    assert headers(browser.fill_in("/sign-in", email="", password="")) == PAGE
    assert headers(browser.send("POST", "/sign-in")) == PAGE
    assert headers(browser.send("POST", "/csp-report", data=b"[]")) == PAGE


def test_the_nonce_is_new_in_every_response(desk: Desk) -> None:
    policies = {desk.browser().get("/sign-in").headers["Content-Security-Policy"] for _answer in range(3)}
    assert len(policies) == 3


def test_https_responses_have_hsts_and_a_cookie_bound_to_the_host(desk: Desk) -> None:
    settings = replace(desk.app.extensions["dialogues"].settings, base_url="https://dialogues.example")
    with opened(settings) as app:
        answer = app.test_client().get("/sign-in", base_url="https://dialogues.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-s=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_sent_from_elsewhere_is_refused(desk: Desk, site: str) -> None:
    browser = desk.browser()
    browser.get("/sign-in")
    answer = browser.send("POST", "/sign-in", data=browser.tokens, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 400


def test_a_form_without_its_token_is_refused(desk: Desk) -> None:
    answer = desk.browser().send("POST", "/sign-in", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400


def test_another_host_is_refused(desk: Desk) -> None:
    assert desk.browser().send("GET", "/sign-in", base_url="http://evil.example").status_code == 400
