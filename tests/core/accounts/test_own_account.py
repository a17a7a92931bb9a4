"""A user's own account: sign-ins, password, language, time zone and step-up."""

from datetime import timedelta
from uuid import uuid4

from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import step_up_purpose
from dialogues.core.common import clock
from dialogues.policy import ROLES_GRANT
from tests.core.accounts.desk import LINK, OTHER_PASSWORD, PASSWORD, Desk


def test_i_see_only_my_own_sign_ins(desk: Desk) -> None:
    member, other = desk.member(), desk.member("other@example.org")
    desk.signed_in_browser(other)
    browser = desk.signed_in_browser(member)
    desk.signed_in_browser(member)
    page = browser.get("/account").data.decode()
    assert page.count('<th scope="row">') == 2


def test_i_end_one_of_my_sign_ins(desk: Desk) -> None:
    member = desk.member()
    browser, lost = desk.signed_in_browser(member), desk.signed_in_browser(member)
    lost_id = desk.viewer(lost).sign_in_id
    browser.get("/account")
    assert browser.press(f"/account/sign-ins/{lost_id}/end").status_code == 303
    assert not lost.signed_in
    assert browser.signed_in


def test_i_cannot_end_another_users_sign_in(desk: Desk) -> None:
    member, other = desk.signed_in_browser(desk.member()), desk.signed_in_browser(desk.member("other@example.org"))
    member.get("/account")
    theirs = member.press(f"/account/sign-ins/{desk.viewer(other).sign_in_id}/end")
    unknown = member.press(f"/account/sign-ins/{uuid4()}/end")
    assert theirs.status_code == unknown.status_code == 404
    assert other.signed_in


def test_changing_the_password_needs_the_current_password(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.member())
    answer = browser.fill_in("/account/password", present="not the present one", password=OTHER_PASSWORD)
    assert answer.status_code == 422


def test_a_weak_password_is_refused_at_its_field(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.member("ines.mustermann@example.org"))
    answer = browser.fill_in("/account/password", present=PASSWORD, password="ines.mustermann 2027")
    assert answer.status_code == 422
    assert b'id="password-error"' in answer.data


def test_no_page_repeats_a_password_that_was_typed(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.member())
    answer = browser.fill_in("/account/password", present=PASSWORD, password="too short")
    assert PASSWORD.encode() not in answer.data
    assert b"too short" not in answer.data


def test_someone_without_a_password_cannot_choose_one_here(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.participant(), LINK)
    answer = browser.fill_in("/account/password", present="anything at all here", password=OTHER_PASSWORD)
    assert answer.status_code == 422


def test_an_unknown_time_zone_is_refused_and_the_input_is_kept(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.participant(), LINK)
    answer = browser.fill_in("/account", locale="en", zone="Mars/Olympus")
    assert answer.status_code == 422
    assert b"Mars/Olympus" in answer.data


def test_a_time_zone_is_saved(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.participant(), LINK)
    assert browser.fill_in("/account", locale="en", zone="Asia/Ulaanbaatar").status_code == 303
    assert desk.viewer(browser).zone == "Asia/Ulaanbaatar"


def test_a_step_up_is_valid_only_for_its_purpose_and_object(desk: Desk) -> None:
    member, here, there = desk.member(), uuid4(), uuid4()
    browser, purpose = desk.signed_in_browser(member), step_up_purpose(ROLES_GRANT.name, here)
    page = f"/account/confirm?purpose={purpose}&next=/account"
    assert browser.fill_in(page, password=PASSWORD, code=member.code()).location == "/account"
    viewer, now = desk.viewer(browser), clock.real_now()
    assert accounts.stepped_up(viewer, purpose, now)
    assert not accounts.stepped_up(viewer, step_up_purpose(ROLES_GRANT.name, there), now)
    assert not accounts.stepped_up(viewer, step_up_purpose("staff.invite", here), now)
    assert not accounts.stepped_up(viewer, purpose, now + timedelta(minutes=5))


def test_a_step_up_is_valid_only_in_its_own_sign_in(desk: Desk) -> None:
    member = desk.member()
    browser, other = desk.signed_in_browser(member), desk.signed_in_browser(member)
    browser.fill_in("/account/confirm?purpose=staff.invite:", password=PASSWORD, code=member.code())
    assert accounts.stepped_up(desk.viewer(browser), "staff.invite:", clock.real_now())
    assert not accounts.stepped_up(desk.viewer(other), "staff.invite:", clock.real_now())


def test_a_step_up_needs_both_password_and_a_code_not_used_before(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    browser.sign_in(member)
    page = "/account/confirm?purpose=staff.invite:"
    assert browser.fill_in(page, password=PASSWORD, code=member.code()).status_code == 422
    assert browser.fill_in(page, password="wrong password here", code=member.code(1)).status_code == 422
    assert browser.fill_in(page, password=PASSWORD, code=member.code(1)).status_code == 303


def test_there_is_no_step_up_for_an_unknown_purpose(desk: Desk) -> None:
    browser = desk.signed_in_browser(desk.member())
    assert browser.get("/account/confirm?purpose=anything").status_code == 404


def test_a_step_up_returns_only_to_this_installation(desk: Desk) -> None:
    member = desk.member()
    page = "/account/confirm?purpose=staff.invite:&next=//evil.example"
    assert desk.signed_in_browser(member).fill_in(page, password=PASSWORD, code=member.code()).location == "/account"


def test_the_demonstration_asks_only_for_confirmation(demo: Desk) -> None:
    from dialogues.core.accounts.rules import Proof

    host = demo.host()
    browser = demo.signed_in_browser(host, frozenset({Proof.LINK, Proof.DEMO}))
    question = browser.get("/staff/invite")
    assert question.location.startswith("/account/confirm?")
    assert browser.fill_in(question.location).location == "/staff/invite"
    assert browser.get("/staff/invite").status_code == 200
