"""On a telephone, marking does not reload the page, reports a lost connection, and works without JavaScript."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.beds.browser import PHONE, OpenPage, assert_accessible, assert_fits
from tests.beds.web import Server
from tests.cast import Cast


def at_the_table(open_page: OpenPage, server: Server, sample: dict[str, Any], **browser: Any) -> Page:
    """The attendance page of today's first session, on a telephone."""
    page = open_page(width=PHONE, **browser)
    page.goto(urlsplit(sample["sign_in"]["st-travel"]).path)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    with server.app.app_context():
        cast = Cast(server.app)
        path = f"/meetings/{cast.meeting()}/attendance/{cast.session('TRD-1-07')}"
    page.goto(path)
    return page


@pytest.mark.journey
def test_marking_does_not_load_a_new_page(open_page: OpenPage, server: Server, sample: dict[str, Any]) -> None:
    page = at_the_table(open_page, server, sample)
    assert_fits(page)
    assert_accessible(page)
    page.evaluate("window.stays = true")
    line = page.locator(".desk-line").first

    line.get_by_role("button").click()
    expect(line.locator("[data-state]")).to_have_text("Present")
    expect(page.locator(".desk-count")).to_contain_text("1 of ")
    assert page.evaluate("window.stays")

    line.get_by_role("button", name="Undo").click()
    expect(page.locator(".desk-count")).to_contain_text("0 of ")
    expect(line.get_by_role("button", name="Mark")).to_be_visible()


@pytest.mark.journey
def test_a_lost_connection_is_shown_and_the_button_can_be_pressed_again(
    open_page: OpenPage, server: Server, sample: dict[str, Any]
) -> None:
    page = at_the_table(open_page, server, sample)
    line = page.locator(".desk-line").first

    page.context.set_offline(True)
    line.get_by_role("button").click()
    expect(line).to_contain_text("Not saved: there is no connection")
    expect(page.locator(".desk-count")).to_contain_text("0 of ")

    page.context.set_offline(False)
    line.get_by_role("button", name="Mark").click()
    expect(line.locator("[data-state]")).to_have_text("Present")
    page.reload()
    expect(page.locator(".desk-count")).to_contain_text("1 of ")


@pytest.mark.journey
def test_without_javascript_each_press_loads_the_list_again(
    open_page: OpenPage, server: Server, sample: dict[str, Any]
) -> None:
    page = at_the_table(open_page, server, sample, javascript=False)

    page.locator(".desk-line").nth(3).get_by_role("button").click()

    expect(page.locator(".desk-count")).to_contain_text("1 of ")
    expect(page.locator(".desk-line").nth(3).get_by_role("button", name="Undo")).to_be_visible()
