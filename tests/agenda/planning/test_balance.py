"""Seats and speaking parts by party, as far as the viewer may know; numbers by gender reveal nobody's gender."""

from collections import defaultdict
from contextvars import Context
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from dialogues.agenda.planning.queries import balance as planning
from dialogues.agenda.planning.rules import SMALLEST_SHOWN_COUNT, hide_small_counts
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.seats import over_target
from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.beds.forms import complaints, page, send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast

pytestmark = pytest.mark.engine


def outside(call: Any, *given: Any, **named: Any) -> Any:
    """Run a call outside the application context of the test, like a browser."""
    db.session.rollback()
    return Context().run(call, *given, **named)


def figures(cast: Cast, who: str = "st-coord", code: str = "TRD-1") -> dict[str, str]:
    return {share.code: share.figure for share in planning.balance(cast.viewer(who, meeting=code)).shares}


def test_seats_are_counted_for_full_participants_against_the_target(cast: Cast) -> None:
    expected = {"US": "5/5", "KP": "4/5", "KR": "5/5", "CN": "5/5", "RU": "4/5", "JP": "4/5", "MN": "3/5", "CH": "1/5"}

    assert figures(cast) == expected


def test_parties_are_in_the_current_order_without_observers(cast: Cast) -> None:
    assert list(figures(cast)) == ["CN", "KP", "JP", "MN", "KR", "RU", "CH", "US"]


def test_leads_and_chairs_come_from_the_published_agenda_without_staff(cast: Cast) -> None:
    found = planning.balance(cast.viewer("ch1", meeting="TRD-1"))

    shares = {share.code: (share.leads, share.chairing, share.speaking) for share in found.shares}
    assert shares["US"] == (2, 0, 2)
    assert shares["KP"] == (3, 0, 3)
    assert shares["CH"] == (0, 3, 3)
    assert shares["MN"] == (0, 6, 6)
    assert found.release is not None


def test_a_sixth_person_of_a_party_shows_a_warning(cast: Cast) -> None:
    set_clock(cast.app, datetime(2027, 2, 1, tzinfo=UTC))
    trd_1 = cast.meeting("TRD-1")
    coordinator = outside(cast.client, "st-coord")
    invited = {"name": "Sixth PERSON", "email": "sixth@example.invalid", "party_id": str(cast.party("US"))}

    said = outside(send, coordinator, f"/meetings/{trd_1}/participants/invite", **invited)

    assert said.status_code == 303, complaints(said)
    assert "6 people on 5 seats" in outside(coordinator.get, str(said.location)).text
    assert figures(cast)["US"] == "6/5"
    shown = page(outside(coordinator.get, f"/meetings/{trd_1}/balance"))
    assert "United States of America has 6 people on 5 seats" in shown.select_one(".notice-warning").get_text(" ")


def test_the_page_warns_about_parties_over_their_target(cast: Cast) -> None:
    found = planning.balance(cast.viewer("st-coord", meeting="SCD-1", now=BEFORE_LVR_1))

    assert {share.code: share.figure for share in found.shares if share.is_over} == {
        "US": "4/3",
        "CN": "4/3",
        "KR": "4/3",
    }


@pytest.mark.parametrize("who", ["st-host", "ch1"])
def test_before_the_exchange_only_the_coordinator_sees_counts(cast: Cast, who: str) -> None:
    assert figures(cast, "st-coord", "LVR-1")
    with pytest.raises(NotFound):
        figures(cast, who, "LVR-1")


@pytest.mark.parametrize("who", ["kr1", "us4", "xo2", "st-rap1", "st-travel"])
def test_other_roles_cannot_see_the_balance(cast: Cast, who: str) -> None:
    with pytest.raises(NotFound):
        figures(cast, who)


def test_unanswered_invitations_are_counted_only_for_the_coordinator(cast: Cast) -> None:
    kr3 = db.session.scalar(
        select(Participation.id).where(
            Participation.person_id == cast.person("kr3"), Participation.meeting_id == cast.meeting("TRD-1")
        )
    )
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Participation, kr3).status = ParticipationStatus.INVITED

    assert figures(cast, "st-coord")["KR"] == "5/5"
    assert figures(cast, "ch1")["KR"] == "4/5"


def test_before_the_first_version_the_coordinator_sees_counts_of_the_draft(cast: Cast) -> None:
    copy = f"/meetings/{cast.meeting('TRD-1')}/copy"
    outside(send, outside(cast.client, "st-coord"), copy, code="TRD-2", title="Next", starts_on="2027-11-02")

    found = planning.balance(cast.viewer("st-coord", meeting="TRD-2"))

    assert (found.release, found.from_draft, found.people) == (None, True, 0)
    assert {share.figure for share in found.shares} == {"0/5"}
    assert set(found.genders.values()) == {None}


def test_hidden_counts_cannot_be_calculated_from_the_shown_counts() -> None:
    """Check every small table: all tables that look the same to a viewer leave hidden cells open."""
    looks_like = defaultdict(list)
    for counts in product(range(9), repeat=4):
        if sum(counts):
            shown_counts = tuple(hide_small_counts(dict(enumerate(counts)), parties=2).values())
            looks_like[shown_counts, sum(counts)].append(counts)

    for (shown_counts, _total), tables in looks_like.items():
        for cell, count in enumerate(shown_counts):
            values = {counts[cell] for counts in tables}
            assert values == {count} if count is not None else len(values) > 1, (shown_counts, tables)
            assert count is None or count >= SMALLEST_SHOWN_COUNT


def test_gender_counts_are_hidden_for_a_single_party() -> None:
    assert hide_small_counts({"f": 7, "m": 8}, parties=1) == {"f": None, "m": None}
    assert hide_small_counts({"f": 7, "m": 8}, parties=2) == {"f": 7, "m": 8}


def test_the_page_shows_gender_counts_only_for_the_whole_meeting(cast: Cast) -> None:
    address = f"/meetings/{cast.meeting('TRD-1')}/balance"
    shown = outside(outside(cast.client, "st-coord").get, address)

    facts = {fact.dt.get_text(): fact.dd.get_text(strip=True) for fact in page(shown).select(".fact")}
    assert set(facts) == {"Female", "Male", "Other", "Not said"}
    assert facts["Other"] == facts["Not said"] == "not told"
    assert [head.get_text() for head in page(shown).select("thead th")] == [
        "Party",
        "Seats",
        "Leads",
        "Chairing",
        "Speaking slots",
    ]


@pytest.mark.parametrize(("taken", "target", "warns"), [(5, 5, False), (6, 5, True), (1, 0, True), (9, None, False)])
def test_the_warning_is_shown_only_above_the_target(taken: int, target: int | None, warns: bool) -> None:
    assert (over_target("Japan", taken, target) is not None) is warns
