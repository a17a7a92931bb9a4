"""Another e-mail address: asked for by its owner, made by them where they are signed in, told to the old one."""

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
from tests.people.conftest import Office
from tests.people.messages.test_messages import to

ELSEWHERE = "Sign in where you asked for the change, and open the link there."
OLD, NEW = "us4@example.invalid", "renee@example.org"
_LINK = re.compile(r"http://localhost(/links/[\w-]+)")


def ask(office: Office, email: str, client: FlaskClient | None = None) -> list[Email]:
    """Ask for the address on one's registration; the letters that leave."""
    form = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address"
    answer = send(client or office.cast.client("us4"), form, email=email)
    assert (answer.status_code, answer.location) == (303, form.removesuffix("/address"))
    return office.mail()


def link_in(emails: list[Email]) -> str:
    (letter,) = emails
    assert letter.recipients == (NEW,)
    found = _LINK.search(letter.message.get_content())
    assert found is not None
    return found[1]


def use(browser: FlaskClient, link: str) -> int:
    assert browser.get(link).location == "/address"
    return send(browser, "/address").status_code


def said(office: Office, persona: str | None, link: str | None) -> str:
    """What `/address` says in a browser of this persona, or of nobody, that opened the link, or none."""
    browser = office.cast.client(persona) if persona else office.browser()
    if link is not None:
        assert browser.get(link).location == "/address"
    shown, pressed = browser.get("/address"), press_anyway(browser)
    words = [" ".join(main.get_text(" ").split()) for one in (shown, pressed) for main in page(one).select("main")]
    return f"{shown.status_code} {pressed.status_code} {words}"


def press_anyway(browser: FlaskClient) -> TestResponse:
    """Send what the button would send, from a page that shows none."""
    token = page(browser.get("/sign-in", follow_redirects=True)).select_one("input[name=csrf_token]")
    assert token is not None
    return browser.post("/address", data={"csrf_token": token["value"]}, headers=SAME_ORIGIN)


def addresses(office: Office) -> tuple[str, set[str | None]]:
    """That of us4's account, and of the persons behind it."""
    db.session.rollback()
    account = db.session.get_one(Account, office.cast.account("us4") if _has(OLD) else _account(NEW))
    persons = set(db.session.scalars(select(Person.email).where(Person.account_id == account.id)))
    return account.email, persons


def _has(email: str) -> bool:
    return db.session.execute(select(Account.id).where(Account.email == email)).first() is not None


def _account(email: str) -> UUID:
    return db.session.execute(select(Account.id).where(Account.email == email)).scalar_one()


def test_the_new_address_counts_once_its_letter_is_answered(office: Office) -> None:
    client = office.cast.client("us4")

    link = link_in(ask(office, NEW, client))
    assert addresses(office) == (OLD, {OLD})
    assert use(client, link) == 303

    assert addresses(office) == (NEW, {NEW})
    (told,) = office.mail()
    assert told.recipients == (OLD,)
    assert NEW not in told.message.get_content()
    assert "address.changed" in db.session.scalars(select(AuditEntry.action)).all()
    db.session.rollback()
    assert client.get("/").status_code == 200


def test_opening_the_link_changes_nothing_however_often(office: Office) -> None:
    link = link_in(ask(office, NEW))

    for method in ("GET", "HEAD", "GET"):
        visitor = office.browser()
        visitor.open(link, method=method)
        assert visitor.get("/address").status_code == 200

    assert addresses(office) == (OLD, {OLD})


def test_all_other_sign_ins_end_and_the_one_where_it_was_asked_for_stays(office: Office) -> None:
    client, elsewhere = office.cast.client("us4"), office.cast.client("us4")
    link = link_in(ask(office, NEW, client))

    assert use(client, link) == 303

    assert client.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303


def test_a_link_works_once_and_a_newer_one_voids_it(office: Office) -> None:
    client = office.cast.client("us4")
    (old,) = ask(office, "other@example.org", client)
    old_link = _LINK.search(old.message.get_content())
    assert old_link is not None
    link = link_in(ask(office, NEW, client))

    client.get(old_link[1])
    assert "does not work any more" in client.get("/address").text
    assert use(client, link) == 303
    client.get(link)
    assert "does not work any more" in client.get("/address").text


@pytest.mark.parametrize("persona", [None, "us3", "st-coord"])
def test_whoever_reads_the_mailbox_of_a_mistyped_address_changes_nothing(office: Office, persona: str | None) -> None:
    owner = office.cast.client("us4")
    link = link_in(ask(office, NEW, owner))
    reader = office.cast.client(persona) if persona else office.browser()

    reader.get(link)
    shown = reader.get("/address")
    pressed = press_anyway(reader)

    assert ELSEWHERE in shown.text
    assert page(shown).select_one("main form") is None
    assert NEW not in shown.text
    assert pressed.status_code == 422
    assert (ELSEWHERE in pressed.text, NEW in pressed.text) == (True, False)
    assert addresses(office) == (OLD, {OLD})
    assert office.mail() == []
    assert use(owner, link) == 303, "the link is unused still"


@pytest.mark.parametrize("persona", [None, "us3"])
def test_elsewhere_the_page_says_nothing_about_the_link(office: Office, persona: str | None) -> None:
    owner = office.cast.client("us4")
    (replaced,) = ask(office, "other@example.org", owner)
    void = _LINK.search(replaced.message.get_content())
    assert void is not None
    live = link_in(ask(office, NEW, owner))

    seen = {said(office, persona, None), said(office, persona, void[1]), said(office, persona, live)}
    assert use(owner, live) == 303
    seen.add(said(office, persona, live))

    assert len(seen) == 1


def test_a_sign_in_that_has_ended_meanwhile_changes_nothing(office: Office) -> None:
    client = office.cast.client("us4")
    link = link_in(ask(office, NEW, client))
    client.get(link)
    with upkeep(system(Purpose.SAMPLE)):
        accounts_operations.end_sign_ins(office.cast.account("us4"), clock.real_now())

    assert press_anyway(client).status_code == 422
    assert addresses(office) == (OLD, {OLD})


def test_the_letter_says_where_its_link_is_to_be_opened(office: Office) -> None:
    (letter,) = ask(office, NEW)

    assert "in the browser in which you are signed in" in " ".join(letter.message.get_content().split())


def test_an_address_that_someone_signs_in_with_gets_the_same_answer_and_no_letter(office: Office) -> None:
    assert ask(office, "US3@example.invalid") == []
    assert addresses(office) == (OLD, {OLD})


def test_an_address_that_is_taken_meanwhile_changes_nothing(office: Office) -> None:
    client = office.cast.client("us4")
    link = link_in(ask(office, NEW, client))
    with upkeep(system(Purpose.SAMPLE)):
        dialogues.add_person(office.cast.dialogue("LVR"), "Somebody Else", NEW)

    assert use(client, link) == 422

    assert addresses(office) == (OLD, {OLD})
    assert office.mail() == []


def test_what_is_no_address_or_ones_own_is_refused_with_the_form_as_typed(office: Office) -> None:
    form = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address"
    client = office.cast.client("us4")

    for typed, said in (("nobody", "is not an e-mail address"), ("US4@example.invalid", "your address already")):
        answer = send(client, form, email=typed)
        assert answer.status_code == 422
        assert said in complaints(answer)
        assert typed in answer.text


def test_at_most_three_letters_leave_within_six_hours(office: Office) -> None:
    sent = [ask(office, f"new{number}@example.org") for number in range(5)]

    assert [len(emails) for emails in sent] == [1, 1, 1, 0, 0]


def test_links_that_were_mailed_to_the_old_address_let_nobody_in(office: Office) -> None:
    participation = office.participation_of("us4", "LVR-1")
    with upkeep(system(Purpose.SAMPLE)):
        accounts_operations.mint_only_link(LinkPurpose.SIGN_IN, office.cast.account("us4"), BEFORE_LVR_1)
        invitations.mint_personal_link(participation, BEFORE_LVR_1)

    client = office.cast.client("us4")
    assert use(client, link_in(ask(office, NEW, client))) == 303

    db.session.rollback()
    left = select(SecretLink.purpose).where(
        SecretLink.subject.in_([participation, _account(NEW)]),
        SecretLink.used_at.is_(None),
        SecretLink.revoked_at.is_(None),
    )
    assert db.session.scalars(left).all() == []


@pytest.mark.parametrize("persona", ["st-coord", "st-host", "kr1", "in-ko1"])
def test_whoever_is_not_registered_asks_for_no_address_here(office: Office, persona: str) -> None:
    form = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address"

    assert office.cast.client(persona).get(form).status_code == 404


def test_a_letter_that_could_not_leave_yet_goes_to_the_new_address_only(office: Office) -> None:
    client = office.cast.client("us4")
    link = link_in(ask(office, NEW, client))
    office.smtp.recipient_answers[OLD] = "450 Later"
    to(office, "LVR-1")
    office.mail()
    frozen = waiting(office)
    assert frozen

    assert use(client, link) == 303
    office.smtp.recipient_answers.clear()
    left = hurry(office)

    assert {letter.recipients for letter in left if "Your address was changed" in letter.message["Subject"]} == {(OLD,)}
    assert {letter.message["Message-ID"] for letter in left if letter.recipients == (NEW,)} == frozen
    assert len([letter for letter in left if letter.recipients == (OLD,)]) == 1


def test_each_address_that_is_given_up_is_told_of_it_however_fast_the_next_follows(office: Office) -> None:
    office.smtp.recipient_answers[OLD] = "450 Later"
    client = office.cast.client("us4")
    use(client, link_in(ask(office, NEW, client)))
    office.mail()
    form = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address"
    assert send(client, form, email="third@example.org").status_code == 303
    (letter,) = office.mail()
    found = _LINK.search(letter.message.get_content())
    assert found is not None
    assert use(client, found[1]) == 303
    office.smtp.recipient_answers.clear()

    told = [letter.recipients for letter in hurry(office) if "Your address was changed" in letter.message["Subject"]]

    assert sorted(told) == [(NEW,), (OLD,)]


def test_who_has_a_second_factor_shows_it_before_a_letter_leaves(office: Office) -> None:
    account_id = office.cast.account("us4")
    with upkeep(system(Purpose.SAMPLE)):
        accounts_operations.prepare_factor(account_id)
        factor = accounts_queries.factor_of(account_id, confirmed=False)
        assert factor is not None
        accounts_operations.confirm_factor(factor.id, clock.real_now())
    form, client = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address", office.cast.client("us4")
    asked = client.get(form)
    assert asked.status_code == 303
    assert "purpose=address.change" in asked.location

    assert send(client, asked.location).status_code == 303
    assert send(client, form, email=NEW).status_code == 303
    link_in(office.mail())


def waiting(office: Office) -> set[str]:
    """The numbers of letters to us4 that are to be tried again."""
    db.session.rollback()
    ours = select(DueEmail.message_id).where(
        DueEmail.person_id.in_(select(Person.id).where(Person.account_id == office.cast.account("us4"))),
        DueEmail.state == EmailState.READY,
    )
    return set(db.session.scalars(ours))


def hurry(office: Office) -> list[Email]:
    """The letters that leave once every pause is over."""
    with upkeep(system(Purpose.UPKEEP)) as session:
        session.execute(update(DueEmail).values(due_at=None))
    return office.mail()
