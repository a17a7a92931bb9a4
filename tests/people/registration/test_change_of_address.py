"""Change of email address: requested by the owner, confirmed in a signed-in browser, reported to the old address."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from dialogues.core.accounts import operations as accounts_operations
from dialogues.core.accounts import queries as accounts_queries
from dialogues.core.accounts.models import Account, SecretLink
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.audit.models import AuditEntry
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.models import Email as DueEmail
from dialogues.core.outbox.rules import EmailState
from dialogues.extensions import db
from dialogues.meetings.dialogues import operations as dialogues
from dialogues.meetings.dialogues.models import Person
from dialogues.people.invitations import operations as invitations
from tests.beds.forms import SAME_ORIGIN, complaints, page, send
from tests.beds.mail import Email
from tests.cast import BEFORE_LVR_1
from tests.people.conftest import Site
from tests.people.messages.test_messages import to

ELSEWHERE = "Sign in where you asked for the change, and open the link there."
OLD, NEW = "us4@example.invalid", "renee@example.org"
_LINK = re.compile(r"http://localhost(/links/[\w-]+)")


def request_address(site: Site, email: str, client: FlaskClient | None = None) -> list[Email]:
    """Request the address on the own registration and return the emails sent."""
    form = f"/meetings/{site.cast.meeting('LVR-1')}/registration/address"
    answer = send(client or site.cast.client("us4"), form, email=email)
    assert (answer.status_code, answer.location) == (303, form.removesuffix("/address"))
    return site.mail()


def link_in(emails: list[Email]) -> str:
    (email,) = emails
    assert email.recipients == (NEW,)
    found = _LINK.search(email.message.get_content())
    assert found is not None
    return found[1]


def use(browser: FlaskClient, link: str) -> int:
    assert browser.get(link).location == "/address"
    return send(browser, "/address").status_code


def address_page_text(site: Site, persona: str | None, link: str | None) -> str:
    """What `/address` says to this persona (None: not signed in) after opening the link (None: no link)."""
    browser = site.cast.client(persona) if persona else site.browser()
    if link is not None:
        assert browser.get(link).location == "/address"
    shown, pressed = browser.get("/address"), confirm_without_button(browser)
    words = [" ".join(main.get_text(" ").split()) for one in (shown, pressed) for main in page(one).select("main")]
    return f"{shown.status_code} {pressed.status_code} {words}"


def confirm_without_button(browser: FlaskClient) -> TestResponse:
    """Send the confirmation form even if the page shows no button."""
    token = page(browser.get("/sign-in", follow_redirects=True)).select_one("input[name=csrf_token]")
    assert token is not None
    return browser.post("/address", data={"csrf_token": token["value"]}, headers=SAME_ORIGIN)


def addresses(site: Site) -> tuple[str, set[str | None]]:
    """The address of us4's account and those of its persons."""
    db.session.rollback()
    account = db.session.get_one(Account, site.cast.account("us4") if _has(OLD) else _account(NEW))
    persons = set(db.session.scalars(select(Person.email).where(Person.account_id == account.id)))
    return account.email, persons


def _has(email: str) -> bool:
    return db.session.execute(select(Account.id).where(Account.email == email)).first() is not None


def _account(email: str) -> UUID:
    return db.session.execute(select(Account.id).where(Account.email == email)).scalar_one()


def test_new_address_applies_after_its_email_is_confirmed(site: Site) -> None:
    client = site.cast.client("us4")

    link = link_in(request_address(site, NEW, client))
    assert addresses(site) == (OLD, {OLD})
    assert use(client, link) == 303

    assert addresses(site) == (NEW, {NEW})
    (notice,) = site.mail()
    assert notice.recipients == (OLD,)
    assert NEW not in notice.message.get_content()
    assert "address.changed" in db.session.scalars(select(AuditEntry.action)).all()
    db.session.rollback()
    assert client.get("/").status_code == 200


def test_opening_the_link_any_number_of_times_changes_nothing(site: Site) -> None:
    link = link_in(request_address(site, NEW))

    for method in ("GET", "HEAD", "GET"):
        visitor = site.browser()
        visitor.open(link, method=method)
        assert visitor.get("/address").status_code == 200

    assert addresses(site) == (OLD, {OLD})


def test_all_other_sign_ins_end_and_the_requesting_one_continues(site: Site) -> None:
    client, elsewhere = site.cast.client("us4"), site.cast.client("us4")
    link = link_in(request_address(site, NEW, client))

    assert use(client, link) == 303

    assert client.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303


def test_link_works_once_and_a_newer_link_replaces_it(site: Site) -> None:
    client = site.cast.client("us4")
    (old,) = request_address(site, "other@example.org", client)
    old_link = _LINK.search(old.message.get_content())
    assert old_link is not None
    link = link_in(request_address(site, NEW, client))

    client.get(old_link[1])
    assert "does not work any more" in client.get("/address").text
    assert use(client, link) == 303
    client.get(link)
    assert "does not work any more" in client.get("/address").text


@pytest.mark.parametrize("persona", [None, "us3", "st-coord"])
def test_reader_of_a_mistyped_mailbox_changes_nothing(site: Site, persona: str | None) -> None:
    owner = site.cast.client("us4")
    link = link_in(request_address(site, NEW, owner))
    reader = site.cast.client(persona) if persona else site.browser()

    reader.get(link)
    shown = reader.get("/address")
    pressed = confirm_without_button(reader)

    assert ELSEWHERE in shown.text
    assert page(shown).select_one("main form") is None
    assert NEW not in shown.text
    assert pressed.status_code == 422
    assert (ELSEWHERE in pressed.text, NEW in pressed.text) == (True, False)
    assert addresses(site) == (OLD, {OLD})
    assert site.mail() == []
    assert use(owner, link) == 303, "the link is unused still"


@pytest.mark.parametrize("persona", [None, "us3"])
def test_page_in_another_browser_says_nothing_about_the_link(site: Site, persona: str | None) -> None:
    owner = site.cast.client("us4")
    (replaced,) = request_address(site, "other@example.org", owner)
    void = _LINK.search(replaced.message.get_content())
    assert void is not None
    live = link_in(request_address(site, NEW, owner))

    seen = {
        address_page_text(site, persona, None),
        address_page_text(site, persona, void[1]),
        address_page_text(site, persona, live),
    }
    assert use(owner, live) == 303
    seen.add(address_page_text(site, persona, live))

    assert len(seen) == 1


def test_ended_sign_in_changes_nothing(site: Site) -> None:
    client = site.cast.client("us4")
    link = link_in(request_address(site, NEW, client))
    client.get(link)
    with upkeep(system(Purpose.SAMPLE)):
        accounts_operations.end_sign_ins(site.cast.account("us4"), clock.real_now())

    assert confirm_without_button(client).status_code == 422
    assert addresses(site) == (OLD, {OLD})


def test_email_says_where_to_open_its_link(site: Site) -> None:
    (email,) = request_address(site, NEW)

    assert "in the browser in which you are signed in" in " ".join(email.message.get_content().split())


def test_address_in_use_gets_the_same_answer_and_no_email(site: Site) -> None:
    assert request_address(site, "US3@example.invalid") == []
    assert addresses(site) == (OLD, {OLD})


def test_address_that_was_taken_after_the_request_changes_nothing(site: Site) -> None:
    client = site.cast.client("us4")
    link = link_in(request_address(site, NEW, client))
    with upkeep(system(Purpose.SAMPLE)):
        dialogues.add_person(site.cast.dialogue("LVR"), "Somebody Else", NEW)

    assert use(client, link) == 422

    assert addresses(site) == (OLD, {OLD})
    assert site.mail() == []


def test_invalid_or_own_address_is_refused_and_the_form_is_kept(site: Site) -> None:
    form = f"/meetings/{site.cast.meeting('LVR-1')}/registration/address"
    client = site.cast.client("us4")

    for typed, said in (("nobody", "is not an e-mail address"), ("US4@example.invalid", "your address already")):
        answer = send(client, form, email=typed)
        assert answer.status_code == 422
        assert said in complaints(answer)
        assert typed in answer.text


def test_at_most_three_emails_are_sent_in_six_hours(site: Site) -> None:
    sent = [request_address(site, f"new{number}@example.org") for number in range(5)]

    assert [len(emails) for emails in sent] == [1, 1, 1, 0, 0]


def test_links_mailed_to_the_old_address_stop_working(site: Site) -> None:
    participation = site.participation_of("us4", "LVR-1")
    with upkeep(system(Purpose.SAMPLE)):
        accounts_operations.mint_only_link(LinkPurpose.SIGN_IN, site.cast.account("us4"), BEFORE_LVR_1)
        invitations.mint_personal_link(participation, BEFORE_LVR_1)

    client = site.cast.client("us4")
    assert use(client, link_in(request_address(site, NEW, client))) == 303

    db.session.rollback()
    left = select(SecretLink.purpose).where(
        SecretLink.subject.in_([participation, _account(NEW)]),
        SecretLink.used_at.is_(None),
        SecretLink.revoked_at.is_(None),
    )
    assert db.session.scalars(left).all() == []


@pytest.mark.parametrize("persona", ["st-coord", "st-host", "kr1", "in-ko1"])
def test_person_without_a_registration_cannot_request_an_address(site: Site, persona: str) -> None:
    form = f"/meetings/{site.cast.meeting('LVR-1')}/registration/address"

    assert site.cast.client(persona).get(form).status_code == 404


def test_undelivered_email_goes_only_to_the_new_address(site: Site) -> None:
    client = site.cast.client("us4")
    link = link_in(request_address(site, NEW, client))
    site.smtp.recipient_answers[OLD] = "450 Later"
    to(site, "LVR-1")
    site.mail()
    frozen = waiting(site)
    assert frozen

    assert use(client, link) == 303
    site.smtp.recipient_answers.clear()
    left = deliver_after_retries(site)

    assert {email.recipients for email in left if "Your address was changed" in email.message["Subject"]} == {(OLD,)}
    assert {email.message["Message-ID"] for email in left if email.recipients == (NEW,)} == frozen
    assert len([email for email in left if email.recipients == (OLD,)]) == 1


def test_each_old_address_is_informed_even_if_the_next_change_follows_at_once(site: Site) -> None:
    site.smtp.recipient_answers[OLD] = "450 Later"
    client = site.cast.client("us4")
    use(client, link_in(request_address(site, NEW, client)))
    site.mail()
    form = f"/meetings/{site.cast.meeting('LVR-1')}/registration/address"
    assert send(client, form, email="third@example.org").status_code == 303
    (email,) = site.mail()
    found = _LINK.search(email.message.get_content())
    assert found is not None
    assert use(client, found[1]) == 303
    site.smtp.recipient_answers.clear()

    notice = [
        email.recipients
        for email in deliver_after_retries(site)
        if "Your address was changed" in email.message["Subject"]
    ]

    assert sorted(notice) == [(NEW,), (OLD,)]


def test_second_factor_is_required_before_an_email_is_sent(site: Site) -> None:
    account_id = site.cast.account("us4")
    with upkeep(system(Purpose.SAMPLE)):
        accounts_operations.prepare_factor(account_id)
        factor = accounts_queries.factor_of(account_id, confirmed=False)
        assert factor is not None
        factor.confirmed_at = clock.real_now()
    form, client = f"/meetings/{site.cast.meeting('LVR-1')}/registration/address", site.cast.client("us4")
    asked = client.get(form)
    assert asked.status_code == 303
    assert "purpose=address.change" in asked.location

    assert send(client, asked.location).status_code == 303
    assert send(client, form, email=NEW).status_code == 303
    link_in(site.mail())


def waiting(site: Site) -> set[str]:
    """The numbers of emails to us4 that wait for another attempt."""
    db.session.rollback()
    ours = select(DueEmail.message_id).where(
        DueEmail.person_id.in_(select(Person.id).where(Person.account_id == site.cast.account("us4"))),
        DueEmail.state == EmailState.READY,
    )
    return set(db.session.scalars(ours))


def deliver_after_retries(site: Site) -> list[Email]:
    """The emails sent after all retry pauses."""
    with upkeep(system(Purpose.UPKEEP)) as session:
        session.execute(update(DueEmail).values(due_at=None))
    return site.mail()
