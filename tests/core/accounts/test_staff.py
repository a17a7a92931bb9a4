"""The host of the installation manages the staff."""

import pyotp
import pytest
from bs4 import BeautifulSoup

from dialogues.core.accounts.rules import InstallationRole, LinkPurpose
from dialogues.policy import DIALOGUE_OPEN, STAFF_INVITE
from tests.core.accounts.desk import PASSWORD, Browser, Desk, Someone


def host_at_work(desk: Desk) -> Browser:
    """The host, who has just confirmed their identity."""
    host = desk.host()
    browser = desk.signed_in_browser(host)
    browser.fill_in("/account/confirm?purpose=staff.invite:", password=PASSWORD, code=host.code())
    browser.get("/staff/invite")
    return browser


def test_the_host_invites_someone_who_then_signs_in(desk: Desk) -> None:
    host, email = host_at_work(desk), "new@example.org"
    assert host.fill_in("/staff/invite", email=email, may_open="y").location == "/staff"
    account = desk.account(email)
    assert account is not None
    assert [letter.account_id for letter in desk.emails()] == [account.id]
    browser = desk.browser()
    browser.get(desk.link(Someone(account.id, email), LinkPurpose.STAFF_INVITATION))
    answer = browser.fill_in("/password/choose", password=PASSWORD)
    page = BeautifulSoup(browser.get(answer.location).data, "lxml")
    secret = "".join(page.find("code").text.split())
    assert browser.press(answer.location, code=pyotp.TOTP(secret).now()).location == "/"
    viewer = desk.viewer(browser)
    assert viewer.as_staff
    assert viewer.may(DIALOGUE_OPEN)
    assert not viewer.may(STAFF_INVITE)


def test_inviting_staff_needs_a_step_up(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.host())
    assert browser.get("/staff/invite").location.startswith("/account/confirm?purpose=staff.invite:")


def test_only_the_host_sees_the_staff_list(desk: Desk) -> None:
    assert (
        desk.signed_in_browser(desk.member("a@example.org", InstallationRole.OPENER)).get("/staff").status_code == 404
    )


def test_participants_are_not_listed_among_the_staff(desk: Desk) -> None:
    desk.participant("guest@example.org")
    assert b"guest@example.org" not in desk.signed_in_browser(desk.host()).get("/staff").data


@pytest.mark.parametrize("deed", ["disable", "reset", "may-open", "invite-again"])
def test_the_host_cannot_change_a_participants_account(desk: Desk, deed: str) -> None:
    host, guest = host_at_work(desk), desk.participant()
    assert host.press(f"/staff/{guest.account_id}/{deed}").status_code == 404


def test_the_host_grants_and_removes_the_right_to_open_dialogues(desk: Desk) -> None:
    host, member = host_at_work(desk), desk.member()
    host.press(f"/staff/{member.account_id}/may-open")
    browser = desk.signed_in_browser(member)
    assert desk.viewer(browser).may(DIALOGUE_OPEN)
    host.press(f"/staff/{member.account_id}/may-not-open")
    assert not browser.signed_in
    assert not desk.viewer(desk.signed_in_browser(member)).may(DIALOGUE_OPEN)


def test_a_disabled_account_cannot_sign_in_until_it_is_enabled(desk: Desk) -> None:
    host, member = host_at_work(desk), desk.member()
    host.press(f"/staff/{member.account_id}/disable")
    assert desk.browser().fill_in("/sign-in", email=member.email, password=PASSWORD).status_code == 422
    host.press(f"/staff/{member.account_id}/enable")
    assert desk.browser().fill_in("/sign-in", email=member.email, password=PASSWORD).status_code == 303


def test_a_link_emailed_before_disabling_does_not_work(desk: Desk) -> None:
    host, member, browser = host_at_work(desk), desk.member(), desk.browser()
    browser.get(desk.link(member))
    host.press(f"/staff/{member.account_id}/disable")
    assert browser.fill_in("/link").status_code == 422


def test_the_host_cannot_disable_their_own_account(desk: Desk) -> None:
    host = host_at_work(desk)
    account_id = desk.viewer(host).account_id
    host.press(f"/staff/{account_id}/disable")
    assert b"your own account" in host.get("/staff").data


def test_staff_who_lost_the_second_factor_are_invited_again(desk: Desk) -> None:
    host, member = host_at_work(desk), desk.member()
    host.press(f"/staff/{member.account_id}/reset")
    assert desk.factor(member) is None
    account = desk.account(member.email)
    assert account is not None
    assert account.password_hash is None
    assert len(desk.emails()) == 1
