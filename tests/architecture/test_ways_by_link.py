"""Access by links: an invitation link opens one registration and shows no sealed data."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.models import SignIn
from dialogues.core.accounts.rules import CHANGE_ADDRESS, LinkPurpose, Proof
from dialogues.core.common import clock
from dialogues.core.common.access import LIMITED_ENDPOINTS
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import ANYONE, Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.meetings.roles.queries import viewer_in_meeting
from dialogues.people.documents.models import SealedField
from dialogues.people.participants.models import Participation
from dialogues.people.participants.operations import end_participation
from dialogues.people.participants.queries.limited import stand_at_registration
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import ACCOUNT_KINDS, MATRIX, Scope
from tests.architecture.objects import of_meeting, of_nowhere, own
from tests.architecture.oracle import INVITED
from tests.architecture.routes import BY_INVITATION_LINK
from tests.architecture.test_matrix import address, ask, difference, methods, private_rules, token
from tests.beds.database import Installation, opened
from tests.beds.forms import held, page, send
from tests.beds.web import set_clock
from tests.cast import MIDDLE_OF_TRD_1, Cast

#: Registration for TRD-1 is open and closes on the next day.
WHILE_OPEN = MIDDLE_OF_TRD_1 - timedelta(days=7)
NUMBER = "M9917364"
PASSPORT = {
    "passport_number": NUMBER,
    "passport_nationality": "Exampleland",
    "passport_valid_until": "2031-01-31",
}
DIET = "no walnuts whatsoever"


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    with opened(installation.settings()) as app:
        set_clock(app, WHILE_OPEN)
        yield app


@pytest.fixture
def cast(app: Flask) -> Cast:
    return Cast(app)


@pytest.fixture
def trd(app: Flask, cast: Cast) -> str:
    with app.app_context():
        return f"/meetings/{cast.meeting('TRD-1')}"


@pytest.fixture
def scd(app: Flask, cast: Cast) -> str:
    with app.app_context():
        return f"/meetings/{cast.meeting('SCD-1')}"


def post(client: FlaskClient, path: str, **typed: str) -> int:
    sent = {"csrf_token": token(client), **typed}
    return client.post(path, data=sent, headers={"Sec-Fetch-Site": "same-origin"}).status_code


def write_down(client: FlaskClient, meeting: str, **typed: str) -> None:
    given = PASSPORT | {"diet_text": DIET} | typed
    assert send(client, f"{meeting}/registration/needs", **given).status_code == 303


def sealed(app: Flask, kind: str) -> list[SealedField]:
    with app.app_context():
        return [field for field in db.session.scalars(select(SealedField)) if field.kind.value == kind]


# Every route


def test_a_limited_sign_in_opens_exactly_the_routes_of_the_oracle() -> None:
    assert LIMITED_ENDPOINTS == BY_INVITATION_LINK


@pytest.mark.parametrize("persona", INVITED)
def test_a_limited_sign_in_opens_the_listed_routes_and_everything_else_looks_unknown(
    app: Flask, cast: Cast, persona: str
) -> None:
    client = cast.client_by_link(persona)
    mine = own(app, cast)
    nowhere = of_nowhere(mine)
    unknown = {method: ask(client, method, "/nothing/is/here") for method in ("GET", "HEAD", "POST")}
    wrong = []
    for rule in private_rules(app):
        for method in methods(rule):
            if rule.endpoint in BY_INVITATION_LINK:
                continue
            for objects in (mine, nowhere):
                found = ask(client, method, address(app, rule, objects))
                if found[0] != 404 or found != unknown[method]:
                    wrong.append((rule.endpoint, method, found[0], difference(found, unknown[method])))
    assert wrong == []
    assert {status for status, _body, _headers in unknown.values()} == {404}


@pytest.mark.parametrize("persona", INVITED)
def test_a_limited_sign_in_reads_and_answers_its_own_registration(app: Flask, cast: Cast, persona: str) -> None:
    client = cast.client_by_link(persona)
    mine = own(app, cast)
    rules = [rule for rule in private_rules(app) if rule.endpoint in BY_INVITATION_LINK]

    assert {rule.endpoint for rule in rules} == BY_INVITATION_LINK
    for rule in rules:
        path = address(app, rule, mine)
        if "GET" in (rule.methods or set()):
            assert ask(client, "GET", path)[0] == 200, rule.endpoint
        if "POST" in (rule.methods or set()) and rule.endpoint != "registration.withdraw":
            assert ask(client, "POST", path)[0] in {303, 422}, rule.endpoint


@pytest.mark.parametrize("persona", INVITED)
def test_a_limited_sign_in_reaches_only_the_users_own_data(app: Flask, cast: Cast, persona: str) -> None:
    with app.app_context():
        part, account, meeting = cast.participation(persona), cast.account(persona), cast.meeting("TRD-1")
        limited = Viewer(account_id=account, limited_to=part)
        placed = stand_at_registration(limited, meeting, clock.now())
        assert placed is not None
        assert viewer_in_meeting(limited, None, meeting, clock.now()) is None
        db.session.rollback()
    reached = {action.name: placed.scopes(action) for action in MATRIX if placed.scopes(action)}
    assert reached == dict.fromkeys(("registration.own", "passport.enter", "needs.enter"), frozenset({Scope.OWN}))
    assert {action.name for action in ACCOUNT_KINDS if placed.may(action)} == {
        action.name for action in ACCOUNT_KINDS if ANYONE.may(action)
    }


@pytest.mark.parametrize("code", ["SCD-1", "LVR-1"])
def test_the_listed_routes_of_another_meeting_look_unknown(app: Flask, cast: Cast, code: str) -> None:
    client = cast.client_by_link("us4")
    with app.app_context():
        elsewhere = of_meeting(app, cast.meeting(code))
    unknown = {method: ask(client, method, "/nothing/is/here") for method in ("GET", "HEAD", "POST")}
    for rule in private_rules(app):
        if rule.endpoint in BY_INVITATION_LINK:
            for method in methods(rule):
                assert ask(client, method, address(app, rule, elsewhere)) == unknown[method], rule.endpoint


def test_pages_of_a_limited_sign_in_link_to_no_closed_page(app: Flask, cast: Cast) -> None:
    client = cast.client_by_link("us4")
    mine = own(app, cast)
    for rule in private_rules(app):
        if rule.endpoint in BY_INVITATION_LINK and "GET" in (rule.methods or set()):
            shown = page(client.get(address(app, rule, mine)))
            links = {str(link["href"]) for link in shown.select("a[href^='/']")}
            assert {link for link in links if client.get(link).status_code >= 400} == set(), rule.endpoint


def test_pages_of_a_limited_sign_in_name_neither_the_dialogue_nor_other_people(app: Flask, cast: Cast) -> None:
    client = cast.client_by_link("us4")
    mine = own(app, cast)
    with app.app_context():
        meeting = db.session.get_one(Meeting, mine.ids["meeting_id"])
        title = meeting.title
    for rule in private_rules(app):
        if rule.endpoint in BY_INVITATION_LINK and "GET" in (rule.methods or set()):
            assert title not in client.get(address(app, rule, mine)).text, rule.endpoint


# Sealed data


def test_an_invitation_link_does_not_show_documents_of_another_meeting(cast: Cast, trd: str, scd: str) -> None:
    write_down(cast.client("us4"), trd)
    client = cast.client_by_link("us4", "SCD-1")

    assert client.get(f"{trd}/registration/needs").status_code == 404
    shown = client.get(f"{scd}/registration/needs").text
    assert NUMBER not in shown
    assert "Not given." in shown


def test_an_invitation_link_shows_that_documents_are_given_but_not_their_content(
    app: Flask, cast: Cast, trd: str
) -> None:
    write_down(cast.client("us4"), trd)
    client, mine = cast.client_by_link("us4"), own(app, cast)

    for rule in private_rules(app):
        if rule.endpoint in BY_INVITATION_LINK and "GET" in (rule.methods or set()):
            text = client.get(address(app, rule, mine)).text
            assert NUMBER not in text, rule.endpoint
            assert DIET not in text, rule.endpoint
    shown = client.get(f"{trd}/registration/needs").text
    assert "Given on" in shown
    assert "Clear the passport details" in shown


def test_saving_empty_fields_keeps_the_given_data(app: Flask, cast: Cast, trd: str) -> None:
    write_down(cast.client("us4"), trd)

    assert send(cast.client_by_link("us4"), f"{trd}/registration/needs").status_code == 303

    shown = cast.client("us4").get(f"{trd}/registration/needs").text
    assert NUMBER in shown
    assert DIET in shown
    assert [field.version for field in sealed(app, "passport")] == [1]


def test_documents_can_be_replaced_and_deleted_without_being_shown(cast: Cast, trd: str) -> None:
    write_down(cast.client("us4"), trd)
    client, form = cast.client_by_link("us4"), f"{trd}/registration/needs"

    answer = send(client, form, **PASSPORT | {"passport_number": "OTHER1"}, clear_diet="y")

    assert answer.status_code == 303
    text = cast.client("us4").get(form).text
    assert "OTHER1" in text
    assert NUMBER not in text
    assert DIET not in text
    assert "Clear the diet" not in client.get(form).text


def test_a_correct_guess_of_sealed_data_looks_like_a_wrong_one(app: Flask, cast: Cast, trd: str) -> None:
    write_down(cast.client("us4"), trd)
    client, form = cast.client_by_link("us4"), f"{trd}/registration/needs"
    before = sealed(app, "diet")[0].version

    assert send(client, form, diet_text=DIET).status_code == 303
    right = sealed(app, "diet")[0].version
    assert send(client, form, diet_text="anything else").status_code == 303

    assert (right - before, sealed(app, "diet")[0].version - right) == (1, 1)


# Other rights of the same person


def limited_browser(cast: Cast, name: str, part_of: str = "us4") -> FlaskClient:
    """A browser with a limited sign-in of an account with other roles, written to the database directly."""
    client = cast.app.test_client()
    with cast.app.app_context():
        account, part = cast.account(name), cast.participation(part_of)
        with upkeep(system(Purpose.SIGN_IN)):
            handle = accounts.open_sign_in(
                account,
                frozenset({Proof.PASSWORD, Proof.TOTP, Proof.DEMO}),
                now=clock.real_now(),
                longest=timedelta(days=1),
                participation_id=part,
            )
    with client.session_transaction() as cookie:
        cookie["_user_id"] = handle
    return client


@pytest.mark.parametrize("name", ["st-host", "st-coord", "st-travel", "us1"])
def test_a_limited_sign_in_gives_no_rights_of_roles(cast: Cast, trd: str, name: str) -> None:
    client = limited_browser(cast, name)
    for path in ("/", "/staff", "/venues", "/account", "/dialogues", trd, f"{trd}/papers", f"{trd}/registration"):
        assert client.get(path).status_code == 404, path


def test_a_limited_sign_in_cannot_step_up_or_change_the_email_address(app: Flask, cast: Cast, trd: str) -> None:
    client = cast.client_by_link("us4")
    assert client.get(f"/account/confirm?purpose={CHANGE_ADDRESS}").status_code == 404
    assert post(client, f"{trd}/registration/address", email="mallory@example.org") == 404

    with app.app_context():
        now, account = clock.real_now(), cast.account("us4")
        with upkeep(system(Purpose.SIGN_IN)):
            secret = accounts.mint_only_link(LinkPurpose.ADDRESS, account, now)
    client.get(f"/links/{secret}")
    assert "Use this address" not in client.get("/address").text
    assert post(client, "/address") == 422


# End of a limited sign-in


def is_open(client: FlaskClient, meeting: str) -> bool:
    return client.get(f"{meeting}/registration").status_code == 200


def test_a_limited_sign_in_lasts_until_registration_closes(app: Flask, cast: Cast, trd: str) -> None:
    client = cast.client_by_link("us4")
    with app.app_context():
        closes = db.session.get_one(Meeting, cast.meeting("TRD-1")).registration_closes_at
        row = db.session.scalars(select(SignIn).where(SignIn.participation_id.is_not(None))).one()
        assert abs((row.expires_at - row.created_at) - (closes - WHILE_OPEN)) < timedelta(minutes=1)

    set_clock(app, closes - timedelta(minutes=1))
    assert is_open(client, trd)
    set_clock(app, closes + timedelta(minutes=1))
    assert not is_open(client, trd)


def test_a_limited_sign_in_ends_earlier_if_the_closing_date_is_moved_forward(app: Flask, cast: Cast, trd: str) -> None:
    client = cast.client_by_link("us4")
    with app.app_context(), upkeep(system(Purpose.UPKEEP)) as session:
        session.get_one(Meeting, cast.meeting("TRD-1")).registration_closes_at = WHILE_OPEN - timedelta(hours=1)
    assert not is_open(client, trd)
    assert post(client, f"{trd}/registration/withdraw") == 404


def test_a_limited_sign_in_ends_with_the_meeting(app: Flask, cast: Cast, trd: str) -> None:
    client = cast.client_by_link("us4")
    with app.app_context(), upkeep(system(Purpose.UPKEEP)) as session:
        session.get_one(Meeting, cast.meeting("TRD-1")).status = MeetingStatus.CANCELLED
    assert not is_open(client, trd)


def test_a_limited_sign_in_ends_with_the_participation_for_good(app: Flask, cast: Cast, trd: str) -> None:
    client = cast.client_by_link("us4")
    with app.app_context():
        part = cast.participation("us4")
        with upkeep(system(Purpose.UPKEEP)) as session:
            taken_back = session.get_one(Participation, part)
            taken_back.status = ParticipationStatus.TAKEN_BACK
            end_participation(taken_back, clock.now())
        with upkeep(system(Purpose.UPKEEP)) as session:
            session.get_one(Participation, part).status = ParticipationStatus.CONFIRMED
    assert client.get(f"{trd}/registration").location.startswith("/sign-in")


def test_revoking_a_link_ends_the_sign_in_it_opened(app: Flask, cast: Cast, trd: str) -> None:
    client = cast.client_by_link("us4")
    with app.app_context():
        part = cast.participation("us4")
        with upkeep(system(Purpose.UPKEEP)):
            accounts.revoke_links(LinkPurpose.REGISTRATION, [part], clock.now())
    assert not is_open(client, trd)


def test_changing_the_email_address_ends_the_limited_sign_in(app: Flask, cast: Cast, trd: str) -> None:
    client = cast.client_by_link("us4")
    with app.app_context():
        account = cast.account("us4")
        with upkeep(system(Purpose.UPKEEP)):
            accounts.end_everything(account, clock.real_now())
    assert not is_open(client, trd)


def test_a_link_on_another_device_does_not_end_a_limited_sign_in(cast: Cast, trd: str) -> None:
    telephone = cast.client_by_link("us4")
    laptop = cast.client_by_link("us4")
    assert is_open(telephone, trd)
    assert is_open(laptop, trd)


# Several links and sign-ins in one browser


def test_the_newer_of_two_links_in_one_browser_is_open(cast: Cast, trd: str, scd: str) -> None:
    client = cast.client_by_link("us4", "TRD-1")
    cast.client_by_link("us4", "SCD-1", client)
    assert is_open(client, scd)
    assert not is_open(client, trd)


def test_a_link_keeps_the_full_sign_in_of_the_same_account(app: Flask, cast: Cast, trd: str) -> None:
    client = cast.client("us4")
    cast.client_by_link("us4", "SCD-1", client)

    assert client.get(f"{trd}/participants").status_code == 200
    with app.app_context():
        assert db.session.scalars(select(SignIn).where(SignIn.participation_id.is_not(None))).all() == []


def test_a_requested_sign_in_link_turns_a_limited_sign_in_into_a_full_one(app: Flask, cast: Cast, trd: str) -> None:
    client = cast.client_by_link("us4")
    assert page(client.get("/sign-in")).select_one("input[name=password]") is not None
    with app.app_context(), upkeep(system(Purpose.SIGN_IN)):
        now = clock.real_now()
        secret = accounts.mint_link(
            LinkPurpose.SIGN_IN, cast.account("us4"), expires_at=now + timedelta(hours=1), now=now
        )
    client.get(f"/links/{secret}")
    assert send(client, "/link").status_code == 303
    assert client.get(f"{trd}/participants").status_code == 200


# Links for every purpose


@pytest.mark.parametrize("purpose", LinkPurpose)
def test_a_link_opens_only_its_purpose(app: Flask, cast: Cast, purpose: LinkPurpose) -> None:
    opens = {
        LinkPurpose.SIGN_IN: "/link",
        LinkPurpose.STAFF_INVITATION: "/password/choose",
        LinkPurpose.PASSWORD_RESET: "/password/choose",
        LinkPurpose.REGISTRATION: "/registration",
    }
    with app.app_context():
        subject: UUID = cast.participation("us4") if purpose is LinkPurpose.REGISTRATION else cast.account("us4")
        with upkeep(system(Purpose.SECRET_LINK)):
            now = max(clock.now(), clock.real_now())
            secret = accounts.mint_link(purpose, subject, expires_at=now + timedelta(days=1), now=now)
    shows = []
    for prefix in ("/r/", "/links/"):
        for path in ("/link", "/password/choose", "/registration", "/address"):
            browser = app.test_client()
            browser.get(f"{prefix}{secret}")
            form = page(browser.get(path)).select_one("main form.form[method=post]")
            if form is not None and held(form):
                shows.append(path)
    assert shows == ([opens[purpose]] if purpose in opens else [])


def test_two_requested_sign_in_links_each_work_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        now, account = clock.real_now(), cast.account("us4")
        with upkeep(system(Purpose.SIGN_IN)):
            secrets = [accounts.mint_only_link(LinkPurpose.SIGN_IN, account, now) for _asking in range(2)]
    for secret in secrets:
        one, other = app.test_client(), app.test_client()
        one.get(f"/links/{secret}")
        assert send(one, "/link").status_code == 303
        other.get(f"/links/{secret}")
        assert "does not work any more" in other.get("/link").text
