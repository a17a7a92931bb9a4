"""Parties stand in an order that ranks nobody: by a language or by city, from the place that a lot drew."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings import queries
from dialogues.meetings.collation import LANGUAGES as COLLATIONS
from dialogues.meetings.collation import collation_key
from dialogues.meetings.models import Lot, Meeting, MeetingParty, Party, Person
from dialogues.meetings.rules import LANGUAGES, OrderedParty, PartyKind, PartyOrder, arranged, language_of, stands_as
from dialogues.sample.reading import sample
from tests.cast import Cast

EXPECTED = sample()["fixtures"]["order"]
OBSERVATORY = "International Relief Observatory (fictional)"
#: Where ieung stands is all that tells the two orders apart here.
KOREAN_BUT_JAPAN = ["대한민국", "러시아연방", "몽골", "미합중국", "스위스", "조선민주주의인민공화국", "중화인민공화국"]


def listed(cast: Cast, by: PartyOrder | None = None) -> list[str]:
    """What the parties of TRD-1 are ordered by, as they stand."""
    return [party.stands_as for party in queries.parties_in_order(cast.viewer("us4", meeting="TRD-1"), by)]


def draw(cast: Cast, code: str, by: PartyOrder = PartyOrder.ENGLISH) -> None:
    """A lot as it was drawn some day."""
    trd_1 = cast.meeting("TRD-1")
    with upkeep(system(Purpose.SAMPLE)) as session:
        lot = Lot(
            meeting_id=trd_1,
            dialogue_id=cast.dialogue("TRD"),
            party_id=cast.party(code),
            order=by,
            drawn_at=datetime(2027, 5, 20, 8, tzinfo=UTC),
            witnesses="the co-chairs",
        )
        session.add(lot)
        session.get_one(Meeting, trd_1).party_order = by


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (PartyOrder.ENGLISH, "en"),
        (PartyOrder.FRENCH, "fr"),
        (PartyOrder.RUSSIAN, "ru"),
        (PartyOrder.PINYIN, "zh_pinyin"),
        (PartyOrder.CITY, "city_en"),
    ],
)
def test_parties_stand_as_each_language_and_the_cities_order_them_and_observers_after(
    cast: Cast, by: PartyOrder, expected: str
) -> None:
    assert listed(cast, by) == [*EXPECTED[expected], OBSERVATORY]


@pytest.mark.usefixtures("inside")
def test_korean_letters_stand_as_either_city_orders_them(cast: Cast) -> None:
    seoul, pyongyang = (listed(cast, by)[:-1] for by in (PartyOrder.KOREAN, PartyOrder.KOREAN_LATE_IEUNG))

    assert seoul == [*KOREAN_BUT_JAPAN[:5], "일본", *KOREAN_BUT_JAPAN[5:]]
    assert pyongyang == [*KOREAN_BUT_JAPAN, "일본"]


@pytest.mark.usefixtures("inside")
def test_a_meeting_stands_by_english_names_unless_it_chose_otherwise(cast: Cast) -> None:
    assert listed(cast) == [*EXPECTED["en"], OBSERVATORY]


@pytest.mark.usefixtures("inside")
def test_a_lot_draws_where_the_order_starts_and_it_goes_around(cast: Cast) -> None:
    example = EXPECTED["lot_example"]
    assert (example["language"], example["drawn"]) == ("en", "Mongolia")

    draw(cast, "MN")

    assert listed(cast) == [*example["result"], OBSERVATORY]
    assert listed(cast, PartyOrder.ENGLISH) == [*EXPECTED["en"], OBSERVATORY]


@pytest.mark.usefixtures("inside")
def test_the_order_starts_where_the_drawn_party_stood_though_it_comes_no_more(cast: Cast) -> None:
    draw(cast, "MN")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.delete(session.get_one(MeetingParty, (cast.meeting("TRD-1"), cast.party("MN"))))

    assert listed(cast) == [name for name in [*EXPECTED["lot_example"]["result"], OBSERVATORY] if name != "Mongolia"]


@pytest.mark.usefixtures("inside")
def test_persons_keep_their_own_spelling_and_stand_by_the_name_they_go_by(cast: Cast) -> None:
    assert EXPECTED["persons_family_name"].endswith("D. ZAGVAR sorts under Z")
    people = select(Person.name, Person.sort_key).where(Person.dialogue_id == cast.dialogue("TRD"))

    names = [row.name for row in db.session.execute(people.order_by(Person.collation))]

    assert names.index("PAK Ka-sang") < names.index("PARK Ga-jeong") < names.index("Marcus PLACEHOLDER")
    assert names.index("LEE Ye-si") < names.index("RI Ka-myong")
    assert names.index("Ts. TUURSHILT") < names.index("D. ZAGVAR") < names.index("ZHANG Shili")
    assert "KAKŪ Tarō" in names


@pytest.mark.usefixtures("inside")
def test_the_order_is_one_query_whatever_is_asked(cast: Cast, queries_of) -> None:
    viewer = cast.viewer("us4", meeting="TRD-1")

    assert {queries_of(lambda by=by: queries.parties_in_order(viewer, by)) for by in (None, *PartyOrder)} == {1}


@pytest.mark.usefixtures("inside")
def test_a_meeting_without_parties_has_an_order_nonetheless(cast: Cast) -> None:
    with upkeep(system(Purpose.SAMPLE)) as session:
        for seat in session.scalars(select(MeetingParty).where(MeetingParty.meeting_id == cast.meeting("TRD-1"))):
            session.delete(seat)

    order = queries.order(cast.viewer("us4", meeting="TRD-1"))

    assert (order.parties, order.in_force, order.lot) == ((), PartyOrder.ENGLISH, None)


@pytest.mark.usefixtures("inside")
def test_other_meetings_parties_are_not_among_them(cast: Cast) -> None:
    at_table = {party.id for party in queries.order_at(cast.meeting("TRD-1")).parties}

    assert at_table == set(db.session.scalars(select(Party.id).where(Party.dialogue_id == cast.dialogue("TRD"))))


@pytest.mark.parametrize(
    ("by", "names", "city", "word"),
    [
        (PartyOrder.FRENCH, {"en": "Iceland", "fr": "Islande"}, None, "Islande"),
        (PartyOrder.FRENCH, {"en": "Iceland"}, None, "Iceland"),
        (PartyOrder.RUSSIAN, {}, "Reykjavik", "IS"),
        (PartyOrder.CITY, {"en": "Iceland"}, "Reykjavik", "Reykjavik"),
        (PartyOrder.CITY, {"en": "Iceland"}, None, "Iceland"),
    ],
)
def test_where_a_name_is_missing_the_english_one_stands_for_it_then_the_code(
    by: PartyOrder, names: dict[str, str], city: str | None, word: str
) -> None:
    assert stands_as(by, names, city, "IS") == word


@pytest.mark.parametrize("by", PartyOrder)
def test_every_order_reads_names_in_a_language_and_sorts_them_by_its_letters(by: PartyOrder) -> None:
    assert language_of(by) in LANGUAGES
    assert collation_key("a", COLLATIONS[by]) < collation_key("É", COLLATIONS[by]) < collation_key("z", COLLATIONS[by])


def test_observing_organisations_stand_last_wherever_the_lot_fell() -> None:
    def side(code: str, kind: PartyKind) -> OrderedParty:
        return OrderedParty(id=uuid4(), code=code, names={}, city="", kind=kind, seats={}, stands_as=code, key=code)

    sides = [side("A", PartyKind.OBSERVER), side("B", PartyKind.HOST), side("C", PartyKind.PARTY)]

    assert [party.code for party in arranged(sides)] == ["B", "C", "A"]
    assert [party.code for party in arranged(sides, ("C", "C"))] == ["C", "B", "A"]
    assert [party.code for party in arranged(sides, ("D", "D"))] == ["B", "C", "A"]
