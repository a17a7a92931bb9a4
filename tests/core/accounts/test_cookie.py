"""A copied session cookie stops working after each event that ends the sign-in."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import InstallationRole, LinkPurpose
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from tests.core.accounts.desk import LINK, OTHER_PASSWORD, PASSWORD, Browser, Desk, Someone


def sign_out(_desk: Desk, browser: Browser, _member: Someone) -> None:
    browser.get("/account")
    browser.press("/sign-out")


def leave_quickly(_desk: Desk, browser: Browser, _member: Someone) -> None:
    browser.press("/leave")


def change_the_password(_desk: Desk, browser: Browser, _member: Someone) -> None:
    browser.fill_in("/account/password", present=PASSWORD, password=OTHER_PASSWORD)


def choose_a_password_by_mail(desk: Desk, _browser: Browser, member: Someone) -> None:
    other = desk.browser()
    other.get(desk.link(member, LinkPurpose.PASSWORD_RESET))
    other.fill_in("/password/choose", password=OTHER_PASSWORD)


def set_up_another_factor(_desk: Desk, browser: Browser, member: Someone) -> None:
    import pyotp
    from bs4 import BeautifulSoup

    browser.get("/account")
    browser.fill_in("/account/confirm?purpose=factor.renew:", password=PASSWORD, code=member.code())
    browser.get("/account")
    browser.press("/account/second-factor")
    page = BeautifulSoup(browser.get("/sign-in/set-up").data, "lxml")
    secret = "".join(page.find("code").text.split())
    assert browser.press("/sign-in/set-up", code=pyotp.TOTP(secret).now()).status_code == 303


def step_up(_desk: Desk, browser: Browser, member: Someone) -> None:
    browser.fill_in("/account/confirm?purpose=factor.renew:", password=PASSWORD, code=member.code())


def end_all_others_elsewhere(desk: Desk, _browser: Browser, member: Someone) -> None:
    elsewhere = desk.signed_in_browser(member)
    elsewhere.get("/account")
    elsewhere.press("/account/sign-ins/end-others")


def be_disabled(desk: Desk, _browser: Browser, member: Someone) -> None:
    from dialogues.core.accounts.commands import staff
    from dialogues.core.accounts.views.cookie import this_moment

    host = desk.signed_in_browser(desk.host())
    staff.disable(desk.viewer(host), member.account_id, this_moment())


def lose_a_role(desk: Desk, _browser: Browser, member: Someone) -> None:
    from dialogues.core.accounts.commands import staff
    from dialogues.core.accounts.views.cookie import this_moment

    host = desk.signed_in_browser(desk.host())
    staff.stop_opening_dialogues(desk.viewer(host), member.account_id, this_moment())


def open_anothers_link(desk: Desk, browser: Browser, _member: Someone) -> None:
    browser.get(desk.link(desk.participant()))
    browser.fill_in("/link")


def have_all_ended(_desk: Desk, _browser: Browser, member: Someone) -> None:
    with upkeep(system(Purpose.SIGN_IN)):
        accounts.end_sign_ins(member.account_id, clock.real_now())


EVENTS = [
    sign_out,
    leave_quickly,
    change_the_password,
    choose_a_password_by_mail,
    set_up_another_factor,
    step_up,
    end_all_others_elsewhere,
    be_disabled,
    lose_a_role,
    open_anothers_link,
    have_all_ended,
]


@pytest.mark.parametrize("event", EVENTS)
def test_a_copied_cookie_stops_working_after(desk: Desk, event: Callable[[Desk, Browser, Someone], None]) -> None:
    member = desk.member("desk@example.org", InstallationRole.OPENER)
    browser = desk.signed_in_browser(member)
    copy = browser.cookie
    assert browser.with_cookie(copy).signed_in
    event(desk, browser, member)
    assert not browser.with_cookie(copy).signed_in


@pytest.mark.parametrize("event", [change_the_password, set_up_another_factor, step_up])
def test_the_browser_that_did_it_stays_signed_in(desk: Desk, event: Callable[[Desk, Browser, Someone], None]) -> None:
    member = desk.member()
    browser = desk.signed_in_browser(member)
    event(desk, browser, member)
    assert browser.signed_in


def test_signing_in_keeps_nothing_of_the_earlier_session(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    with browser.client.session_transaction() as cookie:
        cookie["planted"] = "before"
    browser.sign_in(member)
    with browser.client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_a_sign_in_ends_after_being_idle_too_long(desk: Desk) -> None:
    member = desk.member()
    browser = desk.signed_in_browser(member)
    [row] = desk.sign_ins(member)
    desk.at(row, last_seen_at=clock.real_now() - timedelta(minutes=29))
    assert browser.with_cookie(browser.cookie).signed_in
    desk.at(row, last_seen_at=clock.real_now() - timedelta(minutes=31))
    assert not browser.signed_in


def test_a_sign_in_by_link_may_be_idle_longer(desk: Desk) -> None:
    guest = desk.participant()
    browser = desk.signed_in_browser(guest, LINK)
    [row] = desk.sign_ins(guest)
    desk.at(row, last_seen_at=clock.real_now() - timedelta(hours=11))
    assert browser.signed_in


def test_a_sign_in_ends_after_its_maximum_time(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    browser.sign_in(member)
    row = next(row for row in desk.sign_ins(member) if row.ended_at is None)
    assert row.expires_at - row.created_at == timedelta(hours=12)
    desk.at(row, expires_at=clock.real_now())
    assert not browser.signed_in


def test_a_cookie_without_a_row_signs_in_no_account(desk: Desk) -> None:
    browser = desk.browser()
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = "made up"
    assert not browser.signed_in


def test_a_remember_cookie_is_ignored(desk: Desk) -> None:
    from flask_login.utils import encode_cookie

    member, browser = desk.member(), desk.browser()
    with desk.app.test_request_context():
        browser.client.set_cookie("remember_token", encode_cookie(str(member.account_id)))
    assert not browser.signed_in


def test_last_seen_is_written_once_a_minute(desk: Desk) -> None:
    member = desk.member()
    browser = desk.signed_in_browser(member)
    [row] = desk.sign_ins(member)
    earlier = clock.real_now() - timedelta(seconds=50)
    desk.at(row, last_seen_at=earlier)
    browser.get("/account")
    assert desk.sign_ins(member)[0].last_seen_at == earlier
    desk.at(row, last_seen_at=clock.real_now() - timedelta(seconds=70))
    browser.get("/account")
    assert clock.real_now() - desk.sign_ins(member)[0].last_seen_at < timedelta(seconds=10)


def test_a_page_can_be_read_when_last_seen_cannot_be_written(desk: Desk) -> None:
    from sqlalchemy import text

    member = desk.member()
    browser = desk.signed_in_browser(member)
    [row] = desk.sign_ins(member)
    desk.at(row, last_seen_at=clock.real_now() - timedelta(minutes=5))
    with upkeep(system(Purpose.SIGN_IN)) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END'"))
            session.execute(text("CREATE TRIGGER no BEFORE UPDATE ON sign_in FOR EACH ROW EXECUTE FUNCTION no()"))
        else:
            session.execute(text("CREATE TRIGGER no BEFORE UPDATE ON sign_in BEGIN SELECT RAISE(ABORT, 'no'); END"))
    assert browser.signed_in
