"""Name plates: names as their holders write them, in their own script, with the party in a chosen language."""

import pytest
from flask import Flask

from dialogues.meetings.dialogues.rules.kinds import NameOrder
from dialogues.onsite.seating.rules.names import StyledName, script_language, styled
from tests.beds.forms import page
from tests.cast import Cast

FIRST, LAST, GIVEN = NameOrder.FAMILY_FIRST, NameOrder.GIVEN_FIRST, NameOrder.PATRONYMIC_GIVEN


@pytest.fixture
def plates(cast: Cast, app: Flask) -> str:
    with app.app_context():
        return f"/meetings/{cast.meeting('TRD-1')}/seating/plates"


@pytest.mark.parametrize(
    ("name", "family", "given", "order", "marked"),
    [
        ("PAK Ka-sang", "Pak", "", FIRST, StyledName("", "PAK", " Ka-sang")),
        ("PARK Ga-jeong", "Park", "", FIRST, StyledName("", "PARK", " Ga-jeong")),
        ("Pavel Nikolaevich PRIMEROV", "Primerov", "", LAST, StyledName("Pavel Nikolaevich ", "PRIMEROV", "")),
        ("D. ZAGVAR", "", "Zagvar", GIVEN, StyledName("D. ", "ZAGVAR", "")),
        ("Ana ANAYA", "Anaya", "", LAST, StyledName("Ana ", "ANAYA", "")),
        ("LI Li", "Li", "", FIRST, StyledName("", "LI", " Li")),
        ("Sukarno", "", "", LAST, StyledName("Sukarno", "", "")),
        ("Straße MÜLLER", "Müller", "", LAST, StyledName("Straße MÜLLER", "", "")),
        ("KAKŪ Tarō", "Other", "", FIRST, StyledName("KAKŪ Tarō", "", "")),
    ],
)
def test_the_family_name_is_highlighted_as_written(
    name: str, family: str, given: str, order: NameOrder, marked: StyledName
) -> None:
    assert styled(name, family, given, order) == marked


@pytest.mark.parametrize(
    ("native", "languages", "language"),
    [
        ("박가상", ("ko", "en"), "ko"),
        ("架空太郎", ("ja", "en"), "ja"),
        ("张示例", ("zh", "en"), "zh"),
        ("\U0002ebf1", (), "zh"),
        ("テスト", (), "ja"),
        ("Д. Загвар", ("mn", "en", "ru"), "mn"),
        ("Шаблонова Ольга", (), "ru"),
        ("", ("ru",), ""),
    ],
)
def test_native_script_has_a_language_tag_for_the_right_glyphs(
    native: str, languages: tuple[str, ...], language: str
) -> None:
    assert script_language(native, languages) == language


def test_plates_are_in_the_current_order_without_rank_or_flag(cast: Cast, plates: str) -> None:
    answer = cast.client("ch1").get(f"{plates}?language=fr")
    names = [" ".join(one.text.split()) for one in page(answer).select(".plate-side:not(.plate-back) .plate-name")]

    assert names[:6] == ["CHEN Yangben", "LI Jiading", "WANG Xuni", "ZHANG Shili", "ZHAO Moni", "KIM Po-gi"]
    assert len(names) == 34
    assert page(answer).select_one(".plate-side:not(.plate-back) .plate-name strong").text == "CHEN"
    assert "République populaire démocratique de Corée" in answer.text
    assert page(answer).select_one(".plate-native bdi[lang=ja]").text == "架空太郎"
    assert not page(answer).select("main img")


def test_an_unknown_language_is_english(cast: Cast, plates: str) -> None:
    answer = cast.client("st-travel").get(f"{plates}?language=%3Cx%3E&kind=cards")

    assert "Republic of Korea" in answer.text
    assert len(page(answer).select(".place-cards > li")) == 34


@pytest.mark.parametrize("who", ["kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch"])
def test_only_coordinators_and_co_chairs_can_print_plates(cast: Cast, plates: str, who: str) -> None:
    assert cast.client(who).get(plates).status_code == 404
