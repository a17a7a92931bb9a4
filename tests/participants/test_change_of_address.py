"""Another e-mail address: asked for by its owner, made by whoever reads the letters there, told to the old one."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dialogues.accounts import posting as accounts
from dialogues.accounts import queries as account_queries
from dialogues.accounts.models import Account, SecretLink
from dialogues.accounts.rules import LinkPurpose, Proof
from dialogues.audit.models import AuditEntry
from dialogues.common import clock
from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings import posting as meetings
from dialogues.meetings.models import Person
from dialogues.outbox.models import Letter as OwedLetter
from dialogues.outbox.rules import LetterState
from dialogues.participants import posting
from tests.beds.forms import complaints, send
from tests.beds.mail import Letter
from tests.cast import BEFORE_LVR_1, TERMS
from tests.participants.conftest import Office
from tests.participants.test_messages import to

OLD, NEW = "us4@example.invalid", "renee@example.org"
_LINK = re.compile(r"http://localhost(/links/[\w-]+)")


def ask(office: Office, email: str, client: FlaskClient | None = None) -> list[Letter]:
    """Ask for the address on one's registration; the letters that leave."""
    page = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address"
    answer = send(client or office.cast.client("us4"), page, email=email)
    assert (answer.status_code, answer.location) == (303, page.removesuffix("/address"))
    return office.mail()


def link_in(letters: list[Letter]) -> str:
    (letter,) = letters
    assert letter.recipients == (NEW,)
    found = _LINK.search(letter.message.get_content())
    assert found is not None
    return found[1]


def use(browser: FlaskClient, link: str) -> int:
    assert browser.get(link).location == "/address"
    return send(browser, "/address").status_code


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


def test_all_other_sign_ins_end_and_a_browser_without_one_stays_without(office: Office) -> None:
    client, elsewhere = office.cast.client("us4"), office.cast.client("us4")
    link = link_in(ask(office, NEW, client))
    visitor = office.browser()

    assert use(visitor, link) == 303

    for browser in (client, elsewhere, visitor):
        assert browser.get("/").status_code == 303


def test_a_link_works_once_and_a_newer_one_voids_it(office: Office) -> None:
    (old,) = ask(office, "other@example.org")
    old_link = _LINK.search(old.message.get_content())
    assert old_link is not None
    link = link_in(ask(office, NEW))

    visitor = office.browser()
    visitor.get(old_link[1])
    assert "does not work any more" in visitor.get("/address").text
    browser = office.browser()
    assert use(browser, link) == 303
    again = office.browser()
    again.get(link)
    assert "does not work any more" in again.get("/address").text


def test_an_address_that_someone_signs_in_with_gets_the_same_answer_and_no_letter(office: Office) -> None:
    assert ask(office, "US3@example.invalid") == []
    assert addresses(office) == (OLD, {OLD})


def test_an_address_that_is_taken_meanwhile_changes_nothing(office: Office) -> None:
    link = link_in(ask(office, NEW))
    with upkeep(system(Purpose.SAMPLE)):
        meetings.add_person(office.cast.dialogue("LVR"), "Somebody Else", NEW)

    assert use(office.browser(), link) == 422

    assert addresses(office) == (OLD, {OLD})
    assert office.mail() == []


def test_what_is_no_address_or_ones_own_is_refused_with_the_form_as_typed(office: Office) -> None:
    page = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address"
    client = office.cast.client("us4")

    for typed, said in (("nobody", "is not an e-mail address"), ("US4@example.invalid", "your address already")):
        answer = send(client, page, email=typed)
        assert answer.status_code == 422
        assert said in complaints(answer)
        assert typed in answer.text


def test_at_most_three_letters_leave_within_six_hours(office: Office) -> None:
    sent = [ask(office, f"new{number}@example.org") for number in range(5)]

    assert [len(letters) for letters in sent] == [1, 1, 1, 0, 0]


def test_links_that_were_mailed_to_the_old_address_let_nobody_in(office: Office) -> None:
    participation = office.participation_of("us4", "LVR-1")
    with upkeep(system(Purpose.SAMPLE)):
        accounts.mint_only_link(LinkPurpose.SIGN_IN, office.cast.account("us4"), BEFORE_LVR_1)
        posting.mint_personal_link(participation, BEFORE_LVR_1)

    assert use(office.browser(), link_in(ask(office, NEW))) == 303

    db.session.rollback()
    left = select(SecretLink.purpose).where(
        SecretLink.subject.in_([participation, _account(NEW)]),
        SecretLink.used_at.is_(None),
        SecretLink.revoked_at.is_(None),
    )
    assert db.session.scalars(left).all() == []


@pytest.mark.parametrize("persona", ["st-coord", "st-host", "kr1", "in-ko1"])
def test_whoever_is_not_registered_asks_for_no_address_here(office: Office, persona: str) -> None:
    page = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address"

    assert office.cast.client(persona).get(page).status_code == 404


def test_a_letter_that_could_not_leave_yet_goes_to_the_new_address_only(office: Office) -> None:
    link = link_in(ask(office, NEW))
    office.smtp.recipient_answers[OLD] = "450 Later"
    to(office, "LVR-1")
    office.mail()
    frozen = waiting(office)
    assert frozen

    assert use(office.browser(), link) == 303
    office.smtp.recipient_answers.clear()
    left = hurry(office)

    assert {letter.recipients for letter in left if "Your address was changed" in letter.message["Subject"]} == {(OLD,)}
    assert {letter.message["Message-ID"] for letter in left if letter.recipients == (NEW,)} == frozen
    assert len([letter for letter in left if letter.recipients == (OLD,)]) == 1


def test_each_address_that_is_given_up_is_told_of_it_however_fast_the_next_follows(office: Office) -> None:
    office.smtp.recipient_answers[OLD] = "450 Later"
    use(office.browser(), link_in(ask(office, NEW)))
    office.mail()
    page = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address"
    client = office.cast.app.test_client()
    with upkeep(system(Purpose.SIGN_IN)):
        handle = accounts.open_sign_in(
            _account(NEW), frozenset({Proof.LINK}), now=clock.real_now(), longest=TERMS.staff_longest
        )
    with client.session_transaction() as cookie:
        cookie["_user_id"] = handle
    assert send(client, page, email="third@example.org").status_code == 303
    (letter,) = office.mail()
    found = _LINK.search(letter.message.get_content())
    assert found is not None
    assert use(office.browser(), found[1]) == 303
    office.smtp.recipient_answers.clear()

    told = [letter.recipients for letter in hurry(office) if "Your address was changed" in letter.message["Subject"]]

    assert sorted(told) == [(NEW,), (OLD,)]


def test_who_has_a_second_factor_shows_it_before_a_letter_leaves(office: Office) -> None:
    account_id = office.cast.account("us4")
    with upkeep(system(Purpose.SAMPLE)):
        accounts.prepare_factor(account_id)
        factor = account_queries.factor_of(account_id, confirmed=False)
        assert factor is not None
        accounts.confirm_factor(factor.id, clock.real_now())
    page, client = f"/meetings/{office.cast.meeting('LVR-1')}/registration/address", office.cast.client("us4")
    asked = client.get(page)
    assert asked.status_code == 303
    assert "purpose=address.change" in asked.location

    assert send(client, asked.location).status_code == 303
    assert send(client, page, email=NEW).status_code == 303
    link_in(office.mail())


def waiting(office: Office) -> set[str]:
    """The numbers of letters to us4 that are to be tried again."""
    db.session.rollback()
    ours = select(OwedLetter.message_id).where(
        OwedLetter.person_id.in_(select(Person.id).where(Person.account_id == office.cast.account("us4"))),
        OwedLetter.state == LetterState.READY,
    )
    return set(db.session.scalars(ours))


def hurry(office: Office) -> list[Letter]:
    """The letters that leave once every pause is over."""
    with upkeep(system(Purpose.UPKEEP)) as session:
        session.execute(update(OwedLetter).values(due_at=None))
    return office.mail()
