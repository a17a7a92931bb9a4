"""Both database engines find the same records, as the tokenizer decides."""

import pytest
from sqlalchemy import select

from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.lib.textsearch.search_index import matching
from dialogues.lib.textsearch.tokens import holds, terms
from dialogues.records.archive.models import Record
from tests.records.archive.conftest import Archive

pytestmark = pytest.mark.engine


TEXTS = {
    "A": "Flood bulletins of the river; e-mail them. 洪水预报",
    "B": "Паводок и ещё прогноз. 洪水和预报 mail e",
    "C": "홍수 예보 용어집 초안을 보냅니다",
    "D": "关于洪水预报术语的答复：建议每日公布水位",
    "E": "洪" * 400 + "水" * 400 + " " + "word " * 400 + "last",
    "F": " ".join(f"w{n}" for n in range(18_000)) + " far away 末尾",
    "G": "İstanbul Straße naïve ﬁne",
    "H": "𠀀𠀁 supplementary",
    "I": "Kim Young-ho, O’Neil and Lee Youngmi",
    "J": "Kim Youngho, ONeil; Young ho",
}
FOUND_AS_TYPED = [
    *(("Łódź", "lodz"), ("Søren", "soren"), ("Đorđević", "dordevic"), ("Đặng", "dang"), ("Kızılırmak", "kizilirmak")),
    *(("Işık", "ışık"), ("IŞIK", "ışık"), ("Œuvre", "oeuvre"), ("Æsir", "aesir"), ("Þingvellir", "thingvellir")),
    *(("Guðrún", "gudrun"), ("O’Neil", "O'Neil"), ("Oʼneil", "oneil"), ("ONeil", "o’neil"), ("l’Ivoire", "ivoire")),
    *(("Young-ho", "youngho"), ("Youngho", "young-ho"), ("Young‐ho", "Young-ho"), ("Əliyev", "eliyev")),
    *(("김 철수", "김철수"), ("김철수", "김 철수"), ("철수 김", "김 철수"), ("مُحَمَّد", "محمد"), ("שָׁלוֹם", "שלום")),
]
QUERIES = (
    *("flood", "FLOOD river", "e-mail", "mail", "паводок", "еще", "홍수", "수", "용어집", "용어", "집"),
    *(
        "洪水",
        "洪水预报",
        "预报",
        "水",
        "洪",
        "水位",
        "位",
        "答复",
        "洪洪水水",
        "word last",
        "far-away",
        "away-far",
        "w17999-far",
    ),
    *("youngho", "young-ho", "young ho", "o'neil", "oneil", "neil", "hoyoung", "young-ho-kim", "홍수예보", "수예보"),
    *("末", "末尾", "尾", "istanbul", "strasse", "STRASSE naive", "fine", "𠀀𠀁", "𠀁", "nowhere", "trd", "TRD-A", "A"),
)


@pytest.fixture
def filled(archive: Archive) -> Archive:
    for name, text in TEXTS.items():
        archive.place(f"TRD-{name}", text, title=f"Paper {name}")
    return archive


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("query", QUERIES)
def test_a_search_finds_the_records_that_contain_its_words(query: str) -> None:
    wanted = terms(query)
    everything = db.session.execute(select(Record.id, Record.title, Record.reference, Record.text)).all()

    found = set(db.session.scalars(matching(db.engine.dialect.name, wanted)))

    assert found == {row.id for row in everything if holds(f"{row.title} {row.reference} {row.text}", wanted)}


@pytest.mark.parametrize(("text", "query"), FOUND_AS_TYPED)
def test_a_search_finds_a_word_as_people_type_it(archive: Archive, text: str, query: str) -> None:
    archive.place("TRD-X-1", f"The word {text} is here", title="Paper")

    assert len(db.session.scalars(matching(db.engine.dialect.name, terms(query))).all()) == 1


def test_a_record_that_is_not_filed_leaves_no_trace_in_the_index(archive: Archive) -> None:
    archive.place("TRD-X-1", "once")
    with pytest.raises(Refusal, match="TRD-X-1"):
        archive.place("TRD-X-1", "heron")

    assert db.session.scalars(matching(db.engine.dialect.name, terms("heron"))).all() == []
