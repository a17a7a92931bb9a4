"""Opening an emailed link does not use it up; pressing its button does, once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from dialogues.core.accounts import operations as accounts_operations
from dialogues.core.accounts import queries as accounts_queries
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.jobs import deliver_due
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import EmailState
from dialogues.extensions import db
from tests.core.accounts.desk import OTHER_PASSWORD, PASSWORD, Desk

pytestmark = pytest.mark.engine


@contextmanager
def sent_statements() -> Iterator[list[str]]:
    """The SQL statements sent in the block."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_link_and_its_button_sign_in(desk: Desk) -> None:
    guest, browser = desk.participant(), desk.browser()
    assert browser.get(desk.link(guest)).location == "/link"
    assert browser.fill_in("/link").location == "/"
    assert browser.signed_in


def test_link_scanners_do_not_use_the_link_up(desk: Desk) -> None:
    guest = desk.participant()
    link = desk.link(guest)
    for _visit in range(3):
        scanner = desk.browser()
        scanner.send("HEAD", link)
        scanner.send("HEAD", "/link")
        scanner.send("GET", link, follow_redirects=True)
    browser = desk.browser()
    browser.get(link)
    assert browser.fill_in("/link").status_code == 303
    assert browser.signed_in


def test_no_page_shows_the_secret_in_its_address_or_text(desk: Desk) -> None:
    guest, browser = desk.participant(), desk.browser()
    link = desk.link(guest)
    answer = browser.get(link)
    secret = link.rsplit("/", 1)[1].encode()
    assert answer.status_code == 303
    assert secret not in answer.data
    assert secret not in browser.get("/link").data
    assert secret.decode() not in browser.cookie


def test_the_button_needs_the_cookie_that_the_link_set(desk: Desk) -> None:
    guest, other = desk.participant(), desk.browser()
    desk.browser().get(desk.link(guest))
    assert other.fill_in("/link").status_code == 422
    assert not other.signed_in


def test_a_link_works_once(desk: Desk) -> None:
    guest, first, second = desk.participant(), desk.browser(), desk.browser()
    link = desk.link(guest)
    first.get(link)
    second.get(link)
    second.get("/link")
    assert first.fill_in("/link").status_code == 303
    assert second.press("/link").status_code == 422
    assert not second.signed_in


def test_only_one_of_two_simultaneous_uses_signs_in(desk: Desk) -> None:
    guest = desk.participant()
    link = desk.link(guest)
    browsers = [desk.browser() for _browser in range(4)]
    for browser in browsers:
        browser.get(link)
        browser.get("/link")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda browser: browser.press("/link").status_code, browsers))
    assert sorted(answers) == [303, 422, 422, 422]


def test_an_expired_link_offers_a_new_one(desk: Desk) -> None:
    guest, browser = desk.participant(), desk.browser()
    browser.get(desk.link(guest, expires_in=timedelta(seconds=-1)))
    page = browser.get("/link")
    assert b"/sign-in/link" in page.data
    assert browser.press("/link").status_code == 422


def test_a_revoked_link_does_not_work(desk: Desk) -> None:
    guest, browser = desk.participant(), desk.browser()
    browser.get(desk.link(guest))
    with upkeep(system(Purpose.SIGN_IN)):
        accounts_operations.revoke_links(LinkPurpose.SIGN_IN, [guest.account_id], clock.real_now())
    assert browser.fill_in("/link").status_code == 422


def test_an_unknown_link_looks_like_a_used_one(desk: Desk) -> None:
    browser, guest = desk.browser(), desk.participant()
    assert browser.get("/links/nobody-ever-made-this").location == "/link"
    unknown = browser.get("/link").data
    used = desk.browser()
    used.get(desk.link(guest, expires_in=timedelta(seconds=-1)))
    strip = lambda page: page.split(b"<main")[1].split(b"</main")[0]  # noqa: E731  short and only here
    assert strip(unknown) == strip(used.get("/link").data)


def test_a_link_for_another_purpose_does_not_sign_in(desk: Desk) -> None:
    guest = desk.participant()
    token = desk.link(guest, LinkPurpose.FEED).rsplit("/", 1)[1]
    assert accounts_queries.link(token, LinkPurpose.SIGN_IN, clock.real_now()) is None
    browser = desk.browser()
    browser.get(f"/links/{token}")
    assert browser.fill_in("/link").status_code == 422


def test_only_the_hash_of_a_secret_is_stored(desk: Desk) -> None:
    from sqlalchemy import select

    from dialogues.core.accounts.models import SecretLink

    token = desk.link(desk.participant()).rsplit("/", 1)[1]
    row = db.session.execute(select(SecretLink)).scalar_one()
    assert token not in repr(vars(row))
    assert len(row.sha256) == 32


def test_a_valid_link_works_when_all_rate_limits_are_reached(desk: Desk) -> None:
    from dialogues.lib.auth.throttle import Caller

    guest, browser, now = desk.participant(), desk.browser(), clock.real_now()
    caller = Caller(desk.app.config["SECRET_KEY"].encode(), "127.0.0.1")
    with upkeep(system(Purpose.SIGN_IN)):
        for _try in range(70):
            accounts_operations.count((*caller.for_password(guest.email, now), *caller.for_email_request(now)), now)
    browser.get(desk.link(guest))
    assert browser.fill_in("/link").status_code == 303


def test_the_response_is_the_same_for_known_and_unknown_addresses(desk: Desk) -> None:
    guest = desk.participant()
    answers = [
        desk.browser().fill_in("/sign-in/link", **{"link-email": email}) for email in (guest.email, "x@example.org")
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].data == answers[1].data
    assert [letter.account_id for letter in desk.emails()] == [guest.account_id]


@pytest.mark.parametrize("path", ["/sign-in/link", "/sign-in/new-password"])
def test_known_and_unknown_addresses_cost_the_same_statements(desk: Desk, path: str) -> None:
    desk.browser().fill_in(path, **{"link-email": "first@example.org"})
    sent = []
    for email in (desk.member().email, desk.participant().email, "x@example.org", "info@straße.de"):
        browser = desk.browser()
        browser.get(path)
        with sent_statements() as found:
            browser.press(path, **{"link-email": email})
        # Without the columns, because a row without an account leaves that one out.
        sent.append([statement.partition("(")[0] for statement in found])
    assert [statements for statements in sent if statements != sent[0]] == []
    assert any(statement.startswith("INSERT INTO email") for statement in sent[0])


def test_the_worker_drops_an_email_without_an_account(desk: Desk) -> None:
    desk.browser().fill_in("/sign-in/link", **{"link-email": "x@example.org"})
    deliver_due()
    assert list(db.session.scalars(select(Email.state))) == [EmailState.SUPERSEDED]


def test_three_links_in_six_hours_are_emailed_and_the_fourth_request_is_ignored(desk: Desk) -> None:
    guest, browser = desk.participant(), desk.browser()
    answers = {browser.fill_in("/sign-in/link", **{"link-email": guest.email}).status_code for _try in range(5)}
    assert answers == {303}
    assert len(desk.emails()) == 3


def test_password_reset_is_emailed_only_to_accounts_with_a_password(desk: Desk) -> None:
    guest, member, browser = desk.participant(), desk.member(), desk.browser()
    for email in (guest.email, member.email):
        browser.fill_in("/sign-in/new-password", **{"link-email": email})
    assert [letter.account_id for letter in desk.emails()] == [member.account_id]


def test_password_reset_keeps_the_second_factor(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    factor = desk.factor(member)
    assert browser.get(desk.link(member, LinkPurpose.PASSWORD_RESET)).location == "/password/choose"
    answer = browser.fill_in("/password/choose", password=OTHER_PASSWORD)
    assert answer.location.startswith("/sign-in/second-factor")
    assert not browser.signed_in
    kept = desk.factor(member)
    assert factor is not None
    assert kept is not None
    assert kept.id == factor.id
    assert browser.fill_in("/sign-in/second-factor", code=member.code()).status_code == 303


def test_a_weak_password_does_not_use_the_link_up(desk: Desk) -> None:
    member, browser = desk.member(), desk.browser()
    browser.get(desk.link(member, LinkPurpose.PASSWORD_RESET))
    assert browser.fill_in("/password/choose", password="password password").status_code == 422
    assert browser.press("/password/choose", password=OTHER_PASSWORD).status_code == 303


def test_choosing_a_password_revokes_every_other_emailed_link(desk: Desk) -> None:
    member, browser, other = desk.member(), desk.browser(), desk.browser()
    other.get(desk.link(member))
    browser.get(desk.link(member, LinkPurpose.PASSWORD_RESET))
    browser.fill_in("/password/choose", password=OTHER_PASSWORD)
    assert other.fill_in("/link").status_code == 422


@pytest.mark.parametrize("purpose", [LinkPurpose.PASSWORD_RESET, LinkPurpose.STAFF_INVITATION])
def test_a_link_to_choose_a_password_works_once(desk: Desk, purpose: LinkPurpose) -> None:
    member = desk.member()
    link, first, second = desk.link(member, purpose), desk.browser(), desk.browser()
    first.get(link)
    second.get(link)
    second.get("/password/choose")
    assert first.fill_in("/password/choose", password=OTHER_PASSWORD).status_code == 303
    assert second.press("/password/choose", password=PASSWORD).status_code == 422
