"""`flask accounts …` on the host's console."""

from dialogues.core.accounts.rules import InstallationRole
from dialogues.policy import STAFF_INVITE
from tests.beds.database import shell
from tests.core.accounts.desk import OTHER_PASSWORD, Desk


def path(printed: str) -> str:
    return printed.strip().removeprefix("http://localhost")


def test_the_first_account_of_an_installation_chooses_its_password(desk: Desk) -> None:
    browser = desk.browser()
    assert (
        browser.get(path(shell(desk.app, "accounts", "create-host", "host@example.org"))).location == "/password/choose"
    )
    answer = browser.fill_in("/password/choose", password=OTHER_PASSWORD)
    assert answer.location.startswith("/sign-in/set-up")


def test_creating_a_host_twice_creates_one_account(desk: Desk) -> None:
    for email in ("host@example.org", "HOST@example.org"):
        shell(desk.app, "accounts", "create-host", email)
    host = desk.account("host@example.org")
    assert host is not None


def test_a_printed_link_signs_in_once(demo: Desk) -> None:
    host = demo.member("host@example.org", InstallationRole.HOST)
    link = path(shell(demo.app, "accounts", "sign-in-link", host.email))
    browser, second = demo.browser(), demo.browser()
    for visitor in (browser, second):
        visitor.get(link)
    assert browser.fill_in("/link").status_code == 303
    assert demo.viewer(browser).may(STAFF_INVITE)
    assert second.fill_in("/link").status_code == 422


def test_a_wrong_or_unknown_address_is_refused_in_plain_words(desk: Desk) -> None:
    runner = desk.app.test_cli_runner()
    for arguments in (["create-host", "not an address"], ["sign-in-link", "nobody@example.org"]):
        result = runner.invoke(args=["accounts", *arguments])
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")
