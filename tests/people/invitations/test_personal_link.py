"""The life of a personal link: opening it changes nothing, the answer uses it up, a new one can be requested."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.models import SecretLink, SignIn
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.dialogues.rules.kinds import InviteProfile
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.invitations.operations import mint_personal_link
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.questionnaire.models import Answer
from tests.beds.forms import SAME_ORIGIN, held, page, press, send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1
from tests.people.conftest import Site
from tests.people.question_forms import create_question, meeting, post_answers
from tests.people.roster.test_views import invite

OYUN = "oyun@example.org"


@pytest.fixture
def link(site: Site) -> str:
    """The path of Oyun's personal link to SCD-1."""
    invite(site)
    site.mail()
    return site.link_to(OYUN)


def opened(site: Site, link: str) -> FlaskClient:
    """A browser that has opened the link."""
    browser = site.browser()
    assert browser.get(link).status_code == 303
    return browser


def answer(browser: FlaskClient, said: str) -> TestResponse:
    form = page(browser.get("/registration")).select_one("main form[method=post]")
    assert form is not None
    return browser.post("/registration", data=held(form) | {"answer": said}, headers=SAME_ORIGIN)


def status(site: Site) -> ParticipationStatus:
    return site.participation(OYUN).status


def sign_ins() -> int:
    db.session.rollback()
    return len(db.session.execute(select(SignIn.id)).all())


def test_opening_a_link_any_number_of_times_changes_nothing(site: Site, link: str) -> None:
    for method in ("GET", "HEAD", "GET", "HEAD"):
        visitor = site.browser()
        gone_to = visitor.open(link, method=method)
        assert (gone_to.status_code, gone_to.location) == (303, "/registration")
        assert visitor.get("/registration").status_code == 200

    db.session.rollback()
    kept = db.session.execute(select(SecretLink).where(SecretLink.purpose == LinkPurpose.REGISTRATION)).scalars()
    assert not any(row.used_at for row in kept)
    assert status(site) is ParticipationStatus.INVITED


def test_secret_is_in_no_page_and_in_no_address_after_the_first(site: Site, link: str) -> None:
    browser = opened(site, link)

    assert link.removeprefix("/r/") not in browser.get("/registration").text


def test_before_the_answer_a_discreet_meeting_shows_city_days_and_capacity_only(site: Site, link: str) -> None:
    text = opened(site, link).get("/registration").text

    assert "Oyun Bat, you are invited as participant" in text
    assert "Ulaanbaatar" in text or "2027" in text
    title = db.session.execute(select(Meeting.title).where(Meeting.code == "SCD-1")).scalar_one()
    assert title not in text
    assert "SCD" not in text


def test_meeting_with_full_profile_shows_its_name(site: Site, link: str) -> None:
    with upkeep(system(Purpose.UPKEEP)):
        db.session.execute(select(Meeting).where(Meeting.code == "SCD-1")).scalar_one().profile = InviteProfile.FULL

    assert "Series of online sessions" in opened(site, link).get("/registration").text


def test_accepting_opens_only_this_registration_and_leads_to_the_details(site: Site, link: str) -> None:
    browser = opened(site, link)

    accepted = answer(browser, "accept")

    assert accepted.location == f"/meetings/{site.cast.meeting('SCD-1')}/registration"
    assert "Thank you: you have accepted" in browser.get(accepted.location).text
    assert status(site) is ParticipationStatus.CONFIRMED
    assert "Your link opens your registration only" in browser.get(accepted.location).text
    assert browser.get(f"/meetings/{site.cast.meeting('SCD-1')}/participants").status_code == 404


def test_accepting_in_another_persons_browser_ends_their_sign_in(site: Site, link: str) -> None:
    browser = site.cast.client("us4")
    with browser.session_transaction() as cookie:
        copied = dict(cookie)
    assert browser.get(link).status_code == 303

    assert answer(browser, "accept").status_code == 303

    thief = site.browser()
    with thief.session_transaction() as cookie:
        cookie.update(copied)
    assert thief.get("/").status_code == 303


def test_declining_signs_nobody_in_and_creates_no_account(site: Site, link: str) -> None:
    before = sign_ins()

    browser = opened(site, link)
    assert answer(browser, "decline").status_code == 303

    assert "you do not come" in browser.get("/registration").text
    assert status(site) is ParticipationStatus.DECLINED
    assert sign_ins() == before
    assert db.session.execute(select(Person.account_id).where(Person.email == OYUN)).scalar_one() is None


def test_used_link_opens_no_second_sign_in(site: Site, link: str) -> None:
    first, second = opened(site, link), opened(site, link)
    second.get("/registration")
    late = page(second.get("/registration")).select_one("main form[method=post]")
    answer(first, "accept")
    before = sign_ins()

    again = second.post("/registration", data=held(late) | {"answer": "accept"}, headers=SAME_ORIGIN)

    assert (again.status_code, again.location) == (303, "/registration")
    assert "cannot be used any more" in second.get("/registration").text
    assert sign_ins() == before
    assert status(site) is ParticipationStatus.CONFIRMED


def test_only_one_of_many_who_accept_at_once_is_signed_in(site: Site, link: str) -> None:
    browsers = [opened(site, link) for _ in range(6)]
    forms = [held(page(browser.get("/registration")).select_one("main form[method=post]")) for browser in browsers]
    before = sign_ins()

    def accept(number: int) -> int:
        sent = forms[number] | {"answer": "accept"}
        return browsers[number].post("/registration", data=sent, headers=SAME_ORIGIN).status_code

    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(accept, range(6)))

    assert set(answers) <= {303, 422}
    assert sign_ins() == before + 1
    assert status(site) is ParticipationStatus.CONFIRMED


def test_invalid_answer_does_not_use_up_the_link(site: Site, link: str) -> None:
    browser = opened(site, link)

    assert answer(browser, "perhaps").status_code == 422
    assert answer(browser, "accept").status_code == 303


def test_new_link_goes_to_the_stored_address_and_replaces_the_old_one(site: Site, link: str) -> None:
    site.set_seats("SCD-1", "MN", participant=4)
    browser = opened(site, link)
    answer(browser, "decline")

    press(browser, "/registration", "Email me a new link")
    (email,) = site.mail()

    assert email.recipients == (OYUN,)
    assert answer(opened(site, site.link_to(OYUN)), "accept").status_code == 303
    assert status(site) is ParticipationStatus.CONFIRMED


def test_request_for_a_new_link_always_gets_the_same_answer(site: Site, link: str) -> None:
    used = opened(site, link)
    answer(used, "decline")
    used.get("/registration")
    stranger = site.browser()
    stranger.get("/r/" + "x" * 43)

    said = []
    for browser in (used, stranger, site.browser()):
        gone_to = press(browser, "/registration", "Email me a new link")
        notice = page(browser.get(gone_to.location)).select_one("main .notice")
        said.append((gone_to.status_code, gone_to.location, notice.get_text(" ", strip=True)))

    assert len(set(said)) == 1
    assert len(site.mail()) == 1


def test_at_most_three_new_links_are_sent_in_six_hours(site: Site, link: str) -> None:
    browser = opened(site, link)
    answer(browser, "decline")
    emails = 0
    for _ in range(5):
        press(browser, "/registration", "Email me a new link")
        emails += len(site.mail())

    assert emails == 3

    set_clock(site.cast.app, BEFORE_LVR_1 + timedelta(hours=7))
    press(browser, "/registration", "Email me a new link")
    assert len(site.mail()) == 1


def test_after_registration_closes_links_stop_working_and_none_is_sent(site: Site, link: str) -> None:
    browser = opened(site, link)
    set_clock(site.cast.app, BEFORE_LVR_1.replace(month=9, day=16))

    assert "cannot be used any more" in browser.get("/registration").text
    press(browser, "/registration", "Email me a new link")
    assert site.mail() == []


@pytest.mark.usefixtures("link")
@pytest.mark.parametrize("purpose", [purpose for purpose in LinkPurpose if purpose is not LinkPurpose.REGISTRATION])
def test_link_for_another_purpose_does_not_work_here(site: Site, purpose: LinkPurpose) -> None:
    participation = site.participation(OYUN).id
    with upkeep(system(Purpose.SECRET_LINK)):
        now = clock.now()
        other = accounts.mint_link(purpose, participation, expires_at=now + timedelta(days=1), now=now)

    assert "cannot be used" in opened(site, f"/r/{other}").get("/registration").text


def test_registration_link_cannot_be_used_to_sign_in(site: Site, link: str) -> None:
    browser = site.browser()
    browser.get(link.replace("/r/", "/links/"))

    assert "main form" not in browser.get("/link").text
    assert status(site) is ParticipationStatus.INVITED


def test_answer_needs_the_browser_that_opened_the_link_and_our_form(site: Site, link: str) -> None:
    browser = opened(site, link)
    form = held(page(browser.get("/registration")).select_one("main form[method=post]")) | {"answer": "accept"}

    assert site.browser().post("/registration", data=form, headers=SAME_ORIGIN).status_code in {303, 400, 422}
    assert browser.post("/registration", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert browser.post("/registration", data={"answer": "accept"}, headers=SAME_ORIGIN).status_code in {400, 422}
    assert status(site) is ParticipationStatus.INVITED


def test_link_to_an_address_other_than_the_accounts_opens_no_sign_in(site: Site, link: str) -> None:
    with upkeep(system(Purpose.UPKEEP)):
        oyun = db.session.execute(select(Person).where(Person.email == OYUN)).scalar_one()
        oyun.account_id = accounts.account_for("someone.else@example.org", clock.real_now())
    before = sign_ins()

    accepted = answer(opened(site, link), "accept")

    assert accepted.status_code == 303
    assert sign_ins() == before
    assert status(site) is ParticipationStatus.CONFIRMED


def test_withdrawing_ends_access_and_the_link_in_the_email_leads_back(site: Site, link: str) -> None:
    site.set_seats("SCD-1", "MN", participant=4)
    browser = opened(site, link)
    own = answer(browser, "accept").location

    form = page(browser.get(own + "/withdraw")).select_one("main form[method=post]")
    assert browser.post(own + "/withdraw", data=held(form), headers=SAME_ORIGIN).status_code == 303

    assert status(site) is ParticipationStatus.WITHDRAWN
    assert browser.get(own).location.startswith("/sign-in")
    assert "Email me a new link" in browser.get("/registration").text
    returning = opened(site, link)
    press(returning, "/registration", "Email me a new link")
    site.mail()
    assert answer(opened(site, site.link_to(OYUN)), "accept").status_code == 303
    assert status(site) is ParticipationStatus.CONFIRMED


def test_accepting_while_the_coordinator_withdraws_leaves_one_valid_state(site: Site, link: str) -> None:
    coordinator, browser = site.cast.client("st-coord"), opened(site, link)
    taken_back = site.page("SCD-1", f"/{site.participation(OYUN).id}/take-back")
    no = held(page(coordinator.get(taken_back)).select_one("main form[method=post]"))
    yes = held(page(browser.get("/registration")).select_one("main form[method=post]")) | {"answer": "accept"}

    with ThreadPoolExecutor(2) as both:
        answers = [
            both.submit(coordinator.post, taken_back, data=no, headers=SAME_ORIGIN),
            both.submit(browser.post, "/registration", data=yes, headers=SAME_ORIGIN),
        ]
    assert {answer.result().status_code for answer in answers} <= {303, 422}

    # Withdrawal by the coordinator wins in both orders: it ends an earlier acceptance, and a later one finds no link.
    assert status(site) is ParticipationStatus.TAKEN_BACK
    grants = select(RoleGrant).where(RoleGrant.person_id == site.participation(OYUN).person_id)
    assert all(grant.revoked_at for grant in db.session.execute(grants).scalars())


def test_answer_to_a_question_is_shown_and_can_be_replaced_or_cleared(site: Site) -> None:
    asked_id = create_question(site, "Do you need a room?")
    post_answers(site, "us4", {asked_id: "Heronsworth"})
    client, page_of = site.cast.client_by_link("us4", "SCD-1"), f"{meeting(site)}/registration/questions"

    shown = client.get(page_of).text
    assert "Heronsworth" not in shown
    assert "Given. Leave this empty to keep it." in shown

    assert post_answers(site, client, {}).status_code == 303
    assert "Heronsworth" in site.cast.client("us4").get(page_of).text
    assert post_answers(site, client, {asked_id: "Swift Street"}).status_code == 303
    assert "Swift Street" in site.cast.client("us4").get(page_of).text
    assert post_answers(site, client, {}, **{f"drop_{asked_id.hex}": "y"}).status_code == 303
    assert "Swift Street" not in site.cast.client("us4").get(page_of).text


def test_right_guess_of_an_answer_looks_like_a_wrong_one(site: Site) -> None:
    asked_id = create_question(site, "Do you need a room?")
    post_answers(site, "us4", {asked_id: "Heronsworth"})
    client = site.cast.client_by_link("us4", "SCD-1")

    def answered_at() -> datetime:
        db.session.rollback()
        return db.session.execute(select(Answer.answered_at).where(Answer.question_id == asked_id)).scalar_one()

    times = [answered_at()]
    for hours, guess in enumerate(("Heronsworth", "Swift Street"), 1):
        set_clock(site.cast.app, BEFORE_LVR_1 + timedelta(hours=hours))
        post_answers(site, client, {asked_id: guess})
        times.append(answered_at())
    assert times[0] < times[1] < times[2]


def test_invitation_link_does_not_download_a_file_answer(site: Site) -> None:
    asked_id = create_question(site, "Your photograph", kind="file")
    full = site.cast.client("us4")
    post_answers(site, full, {asked_id: (BytesIO(b"Plain words."), "page.txt")})
    page_of = f"{meeting(site)}/registration/questions"
    found = re.search(r'href="([^"]*/file)"', full.get(page_of).text)
    assert found is not None
    assert full.get(found[1]).status_code == 200

    client = site.cast.client_by_link("us4", "SCD-1")

    assert found[1] not in client.get(page_of).text
    assert client.get(found[1]).status_code == 404


def test_invitation_link_does_not_show_requested_changes(site: Site) -> None:
    with upkeep(system(Purpose.SAMPLE)) as session:
        part = session.get_one(Participation, site.participation("us4@example.invalid").id)
        part.approved_at = clock.now()
    full, own = site.cast.client("us4"), f"{meeting(site)}/registration"
    assert send(full, f"{own}/affiliation", affiliation="Heronsworth Institute").status_code == 303
    assert "Heronsworth" in full.get(f"{own}/change").text

    client = site.cast.client_by_link("us4", "SCD-1")

    shown = client.get(f"{own}/change").text
    assert "This waits for the office" in shown
    assert "Heronsworth" not in shown + client.get(own).text + client.get(f"{own}/affiliation").text
    assert press(client, f"{own}/change", "Take it back").status_code == 303
    assert "No change is asked for" in client.get(f"{own}/change").text


def test_limited_sign_in_can_request_a_sign_in_link_to_the_stored_address(site: Site) -> None:
    client = site.cast.client_by_link("us4", "SCD-1")

    asked_for = press(client, f"{meeting(site)}/registration", "Email me a link to sign in")

    assert asked_for.location == "/sign-in/link-sent"
    (email,) = site.mail()
    assert email.recipients == ("us4@example.invalid",)
    assert "/links/" in email.message.get_content()


def test_closed_page_tells_a_limited_sign_in_how_to_sign_in(site: Site) -> None:
    client = site.cast.client_by_link("us4", "SCD-1")

    closed = client.get(f"{meeting(site)}/agenda")

    assert closed.status_code == 404
    assert "Your link does not open this page" in closed.text
    back = page(closed).find("a", string="To my registration")
    assert back is not None
    assert client.get(str(back["href"])).location == f"{meeting(site)}/registration"


def test_nobody_else_gets_a_link_without_entering_an_address(site: Site) -> None:
    for browser in (site.browser(), site.cast.client("us4")):
        form = page(browser.get("/sign-in/link")).select_one("input[name$=csrf_token]")
        sent = {"csrf_token": form["value"] if form else ""}
        assert browser.post("/sign-in/link/own", data=sent, headers=SAME_ORIGIN).location == "/sign-in/link"
    assert site.mail() == []


def test_ended_limited_sign_in_offers_a_new_link(site: Site, link: str) -> None:
    browser = opened(site, link)
    answer(browser, "accept")
    with upkeep(system(Purpose.UPKEEP)):
        accounts.end_sign_ins(accounts.account_for(OYUN, clock.real_now()), clock.real_now())
    site.mail()

    press(browser, "/registration", "Email me a new link")

    (email,) = site.mail()
    assert email.recipients == (OYUN,)


def test_only_one_of_two_mailed_links_works(site: Site, link: str) -> None:
    with upkeep(system(Purpose.SECRET_LINK)):
        second = mint_personal_link(site.participation(OYUN).id, clock.now())

    assert answer(opened(site, link), "accept").status_code == 303
    assert "cannot be used any more" in opened(site, f"/r/{second}").get("/registration").text
