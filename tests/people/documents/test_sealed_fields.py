"""Passport, visa, flights and needs: who enters them, who reads them, and that each reading is logged."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.audit.models import AuditEntry
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.models import Exchange
from dialogues.meetings.roles.operations import grant_role
from dialogues.people.documents.commands import enter_for
from dialogues.people.documents.models import AccessLogEntry, SealedField
from dialogues.people.documents.queries import checksum, travel_record
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import SealedKind, VisaStatus
from dialogues.people.participants.rules.steps import Step
from dialogues.policy import Role
from tests.beds.forms import SAME_ORIGIN, complaints, page, send
from tests.beds.web import set_clock
from tests.cast import Cast

NUMBER = "M9917364"
DIET = "no walnuts whatsoever"
KINDS = [kind.value for kind in SealedKind]
PAPERS, NEEDS = KINDS[:3], KINDS[3:]
REASON = "Visa letter for the consulate"
PASSPORT = {
    "passport_nationality": "Exampleland",
    "passport_number": " m 991-7364 ",
    "passport_valid_until": "2031-01-31",
}


def enter_documents(cast: Cast, trd: str, name: str = "us4", **typed: Any) -> TestResponse:
    """Enter a passport, flights and needs for the persona; `more` adds fields."""
    answers = {
        **PASSPORT,
        "flights_arrives_at": "2027-05-24T14:05",
        "flights_arrival": "OM 302",
        "diet_text": DIET,
        "medical_text": "",
        **typed,
    }
    return send(cast.client(name), f"{trd}/registration/needs", **answers)


def test_consent_can_be_withdrawn_after_the_meeting(app: Flask, cast: Cast, trd: str) -> None:
    assert enter_documents(cast, trd, needs_shared="y").status_code == 303
    set_clock(app, datetime.fromisoformat("2027-06-02T09:00+08:00"))

    assert enter_documents(cast, trd, needs_shared="y", diet_text="other").status_code == 422
    answer = send(cast.client("us4"), f"{trd}/registration/needs", needs_shared=None)

    assert answer.status_code == 303
    with app.app_context():
        mine = select(Participation.needs_shared).where(
            Participation.person_id == cast.person("us4"), Participation.meeting_id == cast.meeting()
        )
        assert db.session.execute(mine).scalar_one() is False


def documents_of(cast: Cast, trd: str, name: str) -> str:
    """The address of the persona's travel documents as others open it."""
    with cast.app.app_context():
        return f"{trd}/papers/{cast.person(name)}"


def reveal(client: FlaskClient, address: str, kind: str, reason: str = REASON) -> TestResponse:
    """Reveal one kind of data with a reason; any page of the client supplies the form token."""
    token = page(client.get("/")).select_one("input[name=csrf_token]")
    assert token is not None
    return client.post(
        f"{address}/{kind}/show", data={"reason": reason, "csrf_token": token["value"]}, headers=SAME_ORIGIN
    )


def access_log(app: Flask) -> list[AccessLogEntry]:
    with app.app_context():
        return list(db.session.scalars(select(AccessLogEntry).order_by(AccessLogEntry.at)))


def fields(app: Flask) -> list[SealedField]:
    with app.app_context():
        return list(db.session.scalars(select(SealedField)))


# Own data


def test_person_enters_and_reads_own_data(cast: Cast, trd: str) -> None:
    assert enter_documents(cast, trd).status_code == 303

    shown = cast.client("us4").get(f"{trd}/registration/needs").text

    assert NUMBER in shown
    assert "2027-05-24T14:05" in shown
    assert DIET in shown
    assert access_log(cast.app) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Ｘ１２３４５６７", "X1234567"), ("ｍ　９９１－７３６４", "M9917364"), ("K\u2011１２３４５", "K12345")],
)
def test_a_passport_number_may_be_typed_in_full_width(cast: Cast, trd: str, typed: str, kept: str) -> None:
    assert enter_documents(cast, trd, passport_number=typed).status_code == 303

    assert f'value="{kept}"' in cast.client("us4").get(f"{trd}/registration/needs").text


def test_entered_data_is_not_in_the_database_as_plain_text(cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)

    for field in fields(cast.app):
        assert NUMBER.encode() not in field.value
        assert b"walnuts" not in field.value
    assert {field.key_id for field in fields(cast.app)} == {fields(cast.app)[0].key_id}


def test_stored_length_does_not_reveal_the_length_of_an_answer(cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)

    lengths = {len(field.value) for field in fields(cast.app) if field.kind.value in NEEDS}

    assert len(lengths) == 1


def test_nothing_to_declare_is_an_answer(cast: Cast, trd: str) -> None:
    nothing = dict.fromkeys((*PASSPORT, "flights_arrives_at", "flights_arrival", "diet_text"), "")

    assert enter_documents(cast, trd, **nothing).status_code == 303

    assert sorted(field.kind.value for field in fields(cast.app)) == sorted(NEEDS)
    with cast.app.app_context():
        us4 = select(Participation).where(
            Participation.person_id == cast.person("us4"), Participation.meeting_id == cast.meeting()
        )
        assert Step.NEEDS.value in db.session.scalars(us4).one().steps


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ({"passport_number": "?"}, "five to twenty letters"),
        ({"passport_nationality": ""}, "Write the nationality"),
        ({"passport_valid_until": ""}, "until which day"),
        ({"passport_valid_until": "0031-01-31"}, "Look at the year: 0031."),
        ({"passport_valid_until": "2131-01-31"}, "Look at the year"),
        ({"visa_valid_until": "2127-06-01"}, "Look at the year"),
        ({"visa_valid_from": "1927-05-01"}, "Look at the year"),
        ({"flights_arrives_at": "2026-05-24T14:05"}, "Look at the year"),
        ({"flights_departs_at": "2028-05-29T14:05"}, "Look at the year"),
        ({"passport_valid_until": "2027-05-27"}, "ends before the meeting does"),
        ({"visa_valid_from": "2027-06-01", "visa_valid_until": "2027-05-01"}, "end before it begins"),
        ({"flights_departs_at": "2027-05-23T10:00"}, "leave before you arrive"),
        ({"diet_text": "x" * 1001}, "at most 1000"),
    ],
)
def test_invalid_input_is_refused_with_a_sentence_and_kept(
    cast: Cast, trd: str, typed: dict[str, str], wanted: str
) -> None:
    answer = enter_documents(cast, trd, **typed)

    assert answer.status_code == 422
    assert wanted in complaints(answer)
    assert DIET in answer.text or "diet_text" in typed
    assert fields(cast.app) == []


def test_second_device_does_not_overwrite_newer_data(cast: Cast, trd: str) -> None:
    client = cast.client("us4")
    first = page(client.get(f"{trd}/registration/needs"))
    enter_documents(cast, trd)

    version = first.select_one("input[name=version]")
    assert version is not None
    answer = enter_documents(cast, trd, version=version["value"], diet_text="changed")

    assert answer.status_code == 422
    assert "Someone saved a change" in complaints(answer)


def test_removed_passport_is_deleted(cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)

    assert enter_documents(cast, trd, **dict.fromkeys(PASSPORT, "")).status_code == 303

    assert NUMBER not in cast.client("us4").get(f"{trd}/registration/needs").text
    assert reveal(cast.client("st-travel"), documents_of(cast, trd, "us4"), "passport").status_code == 404


def test_interpreter_has_travel_documents_without_a_party(cast: Cast, trd: str) -> None:
    assert enter_documents(cast, trd, "in-ko1").status_code == 303

    shown = reveal(cast.client("st-travel"), documents_of(cast, trd, "in-ko1"), "passport")

    assert NUMBER in shown.text
    assert "MOON Yeon-seup" in cast.client("st-travel").get(f"{trd}/papers").text
    assert "MOON Yeon-seup" not in cast.client("kr1").get(f"{trd}/papers").text


def test_interpreter_reads_no_name_of_the_meeting_outside_their_access_period(app: Flask, cast: Cast) -> None:
    with app.app_context():
        address = f"/meetings/{cast.meeting('LVR-1')}/registration/needs"

    shown = cast.client("in-zh1").get(address)

    assert shown.status_code == 200
    for name in ("LVR-1", "Lavaux", "Vevey"):
        assert name not in shown.text


# Data of others: every persona with every kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["kr1", "st-coord", "in-ko1", "xo2", "st-host", "st-arch", "st-rap2", "ch1", "us4"])
def test_person_without_access_learns_nothing_from_asking(cast: Cast, trd: str, name: str, kind: str) -> None:
    enter_documents(cast, trd)
    client = cast.client(name)

    there = reveal(client, documents_of(cast, trd, "us4"), kind)
    nowhere = reveal(client, f"{trd}/papers/{'0' * 8}-0000-4000-8000-{'0' * 12}", kind)

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert access_log(cast.app) == []


@pytest.mark.parametrize("kind", KINDS)
def test_liaison_desk_reads_each_kind_once_with_a_reason(cast: Cast, trd: str, kind: str) -> None:
    enter_documents(cast, trd, visa_number="V-1", access_text="a ramp", medical_text="asthma")
    client, address = cast.client("st-travel"), documents_of(cast, trd, "us4")
    assert NUMBER not in client.get(address).text

    shown = reveal(client, address, kind)

    content = {
        "passport": NUMBER,
        "visa": "V-1",
        "flights": "OM 302",
        "diet": DIET,
        "access": "a ramp",
        "medical": "asthma",
    }
    assert content[kind] in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    (mark,) = access_log(cast.app)
    with cast.app.app_context():
        assert (mark.kind.value, mark.reason) == (kind, REASON)
        assert (mark.person_id, mark.by_person) == (cast.person("us4"), cast.person("st-travel"))
        audited = select(AuditEntry.action).where(AuditEntry.object == str(mark.person_id))
        assert "sealed_field.seen" in set(db.session.scalars(audited))
    assert content[kind] not in client.get(address).text


@pytest.mark.parametrize("reason", ["", "x", "y" * 301])
def test_without_a_reason_nothing_is_shown_or_logged(cast: Cast, trd: str, reason: str) -> None:
    enter_documents(cast, trd)

    answer = reveal(cast.client("st-travel"), documents_of(cast, trd, "us4"), "passport", reason)

    assert answer.status_code == 422
    assert NUMBER not in answer.text
    assert access_log(cast.app) == []


def test_coordinator_sees_the_status_of_a_visa_and_nothing_more(cast: Cast, trd: str) -> None:
    enter_documents(cast, trd, visa_status=VisaStatus.APPLIED.value)
    client = cast.client("st-coord")

    overview, one = client.get(f"{trd}/papers").text, client.get(documents_of(cast, trd, "us4")).text

    for shown in (overview, one):
        assert "applied for" in shown
        assert NUMBER not in shown
    assert ">there<" not in overview.replace("\n", "")
    assert client.get(f"{documents_of(cast, trd, 'us4')}/passport").status_code == 404


# The focal point


@pytest.mark.parametrize("kind", NEEDS)
def test_focal_point_reads_needs_only_with_consent(cast: Cast, trd: str, kind: str) -> None:
    enter_documents(cast, trd, "kr2", access_text=DIET, medical_text=DIET)
    client, address = cast.client("kr1"), documents_of(cast, trd, "kr2")
    assert reveal(client, address, kind).status_code == 404
    assert access_log(cast.app) == []

    enter_documents(cast, trd, "kr2", access_text=DIET, medical_text=DIET, needs_shared="y")

    assert DIET in reveal(client, address, kind).text
    assert [mark.by_role.value for mark in access_log(cast.app)] == ["focal_point"]


@pytest.mark.parametrize("kind", PAPERS)
def test_focal_point_cannot_read_a_passport_even_with_consent(cast: Cast, trd: str, kind: str) -> None:
    enter_documents(cast, trd, "kr2", visa_number="V-1", needs_shared="y")

    assert reveal(cast.client("kr1"), documents_of(cast, trd, "kr2"), kind).status_code == 404


def test_focal_point_enters_data_for_the_own_party_and_cannot_read_it_back(cast: Cast, trd: str) -> None:
    client, address = cast.client("kp2"), documents_of(cast, trd, "kp3")

    answer = send(client, f"{address}/passport", **PASSPORT)

    assert answer.status_code == 303
    for shown in (client.get(address).text, client.get(f"{address}/passport").text, client.get(f"{trd}/papers").text):
        assert NUMBER not in shown
    assert reveal(client, address, "passport").status_code == 404
    assert NUMBER in reveal(cast.client("st-travel"), address, "passport").text


def test_focal_point_cannot_replace_what_the_person_entered(cast: Cast, trd: str) -> None:
    enter_documents(cast, trd, "kr2")

    with cast.app.app_context():
        focal_point, diet = cast.viewer("kr1", meeting="TRD-1"), SealedKind.DIET
        person_id = cast.person("kr2")
        stored = travel_record(focal_point, person_id, clock.now()).stored[diet]
        with pytest.raises(Refusal, match="ask them to change it"):
            enter_for(focal_point, person_id, diet, {"text": "x"}, version=checksum([stored]), now=clock.now())


def test_pages_offer_a_focal_point_only_what_can_be_saved(cast: Cast, trd: str) -> None:
    focal_point, documents = cast.client("kr1"), documents_of(cast, trd, "kr2")
    offered = page(focal_point.get(documents)).select(f"main a[href^='{documents}/']")
    enter_documents(cast, trd, "kr2")
    left = page(focal_point.get(documents)).select(f"main a[href^='{documents}/']")
    entered = page(focal_point.get(f"{documents}/diet"))

    assert {link["href"] for link in offered} >= {f"{documents}/diet", f"{documents}/passport"}
    assert not {link["href"] for link in left} & {f"{documents}/diet", f"{documents}/passport"}
    assert "ask them to change it" in entered.select_one("main").get_text()
    assert entered.select_one("main form[method=post]") is None


def test_focal_point_cannot_enter_data_for_another_party(cast: Cast, trd: str) -> None:
    assert cast.client("kr1").get(f"{documents_of(cast, trd, 'us4')}/passport").status_code == 404


def test_liaison_desk_edits_travel_documents_but_not_needs(cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)
    client, address = cast.client("st-travel"), documents_of(cast, trd, "us4")

    assert send(client, f"{address}/flights", flights_arrival="OM 999").status_code == 303
    assert client.get(f"{address}/diet").status_code == 404

    assert "OM 999" in cast.client("us4").get(f"{trd}/registration/needs").text


def test_liaison_desk_sets_the_status_of_a_visa(cast: Cast, trd: str) -> None:
    client, address = cast.client("st-travel"), documents_of(cast, trd, "us4")

    assert send(client, address, visa_status=VisaStatus.GRANTED.value).status_code == 303

    assert "granted" in cast.client("st-coord").get(f"{trd}/papers").text


# The overview and the arrivals board


def test_arrivals_board_logs_one_access_per_person(cast: Cast, trd: str) -> None:
    for name in ("us4", "kr2", "in-ko1"):
        enter_documents(cast, trd, name)
    client = cast.client("st-travel")
    assert "OM 302" not in client.get(f"{trd}/papers").text

    shown = send(client, f"{trd}/papers", reason="Cars from the airport")

    assert shown.text.count("OM 302") == 3
    with cast.app.app_context():
        people = {cast.person(name) for name in ("us4", "kr2", "in-ko1")}
    assert {mark.person_id for mark in access_log(cast.app)} == people
    assert {mark.kind for mark in access_log(cast.app)} == {SealedKind.FLIGHTS}


def test_focal_point_cannot_open_the_arrivals_board(cast: Cast, trd: str) -> None:
    enter_documents(cast, trd, "kr2")
    client = cast.client("kr1")
    token = page(client.get("/")).select_one("input[name=csrf_token]")
    assert token is not None

    answer = client.post(
        f"{trd}/papers/flights", data={"reason": REASON, "csrf_token": token["value"]}, headers=SAME_ORIGIN
    )

    assert answer.status_code == 404
    assert access_log(cast.app) == []


def test_before_the_exchange_the_liaison_desk_sees_no_documents_of_nominees(cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)
    with cast.app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Exchange, cast.meeting()).opened_at = None
    client = cast.client("st-travel")

    overview = client.get(f"{trd}/papers").text

    assert "MOON Yeon-seup" in overview
    with cast.app.app_context():
        us4 = cast.person("us4")
    assert str(us4) not in overview
    assert reveal(client, f"{trd}/papers/{us4}", "passport").status_code == 404


def test_before_the_exchange_an_interpreter_looks_no_different_if_a_party_has_nominated_them(
    app: Flask, cast: Cast
) -> None:
    with app.app_context():
        meeting_id, person_id = cast.meeting("LVR-1"), cast.person("ru4", "LVR")
        participation_id = cast.participation("ru4", "LVR-1")
        with upkeep(system(Purpose.SAMPLE)):
            place = {"dialogue_id": cast.dialogue("LVR"), "meeting_id": meeting_id}
            grant_role(person_id, Role.INTERPRETER, **place, offered_at=clock.now(), accepted_at=clock.now())
    desk, lvr = cast.client("st-travel"), f"/meetings/{meeting_id}"

    shown = page(desk.get(f"{lvr}/papers/{person_id}")).select_one("main").get_text(" ")

    assert "interpreter" in shown
    assert "Russia" not in shown
    assert "Oct" not in shown
    assert desk.get(f"{lvr}/participants/{participation_id}/papers").status_code == 404


def test_overview_takes_the_same_queries_for_few_and_many(cast: Cast, trd: str, queries_of: Any) -> None:
    client = cast.client("st-travel")
    client.get(f"{trd}/papers")
    few = queries_of(lambda: client.get(f"{trd}/papers"))
    for name in ("us4", "kr2", "ru1"):
        enter_documents(cast, trd, name)

    assert queries_of(lambda: client.get(f"{trd}/papers")) == few <= 12
