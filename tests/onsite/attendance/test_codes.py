"""A personal code is emailed after approval, opens a page for the liaison desk, and is 404 for everyone else."""

import re

import pytest
from sqlalchemy import func, select, update

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.models import SecretLink
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.roles.models import RoleGrant
from dialogues.onsite.attendance.handlers import send_codes
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.events import ParticipationWithdrawn
from dialogues.people.roster import commands as roster
from dialogues.people.roster.rules import RegistrationApproved
from dialogues.policy import Role
from tests.architecture.test_matrix import ask, difference
from tests.beds.forms import complaints, page, press, send
from tests.beds.web import set_clock
from tests.cast import MIDDLE_OF_TRD_1, Cast
from tests.onsite.attendance.conftest import CODE, MORNING, Desk

_OTHER_TOKEN = re.compile(rb'name="link-csrf_token"[^>]*>')
IN_THE_SESSION = MIDDLE_OF_TRD_1.replace(hour=1, minute=30)


def test_an_approved_participant_gets_one_email_with_a_code(desk: Desk) -> None:
    desk.record(RegistrationApproved, "kr2")

    (letter,) = desk.mail()

    assert letter.recipients == ("kr2@example.invalid",)
    assert letter.message["Subject"] == "Your code"
    text, picture = letter.message.iter_parts()
    assert CODE.search(text.get_content())
    assert (picture.get_content_type(), picture.get_filename()) == ("image/png", "code.png")
    for told in ("TRD", "Tuul", "Ulaanbaatar", "meeting"):
        assert told not in text.get_content()


def test_approving_many_sends_one_email_each_with_as_many_queries_as_one(desk: Desk, queries_of) -> None:
    def approve(names: tuple[str, ...]) -> int:
        parts = [db.session.get_one(Participation, desk.participation(name)) for name in names]
        said = [
            RegistrationApproved(
                about=one.id,
                dialogue_id=one.dialogue_id,
                meeting_id=one.meeting_id,
                person_id=one.person_id,
                at=MIDDLE_OF_TRD_1,
            )
            for one in parts
        ]
        with upkeep(system(Purpose.SAMPLE)):
            for one in said:
                db.session.get_one(Participation, one.about).approved_at = MIDDLE_OF_TRD_1
            db.session.flush()
            return queries_of(lambda: send_codes(said))

    one, many = approve(("kr2",)), approve(("kr1", "us4", "jp1", "cn1", "ru1"))

    assert many == one
    assert {letter.recipients[0] for letter in desk.mail()} == {
        f"{name}@example.invalid" for name in ("kr2", "kr1", "us4", "jp1", "cn1", "ru1")
    }


def test_a_withdrawn_approval_sends_no_code(desk: Desk) -> None:
    desk.record(RegistrationApproved, "kr2")

    roster.take_approval_back(
        desk.cast.viewer("st-coord", meeting="TRD-1"), desk.participation("kr2"), now=MIDDLE_OF_TRD_1
    )

    assert desk.mail() == []


def test_the_secret_is_deleted_after_the_email_is_sent(desk: Desk) -> None:
    code = desk.code_of("kr2")

    kept = db.session.execute(select(Email).where(Email.kind == EmailKind.ATTENDANCE_CODE)).scalar_one()
    assert kept.sealed_bytes is None
    link = db.session.execute(select(SecretLink).where(SecretLink.purpose == LinkPurpose.ATTENDANCE)).scalar_one()
    assert code.rpartition("/")[2].encode() not in link.sha256


def test_a_scanned_code_shows_the_person_and_the_current_session(desk: Desk, name_of) -> None:
    code = desk.code_of("kr2")
    set_clock(desk.cast.app, IN_THE_SESSION)

    answer = desk.browser.get(code, follow_redirects=True)

    found = page(answer)
    assert answer.status_code == 200
    assert code.rpartition("/")[2] not in answer.request.path
    assert name_of("kr2") in found.select_one("h1").get_text()
    assert found.select_one("main h2").get_text() == "Running now"

    assert press(desk.browser, answer.request.path, "Mark as present").status_code == 303
    assert desk.marked(MORNING) == [name_of("kr2")]
    assert "Undo" in desk.browser.get(answer.request.path).text


def test_between_sessions_the_liaison_desk_chooses_a_session_of_today(desk: Desk) -> None:
    found = page(desk.browser.get(desk.code_of("kr2"), follow_redirects=True))

    assert found.select_one("main h2").get_text() == "Which session of today?"
    assert len(found.select("main form .btn-primary")) == 2


@pytest.mark.parametrize("who", ["st-coord", "st-host", "ch1", "kr1", "kr2", "xo2", "in-ko1", "st-rap2", "st-arch"])
def test_for_other_roles_a_code_looks_like_an_unknown_address(desk: Desk, cast: Cast, who: str, queries_of) -> None:
    code, unknown = desk.code_of("kr2"), "/attendance/code/" + "x" * 43
    other = cast.client(who)
    other.get("/")

    there, nothing = ask(other, "GET", code), ask(other, "GET", unknown)

    assert there[0] == 404
    assert there == nothing
    assert queries_of(lambda: other.get(code)) == queries_of(lambda: other.get(unknown))


def test_without_sign_in_a_code_redirects_to_sign_in_like_every_path(desk: Desk, cast: Cast) -> None:
    browser = cast.client(None)

    for address in (desk.code_of("kr2"), "/attendance/code/unknown", "/no/such/page"):
        answer = browser.get(address)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")


def test_a_code_scanned_before_sign_in_opens_afterwards(desk: Desk, cast: Cast, name_of) -> None:
    code, browser = desk.code_of("kr2"), cast.client(None)
    secret = code.rpartition("/")[2]
    first = browser.get(code)
    assert first.location == "/sign-in"

    link = mailed_sign_in(cast, "st-travel")
    browser.get(link)
    entered = send(browser, "/link")

    assert entered.location == "/attendance/code"
    answer = browser.get(entered.location)
    assert secret not in answer.location
    assert name_of("kr2") in browser.get(answer.location).text
    assert browser.get("/attendance/code").status_code == 404


def test_an_invalid_code_looks_the_same_before_sign_in(desk: Desk, cast: Cast, queries_of) -> None:
    code, unknown = desk.code_of("kr2"), "/attendance/code/" + "x" * 43
    seen = []
    for address in (code, unknown):
        browser = cast.client(None)
        browser.get("/sign-in")
        asked = queries_of(lambda address=address, browser=browser: seen.append(ask(browser, "GET", address)))
        seen.append(asked)
        status, body, headers = ask(browser, "GET", "/sign-in")
        seen.append((status, _OTHER_TOKEN.sub(b"", body), headers))

    assert seen[:3] == seen[3:], difference(seen[2], seen[5])


def mailed_sign_in(cast: Cast, who: str) -> str:
    with upkeep(system(Purpose.SIGN_IN)):
        secret = accounts.mint_only_link(LinkPurpose.SIGN_IN, cast.account(who), clock.real_now())
    return f"/links/{secret}"


def test_the_liaison_desk_of_another_meeting_cannot_open_a_code(desk: Desk, cast: Cast) -> None:
    """The liaison desk with a role in SCD-1 only."""
    code = desk.code_of("kr2")
    in_trd = (RoleGrant.dialogue_id == cast.dialogue("TRD"), RoleGrant.role == Role.LIAISON_DESK)
    with upkeep(system(Purpose.SAMPLE)):
        db.session.execute(update(RoleGrant).where(*in_trd).values(revoked_at=MIDDLE_OF_TRD_1))

    assert desk.browser.get(code).status_code == 404


def test_the_code_ends_with_the_participation(desk: Desk) -> None:
    code = desk.code_of("kr2")
    assert desk.browser.get(code).status_code == 303

    desk.record(ParticipationWithdrawn, "kr2")

    assert desk.browser.get(code).status_code == 404


def test_the_code_works_until_the_day_after_the_meeting(desk: Desk) -> None:
    code = desk.code_of("kr2")

    set_clock(desk.cast.app, MIDDLE_OF_TRD_1.replace(day=28, hour=10))
    assert desk.browser.get(code).status_code == 303
    set_clock(desk.cast.app, MIDDLE_OF_TRD_1.replace(day=29, hour=10))
    assert desk.browser.get(code).status_code == 404


def test_cards_are_printed_for_people_without_an_email_address(desk: Desk, cast: Cast) -> None:
    """Five people of TRD-1 in the sample have no email address."""
    unreached = (
        select(Person.name)
        .join(Participation, Participation.person_id == Person.id)
        .where(Participation.meeting_id == cast.meeting(), Person.email.is_(None))
    )
    wanted = set(db.session.scalars(unreached))

    printed = page(send(desk.browser, desk.address("/codes"), whom="unreached"))

    assert {card.select_one(".person bdi").get_text() for card in printed.select(".code-card")} == wanted
    assert len(printed.select(".code-card svg.qr")) == len(wanted) > 0
    made = select(func.count()).where(SecretLink.purpose == LinkPurpose.ATTENDANCE)
    assert db.session.scalar(made) == len(wanted)


def test_if_everyone_has_an_email_address_the_page_says_to_choose_everyone(desk: Desk) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        for number, person in enumerate(db.session.scalars(select(Person).where(Person.email.is_(None)))):
            person.email = person.email_norm = f"reached-{number}@example.invalid"

    refused = send(desk.browser, desk.address("/codes"), whom="unreached")

    assert refused.status_code == 422
    assert "choose everyone" in complaints(refused)


def test_a_card_does_not_end_the_emailed_code(desk: Desk) -> None:
    code = desk.code_of("kr2")

    assert send(desk.browser, desk.address("/codes"), whom="everyone").status_code == 200

    assert desk.browser.get(code).status_code == 303
