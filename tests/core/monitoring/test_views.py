"""Requests of programs: robots.txt, health, reports of browsers."""

import json
import logging

import pytest

from tests.core.accounts.desk import Desk


def test_robots_txt_closes_everything_but_calendar_feeds(desk: Desk) -> None:
    answer = desk.browser().get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert answer.text.splitlines() == ["User-agent: *", "Allow: /feed/", "Disallow: /"]


def test_health_says_whether_the_database_answers_and_which_zones_are_known(desk: Desk) -> None:
    health = desk.browser().get("/health").json
    assert health is not None
    assert health["database"] == "ok"
    assert health["tz"].startswith("20")


def report(desk: Desk, body: bytes) -> int:
    kind = "application/reports+json"
    return desk.browser().send("POST", "/csp-report", data=body, content_type=kind).status_code


def test_a_browser_report_is_logged_without_our_addresses(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    body = {
        "effectiveDirective": "script-src-elem",
        "blockedURL": "https://evil.example/x.js",
        "documentURL": "https://ours.example/feeds/secret",
    }
    with caplog.at_level(logging.WARNING):
        assert report(desk, json.dumps([{"type": "csp-violation", "body": body}]).encode()) == 204
    assert "script-src-elem evil.example" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[1, null]", b'[{"body": 7}]', b'{"a": 1}', b"\xff\xfe"])
def test_reports_of_any_shape_are_accepted(desk: Desk, body: bytes) -> None:
    assert report(desk, body) == 204


def test_a_report_cannot_break_a_line_of_the_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps([{"body": {"effectiveDirective": "a\nWARNING forged", "blockedURL": "http://[x"}}]).encode()
    with caplog.at_level(logging.WARNING):
        report(desk, body)
    assert "aWARNINGforged" in caplog.text


def test_a_report_of_more_than_64_kilobytes_is_refused(desk: Desk) -> None:
    assert report(desk, b" " * (64 * 1024 + 1)) == 413


def test_the_number_of_logged_reports_is_limited(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps([{"body": {"effectiveDirective": "img-src", "blockedURL": "inline"}}]).encode()
    with caplog.at_level(logging.WARNING):
        assert {report(desk, body) for _report in range(25)} == {204}
    assert caplog.text.count("img-src") == 20


def test_a_report_does_not_extend_the_sign_in(desk: Desk) -> None:
    from datetime import timedelta

    from dialogues.core.common import clock

    member = desk.member()
    browser = desk.signed_in_browser(member)
    [row] = desk.sign_ins(member)
    earlier = clock.real_now() - timedelta(minutes=10)
    desk.at(row, last_seen_at=earlier)
    browser.send("POST", "/csp-report", data=b"[]")
    assert desk.sign_ins(member)[0].last_seen_at == earlier
