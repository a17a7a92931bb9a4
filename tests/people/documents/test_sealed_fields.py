"""Passport, visa, flights and needs: who enters, who reads, who learns nothing, and that each look is written down."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.audit.models import AuditEntry
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Exchange
from dialogues.people.documents.models import AccessLogEntry, SealedField
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import SealedKind, VisaStatus
from dialogues.people.participants.rules.steps import Step
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


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The personas, in the middle of TRD-1, whose lists are open."""
    return Cast(app)


@pytest.fixture
def trd(app: Flask, cast: Cast) -> str:
    """The address of TRD-1."""
    with app.app_context():
        return f"/meetings/{cast.meeting()}"


def write_down(cast: Cast, trd: str, name: str = "us4", **typed: Any) -> TestResponse:
    """The persona writes down a passport, flights and needs, and perhaps more."""
    answers = {
        **PASSPORT,
        "flights_arrives_at": "2027-05-24T14:05",
        "flights_arrival": "OM 302",
        "diet_text": DIET,
        "medical_text": "",
        **typed,
    }
    return send(cast.client(name), f"{trd}/registration/needs", **answers)


def test_consent_is_taken_back_also_once_the_meeting_is_over(app: Flask, cast: Cast, trd: str) -> None:
    assert write_down(cast, trd, needs_shared="y").status_code == 303
    set_clock(app, datetime.fromisoformat("2027-06-02T09:00+08:00"))

    assert write_down(cast, trd, needs_shared="y", diet_text="other").status_code == 422
    answer = send(cast.client("us4"), f"{trd}/registration/needs", needs_shared=None)

    assert answer.status_code == 303
    with app.app_context():
        mine = select(Participation.needs_shared).where(
            Participation.person_id == cast.person("us4"), Participation.meeting_id == cast.meeting()
        )
        assert db.session.execute(mine).scalar_one() is False


def papers_of(cast: Cast, trd: str, name: str) -> str:
    """The address of the persona's papers, for others."""
    with cast.app.app_context():
        return f"{trd}/papers/{cast.person(name)}"


def look(client: FlaskClient, address: str, kind: str, reason: str = REASON) -> TestResponse:
    """Ask to be shown one kind, for a reason; the token is that of any page."""
    token = page(client.get("/")).select_one("input[name=csrf_token]")
    assert token is not None
    return client.post(
        f"{address}/{kind}/show", data={"reason": reason, "csrf_token": token["value"]}, headers=SAME_ORIGIN
    )


def looks(app: Flask) -> list[AccessLogEntry]:
    with app.app_context():
        return list(db.session.scalars(select(AccessLogEntry).order_by(AccessLogEntry.at)))


def fields(app: Flask) -> list[SealedField]:
    with app.app_context():
        return list(db.session.scalars(select(SealedField)))


# One's own.


def test_a_person_writes_down_and_reads_back_their_own(cast: Cast, trd: str) -> None:
    assert write_down(cast, trd).status_code == 303

    shown = cast.client("us4").get(f"{trd}/registration/needs").text

    assert NUMBER in shown
    assert "2027-05-24T14:05" in shown
    assert DIET in shown
    assert looks(cast.app) == []


def test_what_is_written_down_is_not_in_the_database_in_clear(cast: Cast, trd: str) -> None:
    write_down(cast, trd)

    for field in fields(cast.app):
        assert NUMBER.encode() not in field.value
        assert b"walnuts" not in field.value
    assert {field.key_id for field in fields(cast.app)} == {fields(cast.app)[0].key_id}


def test_how_long_an_answer_is_does_not_show(cast: Cast, trd: str) -> None:
    write_down(cast, trd)

    lengths = {len(field.value) for field in fields(cast.app) if field.kind.value in NEEDS}

    assert len(lengths) == 1


def test_nothing_to_say_is_an_answer(cast: Cast, trd: str) -> None:
    nothing = dict.fromkeys((*PASSPORT, "flights_arrives_at", "flights_arrival", "diet_text"), "")

    assert write_down(cast, trd, **nothing).status_code == 303

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
        ({"passport_valid_until": "2027-05-27"}, "ends before the meeting does"),
        ({"visa_valid_from": "2027-06-01", "visa_valid_until": "2027-05-01"}, "end before it begins"),
        ({"flights_departs_at": "2027-05-23T10:00"}, "leave before you arrive"),
        ({"diet_text": "x" * 1001}, "at most 1000"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_typed_is_lost(
    cast: Cast, trd: str, typed: dict[str, str], wanted: str
) -> None:
    answer = write_down(cast, trd, **typed)

    assert answer.status_code == 422
    assert wanted in complaints(answer)
    assert DIET in answer.text or "diet_text" in typed
    assert fields(cast.app) == []


def test_a_second_device_overwrites_nothing(cast: Cast, trd: str) -> None:
    client = cast.client("us4")
    first = page(client.get(f"{trd}/registration/needs"))
    write_down(cast, trd)

    version = first.select_one("input[name=version]")
    assert version is not None
    answer = write_down(cast, trd, version=version["value"], diet_text="changed")

    assert answer.status_code == 422
    assert "Someone saved a change" in complaints(answer)


def test_a_passport_taken_away_is_there_no_more(cast: Cast, trd: str) -> None:
    write_down(cast, trd)

    assert write_down(cast, trd, **dict.fromkeys(PASSPORT, "")).status_code == 303

    assert NUMBER not in cast.client("us4").get(f"{trd}/registration/needs").text
    assert look(cast.client("st-travel"), papers_of(cast, trd, "us4"), "passport").status_code == 404


def test_an_interpreter_has_papers_too_and_comes_for_no_party(cast: Cast, trd: str) -> None:
    assert write_down(cast, trd, "in-ko1").status_code == 303

    shown = look(cast.client("st-travel"), papers_of(cast, trd, "in-ko1"), "passport")

    assert NUMBER in shown.text
    assert "MOON Yeon-seup" in cast.client("st-travel").get(f"{trd}/papers").text
    assert "MOON Yeon-seup" not in cast.client("kr1").get(f"{trd}/papers").text


def test_outside_their_window_an_interpreter_reads_no_name_of_the_meeting(app: Flask, cast: Cast) -> None:
    with app.app_context():
        address = f"/meetings/{cast.meeting('LVR-1')}/registration/needs"

    shown = cast.client("in-zh1").get(address)

    assert shown.status_code == 200
    for name in ("LVR-1", "Lavaux", "Vevey"):
        assert name not in shown.text


# Others: every persona against every kind.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["kr1", "st-coord", "in-ko1", "xo2", "st-host", "st-arch", "st-rap2", "ch1", "us4"])
def test_whoever_is_not_entitled_learns_nothing_from_asking(cast: Cast, trd: str, name: str, kind: str) -> None:
    write_down(cast, trd)
    client = cast.client(name)

    there = look(client, papers_of(cast, trd, "us4"), kind)
    nowhere = look(client, f"{trd}/papers/{'0' * 8}-0000-4000-8000-{'0' * 12}", kind)

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert looks(cast.app) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_travel_desk_reads_each_kind_once_for_a_reason(cast: Cast, trd: str, kind: str) -> None:
    write_down(cast, trd, visa_number="V-1", access_text="a ramp", medical_text="asthma")
    client, address = cast.client("st-travel"), papers_of(cast, trd, "us4")
    assert NUMBER not in client.get(address).text

    shown = look(client, address, kind)

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
    (mark,) = looks(cast.app)
    with cast.app.app_context():
        assert (mark.kind.value, mark.reason) == (kind, REASON)
        assert (mark.person_id, mark.by_person) == (cast.person("us4"), cast.person("st-travel"))
        audited = select(AuditEntry.action).where(AuditEntry.object == str(mark.person_id))
        assert "sealed_field.seen" in set(db.session.scalars(audited))
    assert content[kind] not in client.get(address).text


@pytest.mark.parametrize("reason", ["", "x", "y" * 301])
def test_without_a_reason_nothing_is_shown_and_nothing_written(cast: Cast, trd: str, reason: str) -> None:
    write_down(cast, trd)

    answer = look(cast.client("st-travel"), papers_of(cast, trd, "us4"), "passport", reason)

    assert answer.status_code == 422
    assert NUMBER not in answer.text
    assert looks(cast.app) == []


def test_the_coordinator_sees_where_the_visa_stands_and_nothing_more(cast: Cast, trd: str) -> None:
    write_down(cast, trd, visa_status=VisaStatus.APPLIED.value)
    client = cast.client("st-coord")

    overview, one = client.get(f"{trd}/papers").text, client.get(papers_of(cast, trd, "us4")).text

    for shown in (overview, one):
        assert "applied for" in shown
        assert NUMBER not in shown
    assert ">there<" not in overview.replace("\n", "")
    assert client.get(f"{papers_of(cast, trd, 'us4')}/passport").status_code == 404


# The focal point.


@pytest.mark.parametrize("kind", NEEDS)
def test_a_focal_point_reads_needs_only_with_consent(cast: Cast, trd: str, kind: str) -> None:
    write_down(cast, trd, "kr2", access_text=DIET, medical_text=DIET)
    client, address = cast.client("kr1"), papers_of(cast, trd, "kr2")
    assert look(client, address, kind).status_code == 404
    assert looks(cast.app) == []

    write_down(cast, trd, "kr2", access_text=DIET, medical_text=DIET, needs_shared="y")

    assert DIET in look(client, address, kind).text
    assert [mark.by_role.value for mark in looks(cast.app)] == ["focal_point"]


@pytest.mark.parametrize("kind", PAPERS)
def test_a_focal_point_reads_no_passport_of_the_own_party_not_even_with_consent(
    cast: Cast, trd: str, kind: str
) -> None:
    write_down(cast, trd, "kr2", visa_number="V-1", needs_shared="y")

    assert look(cast.client("kr1"), papers_of(cast, trd, "kr2"), kind).status_code == 404


def test_a_focal_point_enters_for_the_own_party_and_cannot_read_it_back(cast: Cast, trd: str) -> None:
    client, address = cast.client("kp2"), papers_of(cast, trd, "kp3")

    answer = send(client, f"{address}/passport", **PASSPORT)

    assert answer.status_code == 303
    for shown in (client.get(address).text, client.get(f"{address}/passport").text, client.get(f"{trd}/papers").text):
        assert NUMBER not in shown
    assert look(client, address, "passport").status_code == 404
    assert NUMBER in look(cast.client("st-travel"), address, "passport").text


def test_a_focal_point_does_not_replace_what_the_person_wrote(cast: Cast, trd: str) -> None:
    write_down(cast, trd, "kr2")

    answer = send(cast.client("kr1"), f"{papers_of(cast, trd, 'kr2')}/diet", diet_text="anything")

    assert answer.status_code == 422
    assert "ask them to change it" in complaints(answer)


def test_a_focal_point_enters_nothing_for_another_party(cast: Cast, trd: str) -> None:
    assert cast.client("kr1").get(f"{papers_of(cast, trd, 'us4')}/passport").status_code == 404


def test_the_travel_desk_edits_papers_and_no_needs(cast: Cast, trd: str) -> None:
    write_down(cast, trd)
    client, address = cast.client("st-travel"), papers_of(cast, trd, "us4")

    assert send(client, f"{address}/flights", flights_arrival="OM 999").status_code == 303
    assert client.get(f"{address}/diet").status_code == 404

    assert "OM 999" in cast.client("us4").get(f"{trd}/registration/needs").text


def test_the_status_of_a_visa_is_written_down_by_the_travel_desk(cast: Cast, trd: str) -> None:
    client, address = cast.client("st-travel"), papers_of(cast, trd, "us4")

    assert send(client, address, visa_status=VisaStatus.GRANTED.value).status_code == 303

    assert "granted" in cast.client("st-coord").get(f"{trd}/papers").text


# The overview and the board.


def test_the_board_of_arrivals_leaves_one_mark_for_each_person(cast: Cast, trd: str) -> None:
    for name in ("us4", "kr2", "in-ko1"):
        write_down(cast, trd, name)
    client = cast.client("st-travel")
    assert "OM 302" not in client.get(f"{trd}/papers").text

    shown = send(client, f"{trd}/papers", reason="Cars from the airport")

    assert shown.text.count("OM 302") == 3
    with cast.app.app_context():
        people = {cast.person(name) for name in ("us4", "kr2", "in-ko1")}
    assert {mark.person_id for mark in looks(cast.app)} == people
    assert {mark.kind for mark in looks(cast.app)} == {SealedKind.FLIGHTS}


def test_the_board_is_not_for_focal_points(cast: Cast, trd: str) -> None:
    write_down(cast, trd, "kr2")
    client = cast.client("kr1")
    token = page(client.get("/")).select_one("input[name=csrf_token]")
    assert token is not None

    answer = client.post(
        f"{trd}/papers/flights", data={"reason": REASON, "csrf_token": token["value"]}, headers=SAME_ORIGIN
    )

    assert answer.status_code == 404
    assert looks(cast.app) == []


def test_before_the_exchange_the_travel_desk_has_papers_of_nobody_who_was_nominated(cast: Cast, trd: str) -> None:
    write_down(cast, trd)
    with cast.app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Exchange, cast.meeting()).opened_at = None
    client = cast.client("st-travel")

    overview = client.get(f"{trd}/papers").text

    assert "MOON Yeon-seup" in overview
    with cast.app.app_context():
        us4 = cast.person("us4")
    assert str(us4) not in overview
    assert look(client, f"{trd}/papers/{us4}", "passport").status_code == 404


def test_the_overview_costs_the_same_for_few_and_for_many(cast: Cast, trd: str, queries_of: Any) -> None:
    client = cast.client("st-travel")
    client.get(f"{trd}/papers")
    few = queries_of(lambda: client.get(f"{trd}/papers"))
    for name in ("us4", "kr2", "ru1"):
        write_down(cast, trd, name)

    assert queries_of(lambda: client.get(f"{trd}/papers")) == few <= 12
