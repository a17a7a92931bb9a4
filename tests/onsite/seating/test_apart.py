"""Pairs kept apart are edited by coordinators, obeyed by plans, and shown to nobody else."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from dialogues.core.audit.models import AuditEntry
from dialogues.onsite.seating.models import KeptApart
from tests.beds.forms import complaints, page, press, send
from tests.cast import Cast

EVERYONE_ELSE = ("st-host", "ch1", "kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch", "st-travel")


@pytest.fixture
def seating(cast: Cast, app: Flask) -> str:
    with app.app_context():
        return f"/meetings/{cast.meeting('TRD-1')}/seating"


@pytest.fixture
def ids(cast: Cast, app: Flask) -> dict[str, str]:
    """Return the ids of parties and persons by their names in the sample."""
    with app.app_context():
        parties = {code: str(cast.party(code)) for code in ("CN", "KP", "KR", "JP", "MN", "CH", "US")}
        return parties | {name: str(cast.person(name)) for name in ("us4", "us2", "kp1", "kr5")}


def part(client: FlaskClient, seating: str, one: str, other: str) -> Any:
    return send(client, f"{seating}/apart", one=one, other=other)


def order_of_parties(client: FlaskClient, seating: str) -> list[str]:
    """Return the parties clockwise from the head."""
    codes = [cell.text for cell in page(client.get(seating)).select("main tbody .party")]
    return [code for number, code in enumerate(codes[:34]) if number == 0 or codes[number - 1] != code]


def test_a_new_plan_keeps_two_parties_apart_and_says_how(cast: Cast, seating: str, ids) -> None:
    coordinator = cast.client("st-coord")
    assert part(coordinator, seating, ids["KP"], ids["JP"]).status_code == 303

    preview = send(coordinator, f"{seating}/plan", preview="1")
    assert "pairs of parties stand the other way round" in preview.text or "One pair of parties" in preview.text
    assert send(coordinator, f"{seating}/plan", preview=None).status_code == 303

    assert order_of_parties(coordinator, seating)[:5] == ["MN", "CN", "KP", "MN", "JP"]


def test_a_swap_that_would_bring_them_together_is_refused_with_names(cast: Cast, seating: str, ids) -> None:
    coordinator = cast.client("st-coord")
    send(coordinator, f"{seating}/plan", preview=None)
    part(coordinator, seating, ids["us4"], ids["kp1"])
    seats = [row.text for row in page(coordinator.get(f"{seating}/exchange")).select("#one option")]
    us4 = next(number for number, words in enumerate(seats) if "MOCKFORD" in words)
    kp1 = next(number for number, words in enumerate(seats) if "RI Ka-myong" in words)

    answer = send(coordinator, f"{seating}/exchange", one=str(us4), other=str(kp1 + 1))

    assert answer.status_code == 422
    assert "RI Ka-myong – Renee MOCKFORD" in complaints(answer)


def test_the_refusal_names_people_who_cannot_be_kept_apart(cast: Cast, seating: str, ids) -> None:
    coordinator = cast.client("st-coord")
    part(coordinator, seating, ids["MN"], ids["CH"])

    refused = send(coordinator, f"{seating}/plan", heads="together", preview="1")
    facing = send(coordinator, f"{seating}/plan", heads="facing", preview="1")

    assert refused.status_code == 422
    assert "Anna BEISPIEL – D. ZAGVAR" in complaints(refused)
    assert facing.status_code == 200


def test_a_pair_is_two_different_parties_or_two_different_people(cast: Cast, seating: str, ids) -> None:
    coordinator = cast.client("st-coord")
    part(coordinator, seating, ids["KP"], ids["JP"])

    assert "kept apart already" in complaints(part(coordinator, seating, ids["JP"], ids["KP"]))
    assert "two parties, or two persons" in complaints(part(coordinator, seating, ids["JP"], ids["us4"]))
    assert "that differ" in complaints(part(coordinator, seating, ids["JP"], ids["JP"]))


def test_a_pair_can_be_removed(cast: Cast, seating: str, ids, read) -> None:
    coordinator = cast.client("st-coord")
    part(coordinator, seating, ids["us4"], ids["kr5"])

    press(coordinator, f"{seating}/apart", "Take back")

    assert read(select(func.count()).select_from(KeptApart)) == 0
    assert "Nobody is kept apart" in coordinator.get(f"{seating}/apart").text


def test_only_coordinators_see_pairs(cast: Cast, seating: str, ids, read) -> None:
    coordinator = cast.client("st-coord")
    part(coordinator, seating, ids["us4"], ids["us2"])
    pair = read(select(KeptApart.id))
    send(coordinator, f"{seating}/plan", preview=None)

    for who in EVERYONE_ELSE:
        client = cast.client(who)
        assert client.get(f"{seating}/apart").status_code == 404
        assert "apart" not in client.get(seating).text
    assert read(select(KeptApart.id)) == pair


def test_the_audit_log_contains_no_details_of_pairs(cast: Cast, seating: str, ids, read) -> None:
    part(cast.client("st-coord"), seating, ids["us4"], ids["us2"])

    entry = read(select(AuditEntry).where(AuditEntry.action == "seating.prepared"))

    log_text = str([getattr(entry, column.name) for column in AuditEntry.__table__.columns])
    assert entry is not None
    assert ids["us4"] not in log_text
    assert ids["us2"] not in log_text
