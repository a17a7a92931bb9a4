"""The participants list follows the order in force; every reader may sort it in another order."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.kinds import PartyOrder
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.precedence.models import Lot
from dialogues.people.roster.queries import listing as roster
from dialogues.people.roster.queries.listing import ListFilter
from dialogues.sample.reading import sample
from tests.beds.forms import page
from tests.cast import Cast

pytestmark = pytest.mark.engine


EXPECTED = sample()["fixtures"]["order"]
OBSERVATORY = "International Relief Observatory (fictional)"
WORDS = {"en": "en", "fr": "fr", "ru": "ru", "zh": "zh_pinyin", "city": "city_en"}


def lines(cast: Cast, wanted: ListFilter, who: str = "us4", code: str = "TRD-1") -> list[Any]:
    """Everyone the reader sees, in the requested order."""
    viewer = cast.viewer(who, meeting=code)
    first = roster.participants(viewer, wanted)
    more = (roster.participants(viewer, replace(wanted, page=n)) for n in range(2, first.last + 1))
    return [*first.lines, *(line for found in more for line in found.lines)]


def party_names(cast: Cast, wanted: ListFilter) -> list[str]:
    """The parties in the order in which their people are listed."""
    other_names = precedence.order(cast.viewer("us4", meeting="TRD-1"), wanted.by).other_names
    return list(dict.fromkeys(other_names.get(line.party_id, line.party_name) for line in lines(cast, wanted)))


@pytest.mark.parametrize("by", list(PartyOrder))
def test_list_is_sorted_in_the_requested_order(cast: Cast, by: PartyOrder) -> None:
    order = precedence.order(cast.viewer("us4", meeting="TRD-1"), by).parties

    assert party_names(cast, ListFilter(by=by)) == [party.stands_as for party in order]
    if by.value in WORDS:
        assert party_names(cast, ListFilter(by=by)) == [*EXPECTED[WORDS[by.value]], OBSERVATORY]


def test_list_follows_the_order_in_force_and_its_draw(cast: Cast) -> None:
    trd_1, mongolia, dialogue = cast.meeting("TRD-1"), cast.party("MN"), cast.dialogue("TRD")
    drawn = datetime(2027, 5, 20, tzinfo=UTC)
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.add(
            Lot(
                meeting_id=trd_1,
                dialogue_id=dialogue,
                party_id=mongolia,
                order=PartyOrder.ENGLISH,
                drawn_at=drawn,
                witnesses="the co-chairs",
            )
        )

    assert party_names(cast, ListFilter()) == [*EXPECTED["lot_example"]["result"], OBSERVATORY]
    assert party_names(cast, ListFilter(by=PartyOrder.ENGLISH)) == [*EXPECTED["en"], OBSERVATORY]


def test_list_and_filters_follow_another_order_in_force(cast: Cast) -> None:
    trd_1 = cast.meeting("TRD-1")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Meeting, trd_1).party_order = PartyOrder.CITY

    shown = page(cast.client("us4").get(f"/meetings/{trd_1}/participants"))

    pills = shown.select_one("nav.pills[aria-label='Party']")
    assert pills is not None
    assert [link.get_text(" ", strip=True).split()[0] for link in pills.select("a")][1:3] == ["China", "Switzerland"]
    assert "by their cities" in shown.select_one(".lead").get_text()
    first = shown.select_one("tbody td[data-label='Party']")
    assert first is not None
    assert first.get_text(" ", strip=True) == "CN Beijing"


def test_people_are_sorted_by_family_name_or_the_name_they_use(cast: Cast) -> None:
    names = [line.name for line in lines(cast, ListFilter(by_person=True))]

    assert names.index("PAK Ka-sang") < names.index("PARK Ga-jeong")
    assert names.index("LEE Ye-si") < names.index("RI Ka-myong")
    assert names.index("Ts. TUURSHILT") < names.index("D. ZAGVAR") < names.index("ZHANG Shili")
    everyone = lines(cast, ListFilter())
    assert sorted(names) == sorted(line.name for line in everyone)


def test_people_of_a_party_are_sorted_by_their_sort_name(cast: Cast) -> None:
    names = [line.name for line in lines(cast, ListFilter(by=PartyOrder.RUSSIAN)) if line.party_code == "MN"]

    assert names == ["B. JISHEE", "Ts. TUURSHILT", "D. ZAGVAR"]


def test_names_are_sorted_without_title_or_rank(cast: Cast) -> None:
    assert {line.name for line in lines(cast, ListFilter())} <= {person["name"] for person in sample()["persons"]}


@pytest.mark.parametrize("asked", ["nonsense", "EN", "'; drop table", "person%0A"])
def test_unknown_order_falls_back_to_the_order_in_force(cast: Cast, asked: str) -> None:
    list_page = f"/meetings/{cast.meeting('TRD-1')}/participants"
    client = cast.client("us4")

    def names(address: str) -> list[str]:
        return [row.get_text(strip=True) for row in page(client.get(address)).select("tbody th")]

    assert names(f"{list_page}?order={asked}") == names(list_page)


def test_requested_order_stays_while_filtering(cast: Cast) -> None:
    shown = page(cast.client("us4").get(f"/meetings/{cast.meeting('TRD-1')}/participants?order=fr"))

    party = shown.select("nav.pills[aria-label='Party'] a")[1]
    assert "order=fr" in str(party["href"])
    search = shown.select_one("form[role=search] input[name=order]")
    assert search is not None
    assert search["value"] == "fr"
    chosen = shown.select_one("nav.pills[aria-label='Order'] a[aria-current]")
    assert chosen is not None
    assert chosen.get_text(strip=True) == "by their names in French"


@pytest.mark.parametrize("who", ["kr1", "us4", "xo2"])
def test_no_order_shows_a_reader_more_than_the_list(cast: Cast, who: str) -> None:
    seen = {line.person_id for line in lines(cast, ListFilter(), who)}

    for wanted in (*(ListFilter(by=by) for by in PartyOrder), ListFilter(by_person=True)):
        assert {line.person_id for line in lines(cast, wanted, who)} == seen


def test_before_the_exchange_every_order_contains_only_the_own_party(cast: Cast) -> None:
    for wanted in (ListFilter(), *(ListFilter(by=by) for by in PartyOrder), ListFilter(by_person=True)):
        assert {line.party_code for line in lines(cast, wanted, "ru2", "LVR-1")} == {"RU"}
