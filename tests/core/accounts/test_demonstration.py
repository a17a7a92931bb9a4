"""In the demonstration a printed link per persona is enough, also for staff."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.core.accounts.desk import Browser


@pytest.mark.parametrize("name", ["st-host", "st-coord", "ch1", "kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch"])
def test_the_printed_link_signs_the_persona_in(app: Flask, sample: dict[str, Any], name: str) -> None:
    browser = Browser(app.test_client())
    browser.get(urlsplit(sample["sign_in"][name]).path)
    assert browser.fill_in("/link").location == "/"
    assert browser.signed_in


def test_the_host_works_as_staff_without_a_second_factor(app: Flask, sample: dict[str, Any]) -> None:
    browser = Browser(app.test_client())
    browser.get(urlsplit(sample["sign_in"]["st-host"]).path)
    browser.fill_in("/link")
    page = browser.get("/staff")
    assert page.status_code == 200
    assert b"st-coord@example.invalid" in page.data
    assert b"us4@example.invalid" not in page.data
