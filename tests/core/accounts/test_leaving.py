"""Leaving quickly."""

from tests.core.accounts.desk import Desk


def test_leaving_shows_an_empty_page_and_clears_what_the_browser_keeps(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.member())
    answer = browser.press("/leave")
    assert answer.location == "/left"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    page = browser.get("/left")
    assert b"Dialogues" not in page.data
    assert not browser.signed_in


def test_leaving_works_when_the_sign_in_has_ended_and_without_a_token(desk: Desk) -> None:
    answer = desk.browser().send("POST", "/leave", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.location == "/left"


def test_another_site_makes_nobody_leave(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.member())
    assert browser.send("POST", "/leave", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert browser.signed_in


def test_signing_out_leads_to_the_ways_in(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.member())
    browser.get("/account")
    assert browser.press("/sign-out").location == "/sign-in"
    assert not browser.signed_in
