"""Sign-in by password and code, and its refusals."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.models import Account
from dialogues.core.accounts.rules import Proof
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.auth import hashing
from tests.core.accounts.desk import BOTH, LINK, PASSWORD, Desk


def words(page: bytes) -> str:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "lxml")
    for field in soup.find_all("input"):
        field.decompose()
    return str(soup.find("main"))


def test_password_and_code_sign_staff_in(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    assert browser.sign_in(member).location == "/"
    assert browser.signed_in
    assert desk.viewer(browser).as_staff


def test_the_password_alone_gives_no_access(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    answer = browser.fill_in("/sign-in", email=member.email, password=PASSWORD)
    assert answer.location == "/sign-in/second-factor?next=/"
    assert not browser.signed_in


def test_the_password_alone_never_shows_the_secret_of_a_factor(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    with upkeep(system(Purpose.SIGN_IN)):
        accounts.prepare_factor(member.account_id)
    browser.fill_in("/sign-in", email=member.email, password=PASSWORD)
    assert browser.get("/sign-in/set-up").location.startswith("/sign-in?")


def test_the_email_address_works_in_any_spelling(desk: Desk) -> None:
    desk.member("desk@example.org")
    answer = desk.browser().fill_in("/sign-in", email="  Desk@Example.ORG ", password=PASSWORD)
    assert answer.status_code == 303


@pytest.mark.parametrize("typed", ["info@straße.de", "INFO@STRAẞE.de", "info@xn--strae-oqa.de"])
def test_a_domain_in_its_own_letters_signs_in(desk: Desk, typed: str) -> None:
    desk.member("info@straße.de")
    assert desk.browser().fill_in("/sign-in", email=typed, password=PASSWORD).status_code == 303


def test_a_domain_spelled_with_other_letters_is_another_account(desk: Desk) -> None:
    desk.member("info@straße.de")
    assert desk.browser().fill_in("/sign-in", email="info@strasse.de", password=PASSWORD).status_code != 303


def test_a_link_reaches_a_domain_in_its_own_letters(desk: Desk) -> None:
    desk.participant("info@straße.de")
    desk.browser().fill_in("/sign-in/link", **{"link-email": "info@straße.de"})
    assert len(desk.emails()) == 1


@pytest.mark.parametrize("case", ["wrong password", "unknown", "no password", "disabled"])
def test_every_refusal_reads_the_same(desk: Desk, case: str) -> None:
    member, guest = desk.member(), desk.participant()
    email, password = {
        "wrong password": (member.email, "not the password at all"),
        "unknown": ("nobody@example.org", PASSWORD),
        "no password": (guest.email, PASSWORD),
        "disabled": (member.email, PASSWORD),
    }[case]
    if case == "disabled":
        with upkeep(system(Purpose.SIGN_IN)):
            db.session.execute(update(Account).values(disabled_at=clock.real_now()))
    answer = desk.browser().fill_in("/sign-in", email=email, password=password)
    reference = desk.browser().fill_in("/sign-in", email="reference@example.org", password="some other password")
    assert answer.status_code == 422
    assert words(answer.data) == words(reference.data)


def test_an_unknown_account_costs_the_same_hash() -> None:
    assert not hashing.Hasher.needs_rehash(hashing.DUMMY_HASH)


def test_a_wrong_code_is_refused(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    browser.fill_in("/sign-in", email=member.email, password=PASSWORD)
    wrong = "000000" if member.code() != "000000" else "000001"
    assert browser.fill_in("/sign-in/second-factor", code=wrong).status_code == 422
    assert not browser.signed_in


def test_a_code_is_used_once(desk: Desk) -> None:
    member, code = desk.member(), ""
    first, second = desk.browser(), desk.browser()
    code = member.code()
    for browser in (first, second):
        browser.fill_in("/sign-in", email=member.email, password=PASSWORD)
    assert first.fill_in("/sign-in/second-factor", code=code).status_code == 303
    assert second.fill_in("/sign-in/second-factor", code=code).status_code == 422


def test_an_earlier_code_is_refused_after_a_later_one(desk: Desk) -> None:
    member = desk.member()
    earlier = member.code()
    assert desk.browser().sign_in(member, ahead=1).status_code == 303
    second = desk.browser()
    second.fill_in("/sign-in", email=member.email, password=PASSWORD)
    assert second.fill_in("/sign-in/second-factor", code=earlier).status_code == 422


def test_a_code_of_two_steps_ago_is_too_old(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    browser.fill_in("/sign-in", email=member.email, password=PASSWORD)
    assert browser.fill_in("/sign-in/second-factor", code=member.code(ahead=-3)).status_code == 422


def test_the_password_step_ends_with_the_second_factor(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    browser.fill_in("/sign-in", email=member.email, password=PASSWORD)
    half = browser.cookie
    browser.fill_in("/sign-in/second-factor", code=member.code())
    thief = browser.with_cookie(half)
    assert thief.get("/sign-in/second-factor").location.startswith("/sign-in")
    assert not thief.signed_in


def test_the_password_step_lasts_ten_minutes(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    browser.fill_in("/sign-in", email=member.email, password=PASSWORD)
    [row] = desk.sign_ins(member)
    assert row.expires_at - row.created_at == timedelta(minutes=10)


def test_staff_without_a_second_factor_set_one_up_first(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    with upkeep(system(Purpose.SIGN_IN)):
        accounts.drop_factors(member.account_id, confirmed=True)
    answer = browser.fill_in("/sign-in", email=member.email, password=PASSWORD)
    assert answer.location.startswith("/sign-in/set-up")
    page = browser.get("/sign-in/set-up")
    assert b'class="qr"' in page.data
    assert b"style=" not in page.data


def test_signing_in_leads_to_the_requested_page(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    answer = browser.get("/account/password")
    assert answer.location == "/sign-in?next=/account/password"
    step = browser.fill_in(answer.location, email=member.email, password=PASSWORD)
    assert browser.fill_in(step.location, code=member.code()).location == "/account/password"


def test_ten_password_attempts_are_allowed_in_five_minutes(desk: Desk) -> None:
    browser = desk.browser()
    answers = [
        browser.fill_in("/sign-in", email="nobody@example.org", password="not this one either").status_code
        for _try in range(11)
    ]
    assert answers == [422] * 10 + [429]


def test_a_reached_rate_limit_says_when_to_try_again(desk: Desk) -> None:
    from dialogues.lib.auth.throttle import Caller

    key = desk.app.config["SECRET_KEY"].encode()
    now = clock.real_now()
    with upkeep(system(Purpose.SIGN_IN)):
        for _try in range(10):
            accounts.count(Caller(key, "127.0.0.1").for_password("other@example.org", now), now)
    answer = desk.browser().fill_in("/sign-in", email="desk@example.org", password=PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300


def test_five_code_attempts_are_allowed_in_five_minutes(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    browser.fill_in("/sign-in", email=member.email, password=PASSWORD)
    wrong = "000000" if member.code() != "000000" else "000001"
    answers = [browser.fill_in("/sign-in/second-factor", code=wrong).status_code for _try in range(5)]
    assert answers == [422] * 5
    assert browser.fill_in("/sign-in/second-factor", code=member.code()).status_code == 429


def test_sign_in_is_refused_when_attempts_cannot_be_counted(desk: Desk) -> None:
    from sqlalchemy import text

    member, browser = desk.member(), desk.browser()
    browser.get("/sign-in")
    with upkeep(system(Purpose.SIGN_IN)) as session:
        session.execute(text("DROP TABLE throttle"))
    assert browser.press("/sign-in", email=member.email, password=PASSWORD).status_code >= 500
    assert not browser.signed_in


def test_sign_in_says_so_when_all_hashing_slots_are_taken(desk: Desk) -> None:
    hasher = hashing.Hasher(desk.app.extensions["dialogues"].settings.instance, wait=0)
    with hasher.slot(), hasher.slot():
        answer = desk.browser().fill_in("/sign-in", email="desk@example.org", password=PASSWORD)
    assert answer.status_code == 503


def test_a_hash_of_lower_cost_is_renewed_when_its_owner_signs_in(desk: Desk) -> None:
    from argon2 import PasswordHasher

    member = desk.member()
    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with upkeep(system(Purpose.SIGN_IN)):
        db.session.execute(update(Account).values(password_hash=cheap))
    desk.browser().fill_in("/sign-in", email=member.email, password=PASSWORD)
    account = desk.account(member.email)
    assert account is not None
    assert account.password_hash != cheap
    assert not hashing.Hasher.needs_rehash(account.password_hash or "")


def test_staff_signed_in_by_link_see_only_participant_pages(desk: Desk) -> None:
    host = desk.host()
    assert not desk.viewer(desk.signed_in_browser(host, LINK)).as_staff
    assert desk.signed_in_browser(host, LINK).get("/staff").status_code == 404
    assert desk.signed_in_browser(host, BOTH).get("/staff").status_code == 200


def test_the_demonstration_asks_staff_for_no_second_factor(demo: Desk) -> None:
    host = demo.host()
    browser = demo.browser()
    browser.get(demo.link(host))
    assert browser.fill_in("/link").location == "/"
    assert browser.get("/staff").status_code == 200


def test_a_demonstration_sign_in_is_not_valid_in_normal_operation(desk: Desk) -> None:
    assert not desk.signed_in_browser(desk.host(), frozenset({Proof.LINK, Proof.DEMO})).signed_in
