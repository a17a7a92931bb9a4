"""Parties are sorted neutrally, by language or city, beginning at a party drawn by lot."""

from dataclasses import fields
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from dialogues.agenda.planning.queries import draft as planning
from dialogues.core.audit.models import AuditEntry
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.collation import collation_key
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.queries import dialogues
from dialogues.meetings.dialogues.rules.kinds import LANGUAGES, PartyKind, PartyOrder
from dialogues.meetings.dialogues.rules.order import LANGUAGES as COLLATIONS
from dialogues.meetings.dialogues.rules.order import language_of, stands_as
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.precedence.models import Lot
from dialogues.meetings.precedence.rules import LotDrawn, OrderedParty, sort_parties
from dialogues.meetings.roles import queries as roles_queries
from dialogues.policy import Role
from dialogues.sample.reading import sample
from tests.beds.forms import SAME_ORIGIN, complaints, held, page, send
from tests.cast import Cast

pytestmark = pytest.mark.engine


EXPECTED = sample()["fixtures"]["order"]
OBSERVATORY = "International Relief Observatory (fictional)"
#: Only the position of ieung differs between the two orders.
KOREAN_BUT_JAPAN = ["대한민국", "러시아연방", "몽골", "미합중국", "스위스", "조선민주주의인민공화국", "중화인민공화국"]


def listed(cast: Cast, by: PartyOrder | None = None) -> list[str]:
    """Return the texts by which the parties of TRD-1 are sorted, in order."""
    return [party.stands_as for party in precedence.order(cast.viewer("us4", meeting="TRD-1"), by).parties]


def draw(cast: Cast, code: str, by: PartyOrder = PartyOrder.ENGLISH) -> None:
    """Insert a lot."""
    trd_1 = cast.meeting("TRD-1")
    lot = Lot(
        meeting_id=trd_1,
        dialogue_id=cast.dialogue("TRD"),
        party_id=cast.party(code),
        order=by,
        drawn_at=datetime(2027, 5, 20, 8, tzinfo=UTC),
        witnesses="the co-chairs",
    )
    with upkeep(system(Purpose.SAMPLE)) as session:
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
def test_parties_are_sorted_by_language_or_city_with_observers_last(cast: Cast, by: PartyOrder, expected: str) -> None:
    assert listed(cast, by) == [*EXPECTED[expected], OBSERVATORY]


@pytest.mark.usefixtures("inside")
def test_korean_letters_are_sorted_as_in_seoul_or_pyongyang(cast: Cast) -> None:
    seoul, pyongyang = (listed(cast, by)[:-1] for by in (PartyOrder.KOREAN, PartyOrder.KOREAN_LATE_IEUNG))

    assert seoul == [*KOREAN_BUT_JAPAN[:5], "일본", *KOREAN_BUT_JAPAN[5:]]
    assert pyongyang == [*KOREAN_BUT_JAPAN, "일본"]


@pytest.mark.usefixtures("inside")
def test_parties_are_sorted_by_english_names_by_default(cast: Cast) -> None:
    assert listed(cast) == [*EXPECTED["en"], OBSERVATORY]


@pytest.mark.usefixtures("inside")
def test_the_order_starts_at_the_drawn_party_and_wraps_around(cast: Cast) -> None:
    example = EXPECTED["lot_example"]
    assert (example["language"], example["drawn"]) == ("en", "Mongolia")

    draw(cast, "MN")

    assert listed(cast) == [*example["result"], OBSERVATORY]
    assert listed(cast, PartyOrder.ENGLISH) == [*EXPECTED["en"], OBSERVATORY]


@pytest.mark.usefixtures("inside")
def test_the_order_keeps_its_start_when_the_drawn_party_leaves(cast: Cast) -> None:
    draw(cast, "MN")
    seat = cast.meeting("TRD-1"), cast.party("MN")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.delete(session.get_one(MeetingParty, seat))

    assert listed(cast) == [name for name in [*EXPECTED["lot_example"]["result"], OBSERVATORY] if name != "Mongolia"]


@pytest.mark.usefixtures("inside")
def test_people_keep_their_spelling_and_are_sorted_by_their_main_name(cast: Cast) -> None:
    assert EXPECTED["persons_family_name"].endswith("D. ZAGVAR sorts under Z")
    people = select(Person.name, Person.sort_key).where(Person.dialogue_id == cast.dialogue("TRD"))

    names = [row.name for row in db.session.execute(people.order_by(Person.collation))]

    assert names.index("PAK Ka-sang") < names.index("PARK Ga-jeong") < names.index("Marcus PLACEHOLDER")
    assert names.index("LEE Ye-si") < names.index("RI Ka-myong")
    assert names.index("Ts. TUURSHILT") < names.index("D. ZAGVAR") < names.index("ZHANG Shili")
    assert "KAKŪ Tarō" in names


@pytest.mark.usefixtures("inside")
def test_every_order_takes_one_query(cast: Cast, queries_of) -> None:
    viewer = cast.viewer("us4", meeting="TRD-1")

    assert {queries_of(lambda by=by: precedence.order(viewer, by)) for by in (None, *PartyOrder)} == {1}


@pytest.mark.usefixtures("inside")
def test_a_meeting_without_parties_has_an_empty_order(cast: Cast) -> None:
    with upkeep(system(Purpose.SAMPLE)) as session:
        for seat in session.scalars(select(MeetingParty).where(MeetingParty.meeting_id == cast.meeting("TRD-1"))):
            session.delete(seat)

    order = precedence.order(cast.viewer("us4", meeting="TRD-1"))

    assert (order.parties, order.in_force, order.lot) == ((), PartyOrder.ENGLISH, None)


@pytest.mark.usefixtures("inside")
def test_parties_of_other_dialogues_are_not_listed(cast: Cast) -> None:
    at_table = {party.id for party in precedence.order_at(cast.meeting("TRD-1")).parties}

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
def test_a_missing_name_is_replaced_by_the_english_name_or_the_code(
    by: PartyOrder, names: dict[str, str], city: str | None, word: str
) -> None:
    assert stands_as(by, names, city, "IS") == word


@pytest.mark.parametrize("by", PartyOrder)
def test_every_order_reads_names_in_a_language_and_sorts_them_by_its_letters(by: PartyOrder) -> None:
    assert language_of(by) in LANGUAGES
    assert collation_key("a", COLLATIONS[by]) < collation_key("É", COLLATIONS[by]) < collation_key("z", COLLATIONS[by])


def test_observing_organisations_are_last_in_any_draw() -> None:
    def side(code: str, kind: PartyKind) -> OrderedParty:
        return OrderedParty(id=uuid4(), code=code, names={}, kind=kind, seats={}, stands_as=code, key=code)

    sides = [side("A", PartyKind.OBSERVER), side("B", PartyKind.HOST), side("C", PartyKind.PARTY)]

    assert [party.code for party in sort_parties(sides)] == ["B", "C", "A"]
    assert [party.code for party in sort_parties(sides, ("C", "C"))] == ["C", "B", "A"]
    assert [party.code for party in sort_parties(sides, ("D", "D"))] == ["B", "C", "A"]


def address(cast: Cast, part: str = "", code: str = "TRD-1") -> str:
    with cast.app.app_context():
        return f"/meetings/{cast.meeting(code)}/order{part}"


def shown_order(cast: Cast, who: str = "us4", code: str = "TRD-1") -> list[str]:
    """Return the parties on the page of the order, by the text they are sorted by."""
    table = page(cast.client(who).get(address(cast, code=code))).select_one("table")
    assert table is not None
    return [cell.get_text(strip=True) for cell in table.select("td[data-label='Stands as'] bdi")]


def test_coordinator_chooses_the_order_with_a_preview_of_each(cast: Cast) -> None:
    offered = page(cast.client("st-coord").get(address(cast, "/choose"))).select(".order-preview")
    assert [bdi.get_text() for bdi in offered[1].select("bdi")] == [*EXPECTED["fr"], OBSERVATORY]

    answer = send(cast.client("st-coord"), address(cast, "/choose"), by="fr")

    assert answer.status_code == 303
    assert shown_order(cast) == [*EXPECTED["fr"], OBSERVATORY]


def test_a_draw_is_recorded_and_everyone_sees_where_the_order_starts(cast: Cast, read) -> None:
    send(cast.client("st-coord"), address(cast, "/lot"), witnesses="Both co-chairs and KR's focal point")

    lot = read(select(Lot))
    drawn = read(select(Party.names).where(Party.id == lot.party_id))["en"]
    start = EXPECTED["en"].index(drawn)
    assert shown_order(cast) == [*EXPECTED["en"][start:], *EXPECTED["en"][:start], OBSERVATORY]
    record = page(cast.client("us4").get(address(cast))).select_one(".sheet")
    assert record is not None
    assert {drawn, "Both co-chairs and KR's focal point"} <= {dd.get_text(strip=True) for dd in record.select("dd")}


@pytest.mark.parametrize("witnesses", ["", " \u200b "])
def test_a_draw_needs_witnesses(cast: Cast, read, witnesses: str) -> None:
    answer = send(cast.client("st-coord"), address(cast, "/lot"), witnesses=witnesses)

    assert (answer.status_code, read(select(Lot))) == (422, None)


def test_a_lot_is_drawn_only_once(cast: Cast, read) -> None:
    coordinator = cast.client("st-coord")
    in_hand = page(coordinator.get(address(cast, "/lot"))).select_one("main form[method=post]")
    order_in_hand = page(coordinator.get(address(cast, "/choose"))).select_one("main form[method=post]")
    assert in_hand is not None
    assert order_in_hand is not None
    send(coordinator, address(cast, "/lot"), witnesses="the co-chairs")
    drawn = read(select(Lot))

    again = coordinator.post(address(cast, "/lot"), data=held(in_hand) | {"witnesses": "nobody"}, headers=SAME_ORIGIN)
    version = read(select(Meeting.version).where(Meeting.code == "TRD-1"))
    other = coordinator.post(
        address(cast, "/choose"), data=held(order_in_hand) | {"by": "fr", "version": version}, headers=SAME_ORIGIN
    )

    assert "it is drawn once" in complaints(again)
    assert "which stays" in complaints(other)
    assert (read(select(Lot.party_id)), read(select(Lot.witnesses))) == (drawn.party_id, "the co-chairs")
    assert coordinator.get(address(cast, "/lot")).status_code == 200
    assert not page(coordinator.get(address(cast))).select(f"a[href='{address(cast, '/choose')}']")


def test_a_lot_needs_two_parties(cast: Cast, read) -> None:
    with cast.app.app_context():
        trd_1, leave = cast.meeting("TRD-1"), [cast.party(code) for code in ("US", "KP", "KR", "CN", "RU", "JP", "MN")]
        with upkeep(system(Purpose.SAMPLE)) as session:
            for party in leave:
                session.delete(session.get_one(MeetingParty, (trd_1, party)))

    assert "at least two parties" in complaints(send(cast.client("st-coord"), address(cast, "/lot"), witnesses="both"))
    assert read(select(Lot)) is None


def test_concurrent_choices_of_the_order_are_refused_with_a_notice(cast: Cast) -> None:
    first, second = cast.client("st-coord"), cast.client("st-coord")
    in_hand = page(second.get(address(cast, "/choose"))).select_one("main form[method=post]")
    assert in_hand is not None
    send(first, address(cast, "/choose"), by="ru")

    answer = second.post(address(cast, "/choose"), data=held(in_hand) | {"by": "fr"}, headers=SAME_ORIGIN)

    assert answer.status_code == 422
    assert "in Russian" in answer.text
    assert page(answer).select_one("input[name=by][value=fr][checked]")


@pytest.mark.parametrize("who", ["st-host", "ch1", "kr1", "us4", "st-arch"])
def test_only_a_coordinator_changes_the_order(cast: Cast, who: str) -> None:
    assert cast.client(who).get(address(cast)).status_code == 200
    assert {cast.client(who).get(address(cast, part)).status_code for part in ("/choose", "/lot")} == {404}


def test_before_the_exchange_only_the_coordinator_sees_the_witnesses(cast: Cast) -> None:
    send(cast.client("st-coord"), address(cast, "/lot", "LVR-1"), witnesses="Chiara ESEMPIO of the focal points")

    assert "ESEMPIO" in cast.client("st-coord").get(address(cast, code="LVR-1")).text
    for who in ("ru2", "ch1", "st-host"):
        shown = cast.client(who).get(address(cast, code="LVR-1")).text
        assert "Drawn to stand first" in shown
        assert "ESEMPIO" not in shown


def test_choosing_and_drawing_are_in_the_audit_log_without_the_witnesses(cast: Cast) -> None:
    send(cast.client("st-coord"), address(cast, "/choose"), by="city")
    send(cast.client("st-coord"), address(cast, "/lot"), witnesses="the co-chairs")

    with cast.app.app_context():
        assert {"order.chosen", "lot.drawn"} <= set(db.session.scalars(select(AuditEntry.action)))
    assert "witnesses" not in {field.name for field in fields(LotDrawn)}


def test_the_next_meeting_keeps_the_order_but_draws_its_own_lot(cast: Cast, read) -> None:
    send(cast.client("st-coord"), address(cast, "/choose"), by="ru")
    send(cast.client("st-coord"), address(cast, "/lot"), witnesses="the co-chairs")
    copy = address(cast).removesuffix("/order") + "/copy"

    send(cast.client("st-coord"), copy, code="TRD-2", title="Next", starts_on="2027-11-02")

    made = read(select(Meeting).where(Meeting.code == "TRD-2"))
    assert made.party_order is PartyOrder.RUSSIAN
    assert read(select(Lot).where(Lot.meeting_id == made.id)) is None


def sort_by_city(cast: Cast) -> list[str]:
    """Sort the parties of TRD-1 by city and return their codes."""
    trd_1 = cast.meeting("TRD-1")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Meeting, trd_1).party_order = PartyOrder.CITY
    return ["CN", "CH", "RU", "KP", "KR", "JP", "MN", "US", "XO"]


@pytest.mark.usefixtures("inside")
def test_people_in_lists_follow_the_order_of_their_parties(cast: Cast) -> None:
    codes = sort_by_city(cast)
    coordinator = cast.viewer("st-coord", meeting="TRD-1")

    roles = roles_queries.roles(coordinator)
    choices = planning.people_of_meeting(coordinator, planning.planned_meeting(coordinator))

    assert [row.party_code for row in roles if row.role is Role.FOCAL_POINT] == codes
    assert list(dict.fromkeys(person.party for person in choices)) == [*codes, ""]
    assert [party.code for party in precedence.parties_in_order(coordinator)] == codes


@pytest.mark.usefixtures("inside")
def test_the_page_of_a_dialogue_lists_parties_by_english_names(cast: Cast) -> None:
    sort_by_city(cast)

    parties = dialogues.parties(cast.viewer("st-coord", dialogue="TRD"))

    assert [party.names["en"] for party in parties] == [*EXPECTED["en"], OBSERVATORY]
