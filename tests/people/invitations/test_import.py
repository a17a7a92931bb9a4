"""Invitations from a file: valid lines are invited, invalid lines come back in a file to correct."""

import csv
import io
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from dialogues.extensions import db
from dialogues.lib.tables.reading import MOST_BYTES, read_table
from dialogues.lib.tables.writing import as_workbook
from dialogues.meetings.dialogues.models import Person
from tests.beds.forms import SAME_ORIGIN, complaints, held, page, send
from tests.people.conftest import Site
from tests.people.roster.test_views import invite

MIXED = """name,email,party,capacity,table
Bat-Erdene Ganbold,bat@example.org,MN,participant,1
,nameless@example.org,MN,,2
No Mail,,MN,,3
Wrong Mail,not an address,MN,,4
Wrong Party,party@example.org,XX,,5
Wrong Capacity,king@example.org,KR,king,6
Same Again,BAT@EXAMPLE.org,MN,,7
"=cmd|' /C calc'!A1",formula@example,KR,,8
Park Min-jun,park@example.org,Republic of Korea,observer,9
"""


FILES = Path(__file__).parent / "files"


@dataclass(slots=True)
class Desk:
    """A coordinator who imports people."""

    site: Site
    client: FlaskClient

    def upload(self, content: bytes, code: str = "SCD-1") -> TestResponse:
        """Choose a file; the answer is the preview."""
        return send(self.client, self.site.page(code, "/import"), file=(io.BytesIO(content), "people.csv"))

    def look_again(self, shown: TestResponse, **chosen: Any) -> TestResponse:
        """Send the form of the preview with these choices."""
        form = page(shown).select_one("main form[action$=preview]")
        return self.client.post(form["action"], data=held(form) | chosen, headers=SAME_ORIGIN)

    def invite(self, shown: TestResponse, **chosen: Any) -> TestResponse:
        return self.look_again(shown, invite="yes", **chosen)

    def download(self, shown: TestResponse) -> TestResponse:
        form = page(shown).select_one("main form[action$=mend]")
        return self.client.post(form["action"], data=held(form), headers=SAME_ORIGIN)

    def invited(self) -> dict[str, str]:
        """Names of the people who got an email, by address."""
        addresses = [email.recipients[0] for email in self.site.mail()]
        db.session.rollback()
        people = db.session.execute(select(Person.email, Person.name).where(Person.email.in_(addresses)))
        return {row.email: row.name for row in people}


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site, site.cast.client("st-coord"))


def names(shown: TestResponse) -> list[str]:
    """The names in the table of people to invite."""
    return [row.th.get_text(strip=True) for row in page(shown).select("main form[action$=preview] tbody tr")]


def faults(shown: TestResponse) -> dict[str, str]:
    """The reasons of the rows to fix, by row number."""
    rows = page(shown).select("main form[action$=mend]")[0].find_next("table").select("tbody tr")
    return {row.th.get_text(strip=True): row.td.get_text(" ", strip=True) for row in rows}


def readings(shown: TestResponse) -> list[str]:
    """The encodings that the page offers, with a sample of the names."""
    found = page(shown).select("input[name=encoding]")
    return [" ".join(one.find_next("label").get_text(" ").split()) for one in found]


def test_a_file_is_previewed_and_nothing_is_saved_or_sent(desk: Desk) -> None:
    shown = desk.upload(MIXED.encode())

    assert names(shown) == ["Bat-Erdene Ganbold", "Park Min-jun"]
    assert faults(shown).keys() == {"3", "4", "5", "6", "7", "8", "9"}
    assert "These columns are not used: table." in shown.text
    assert desk.site.participation("bat@example.org") is None
    assert desk.invited() == {}


def test_valid_rows_are_invited_and_invalid_rows_return_with_number_and_reason(desk: Desk) -> None:
    answer = desk.invite(desk.upload(MIXED.encode()))

    rows = faults(answer)
    assert rows.keys() == {"3", "4", "5", "6", "7", "8", "9"}
    assert rows["3"] == "The name is missing."
    assert rows["4"] == "The e-mail address is missing."
    assert "is not an e-mail address" in rows["5"]
    assert "“XX” is no party of this meeting: write one of" in rows["6"]
    assert "“king” is no capacity" in rows["7"]
    assert rows["8"] == "Row 2 has the same address already. Enter another."
    assert "2 people are invited" in answer.text
    assert desk.invited() == {"bat@example.org": "Bat-Erdene Ganbold", "park@example.org": "Park Min-jun"}


@pytest.mark.parametrize(
    ("file", "right"),
    [
        ("names-cp1250.csv", ["Jiří Dvořák", "Růžena Nováčková", "Zdeněk Řehoř"]),
        ("names-cp1254.csv", ["Işıl Yıldırım", "Çağrı Şahin"]),
        ("names-cp1257.csv", ["Rūta Žukauskienė", "Ģirts Bērziņš"]),
    ],
)
def test_names_in_a_code_page_are_seen_right_before_they_are_invited(desk: Desk, file: str, right: list[str]) -> None:
    shown = desk.upload((FILES / file).read_bytes())

    assert names(shown) == right
    assert ", ".join(right) in readings(shown)[0]
    assert desk.invite(shown).status_code == 303
    assert list(desk.invited().values()) == right


def test_another_encoding_is_previewed_before_it_is_used(desk: Desk) -> None:
    shown = desk.upload("name;email;party\nΓιώργος;gr@example.org;MN\n".encode("cp1253"))
    assert names(shown) == ["Гйюсгпт"]

    changed = desk.invite(shown, encoding="windows-1253")

    assert changed.status_code == 422
    assert "differ from the last preview" in complaints(changed)
    assert names(changed) == ["Γιώργος"]
    assert desk.invited() == {}
    desk.invite(changed)
    assert desk.invited() == {"gr@example.org": "Γιώργος"}


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        *(("cp1251", "Иванов Пётр"), ("cp1252", "Hélène Müller"), ("cp949", "김지원"), ("gb18030", "金志源")),
        *(("cp932", "山田太郎"), ("big5", "陳志強"), ("cp1253", "Γιώργος"), ("cp1250", "Tamás Szőke")),
    ],
)
def test_the_right_names_are_among_the_three_likeliest(desk: Desk, encoding: str, name: str) -> None:
    shown = desk.upload(f"name;email;party\n{name};a@example.org;MN\n".encode(encoding))

    assert any(name in one for one in readings(shown)[:3])


def test_a_file_in_unicode_is_taken_as_such(desk: Desk) -> None:
    assert readings(desk.upload("name,email,party\nŁukasz,a@example.org,MN\n".encode())) == []


def test_headings_in_a_code_page_are_found(desk: Desk) -> None:
    shown = desk.upload("имя;почта;сторона\nΜπατ Γιώργος;gr@example.org;MN\n".encode("cp1251", "replace"))

    assert "имя" in readings(shown)[0]


def test_an_encoding_without_the_columns_is_refused_and_the_preview_stays(desk: Desk) -> None:
    shown = desk.upload("имя;почта;сторона\nИванов Пётр;petr@example.org;RU\n".encode("cp1251"))

    changed = desk.invite(shown, encoding="windows-1252")

    assert changed.status_code == 422
    assert "must name the columns" in complaints(changed)
    assert names(changed) == ["Иванов Пётр"]
    assert page(changed).select_one("input[name=encoding][checked]")["value"] == "windows-1251"


@pytest.mark.parametrize(
    "name", ["Ji?í Dvořák", "?ukasz", "Nová\ufffd", "RenÃ© Dupont", "MÃ¼ller", "Jiøí ¤", "R\xf9\x9eena"]
)
def test_a_damaged_name_is_a_row_to_fix(desk: Desk, name: str) -> None:
    shown = desk.upload(f"name,email,party\n{name},a@example.org,MN\n".encode())

    assert "has a damaged letter" in faults(shown)["2"]
    assert names(shown) == []


@pytest.mark.parametrize(
    "name", ["O’Neill", "Anna-Marie d’Arc", "Nuñez (Pepe)", "ʻAkaʻula", "Ana·Maria", "Guest 12", "J. R. Þór"]
)
def test_an_unusual_name_is_taken(desk: Desk, name: str) -> None:
    assert names(desk.upload(f"name,email,party\n{name},a@example.org,MN\n".encode())) == [name]


def test_a_quoted_line_break_is_part_of_the_name(desk: Desk) -> None:
    desk.invite(desk.upload((FILES / "quoted-newline.csv").read_bytes()))

    assert desk.invited() == {"nl1@example.org": "Ana Pereira", "nl2@example.org": "Luis Costa"}


def test_name_next_to_a_family_name_is_the_given_name(desk: Desk) -> None:
    desk.invite(desk.upload((FILES / "headings-korean.csv").read_bytes()))

    assert desk.invited() == {"kr1@example.org": "윤서아"}


@pytest.mark.parametrize(
    ("heading", "row", "name"),
    [
        ("姓,名", "周,明", "周明"),
        ("Name,Vorname", "Keller,Ruth", "Keller Ruth"),
        ("Nom,Prénom", "Dupont,Zoé", "Dupont Zoé"),
        ("Фамилия,Имя", "Иванов,Пётр", "Иванов Пётр"),
        ("Nombre,Apellidos", "Ana,Pérez Gil", "Pérez Gil Ana"),
        ('"Family\r\nname",Name', "Keller,Ruth", "Keller Ruth"),
        ("Full name,Family name,Given name", "Dr. R. Keller,Keller,Ruth", "Dr. R. Keller"),
    ],
)
def test_headings_are_read_as_a_set(desk: Desk, heading: str, row: str, name: str) -> None:
    shown = desk.upload(f"{heading},e-mail,party\n{row},a@example.org,MN\n".encode())

    assert names(desk.look_again(shown, order="family_first")) == [name]


def test_the_order_of_names_is_asked_where_the_script_does_not_tell(desk: Desk) -> None:
    shown = desk.upload((FILES / "family-given-columns-cjk.csv").read_bytes())
    assert "Choose which name comes first." in complaints(desk.invite(shown))

    shown = desk.look_again(shown, order="family_first")

    right = ["윤서아", "周明", "Батын Сараа", "Nagy Éva"]
    assert names(shown) == right
    desk.invite(shown)
    assert list(desk.invited().values()) == right


@pytest.mark.parametrize(
    ("order", "name", "sort_key"),
    [
        ("given_first", "Éva Nagy", "Nagy Éva"),
        ("family_first", "Nagy Éva", "Nagy Éva"),
        ("patronymic_given", "Nagy Éva", "Éva Nagy"),
    ],
)
def test_the_order_of_names_is_stored_with_the_person(desk: Desk, order: str, name: str, sort_key: str) -> None:
    shown = desk.upload("family name,given name,e-mail,party\nNagy,Éva,a@example.org,MN\n".encode())
    desk.invite(desk.look_again(shown, order=order))

    person = db.session.scalars(select(Person).where(Person.email == "a@example.org")).one()
    assert (person.name, person.name_order.value, person.sort_key) == (name, order, sort_key)


@pytest.mark.parametrize(("family", "given"), [("윤", "서아"), ("鈴木", "エミ"), ("王", "\U0002ebf1"), ("司馬", "光")])
def test_east_asian_names_have_their_own_order(desk: Desk, family: str, given: str) -> None:
    shown = desk.upload(f"given name,family name,e-mail,party\n{given},{family},a@example.org,MN\n".encode())

    assert page(shown).select("input[name=order]") == []
    assert names(shown) == [family + given]


def test_rare_letters_of_a_name_are_kept(desk: Desk) -> None:
    desk.invite(desk.upload((FILES / "rare-han-name.csv").read_bytes()))

    assert desk.invited() == {"ri1@example.org": "王\U0002ebf1"}


def test_full_width_codes_and_addresses_are_taken(desk: Desk) -> None:
    header = "ｎａｍｅ,Ｅ－ｍａｉｌ,party,capacity"
    content = f"{header}\nBat,fw1＠example.org,ＣＨ,ｏｂｓｅｒｖｅｒ\nOyun,ｆｗ２@example.org,ｓｗｉｔｚｅｒｌａｎｄ,\n"

    assert desk.invite(desk.upload(content.encode())).status_code == 303
    assert desk.invited().keys() == {"fw1@example.org", "fw2@example.org"}


def test_the_rows_to_fix_come_back_as_they_came(desk: Desk) -> None:
    original = (FILES / "mend-semicolon.csv").read_bytes()

    fixed = desk.download(desk.upload(original))

    assert fixed.headers["Content-Disposition"] == 'attachment; filename="to-fix.csv"'
    lines = zip(original.decode().split("\r\n"), fixed.data.decode().split("\r\n"), strict=True)
    assert all(now.startswith(was) for was, now in lines)
    assert fixed.data.decode().startswith(
        "\ufeffname;email;party;capacity;what to fix\r\nRuth Keller;not an address;CH;participant;"
    )


@pytest.mark.parametrize(
    ("encoding", "separator"), [("cp1250", ";"), ("utf-16", "\t"), ("cp949", ","), ("utf-8-sig", ",")]
)
def test_the_rows_to_fix_keep_encoding_and_separator(desk: Desk, encoding: str, separator: str) -> None:
    rows = [["name", "email", "party", "note"], ["Bea", "wrong", "MN", "a;b,c\nd"]]
    name = {"cp949": "김지원", "cp1250": "Jiří Dvořák"}.get(encoding, "Łukasz")
    rows[1][0] = name
    text = "".join(separator.join(f'"{cell}"' for cell in row) + "\n" for row in rows)

    fixed = desk.download(desk.upload(text.encode(encoding))).data.decode(encoding)

    header, row = csv.reader(io.StringIO(fixed, newline=""), delimiter=separator)
    assert header == [*rows[0], "what to fix"]
    assert row[:4] == rows[1]


def test_a_workbook_is_read_and_its_rows_to_fix_come_back_as_a_workbook(desk: Desk) -> None:
    rows = [
        ["name", "email", "party"],
        ["Батын Сараа", "a@example.org", "MN"],
        ["", "b@example.org", "MN"],
        ["-Bat", "c", "MN"],
    ]
    shown = desk.upload(as_workbook(rows))

    fixed = desk.download(shown)

    assert names(shown) == ["Батын Сараа"]
    assert fixed.headers["Content-Disposition"] == 'attachment; filename="to-fix.xlsx"'
    table = read_table(fixed.data)
    assert table.header == ("name", "email", "party", "what to fix")
    assert [list(row.cells[:3]) for row in table.rows] == rows[2:]


def test_the_rows_to_fix_contain_no_formula(desk: Desk) -> None:
    fixed = desk.download(desk.upload(MIXED.encode()))

    header, *rows = csv.reader(io.StringIO(fixed.data.decode("utf-8-sig")))
    assert header == ["name", "email", "party", "capacity", "table", "what to fix"]
    assert rows[0] == ["", "nameless@example.org", "MN", "", "2", "The name is missing."]
    assert rows[-1][0] == "'=cmd|' /C calc'!A1"


def test_the_column_of_reasons_is_replaced_when_fixed_rows_are_uploaded(desk: Desk) -> None:
    again = desk.upload(desk.download(desk.upload(b"name,email,party\nOyun,x,MN\nBat,b@example.org,MN\n")).data)

    assert desk.download(again).data.decode("utf-8-sig").splitlines()[0] == "name,email,party,what to fix"


def test_uploading_a_file_twice_invites_nobody_twice(desk: Desk) -> None:
    content = b"name,email,party\nOyun Bat,oyun@example.org,MN\n"
    first = desk.upload(content)
    assert desk.invite(first).status_code == 303
    assert len(desk.site.mail()) == 1

    assert "belongs to Oyun Bat, who is on the list already" in faults(desk.upload(content))["2"]
    late = desk.invite(first)

    assert late.status_code == 422
    assert "differ from the last preview" in complaints(late)
    assert desk.site.mail() == []


def test_known_person_keeps_their_name_and_the_page_says_so(desk: Desk) -> None:
    invite(desk.site)
    send(desk.client, desk.site.page("SCD-1", f"/{desk.site.participation('oyun@example.org').id}/take-back"))
    desk.site.mail()

    shown = desk.upload("name,email,party\nOyuna,Oyun@Example.org,MN\n".encode("utf-16"))

    assert "the address belongs to Oyun Bat" in shown.text
    desk.invite(shown)
    assert desk.invited() == {"oyun@example.org": "Oyun Bat"}


def test_unreadable_file_is_refused_on_the_form(desk: Desk) -> None:
    for content, said in (
        (b"PK\x03\x04 no zip", "CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "XLSX"),
        (b"\x00\xff\x00", "CSV UTF-8"),
        (b"", "empty"),
        (b"nom;tel\n", "must name the columns"),
        ("имя;телефон\n".encode("cp1251"), "must name the columns"),
    ):
        answer = desk.upload(content)
        assert answer.status_code == 422
        assert said in complaints(answer)


def test_the_page_can_carry_a_file_of_the_largest_size(desk: Desk) -> None:
    small = b"name,email,party\nOyun,oyun@example.org,MN\n"
    empty = (b" " * 999 + b"\n") * 1000
    large = urlsafe_b64encode((small + empty)[:MOST_BYTES]).decode()
    shown = desk.look_again(desk.upload(small), file=large)

    assert desk.invite(shown).status_code == 303
    assert desk.invited() == {"oyun@example.org": "Oyun"}


def test_a_closed_registration_is_reported_before_the_preview(desk: Desk) -> None:
    assert desk.upload(b"name,email,party\nOyun,oyun@example.org,MN\n", "TRD-1").status_code == 422


def test_missing_file_is_reported(site: Site) -> None:
    answer = send(site.cast.client("st-coord"), site.page("SCD-1", "/import"), file=None)

    assert "choose a file" in complaints(answer)


def test_html_in_a_file_is_shown_as_text(desk: Desk) -> None:
    answer = desk.upload(b"name,email,party\n<script>alert(1)</script>,bad,MN\n")

    assert "<script>alert" not in answer.text


def test_a_forged_preview_is_refused_or_read_again(desk: Desk) -> None:
    shown = desk.upload(b"name,email,party\nOyun Bat,oyun@example.org,MN\n")

    assert desk.look_again(shown, file="no base64!").status_code == 303
    assert desk.look_again(shown, file="").status_code == 400
    assert names(desk.look_again(shown, encoding="unicode_escape")) == ["Oyun Bat"]
    assert desk.look_again(shown, order="backwards").status_code == 422
    assert desk.invite(shown, previewed="").status_code == 422
    assert desk.site.mail() == []


def test_the_download_accepts_only_rows_of_text_in_a_known_format(desk: Desk) -> None:
    form = page(desk.upload(MIXED.encode())).select_one("main form[action$=mend]")

    for table in (
        "",
        "no json",
        "[]",
        "{}",
        "[[1]]",
        '[["a"]]',
        '["a"]',
        '[["","","",""],[""]]',
        '[[";","zlib"],["a"]]',
        '[["a","utf-8"],["a"]]',
    ):
        sent: dict[str, Any] = held(form) | {"table": table}
        assert desk.client.post(form["action"], data=sent, headers=SAME_ORIGIN).status_code == 400


def test_statements_per_person_stay_few_for_many_people(desk: Desk) -> None:
    sent: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: sent.append(statement))
    costs, previews = [], []
    for number, people in enumerate((10, 200)):
        lines = "".join(f"Guest {n},guest{number}-{n}@example.org,MN\n" for n in range(people))
        sent.clear()
        shown = desk.upload(f"name,email,party\n{lines}".encode())
        previews.append(len(sent))
        sent.clear()

        assert desk.invite(shown).status_code == 303

        costs.append(len(sent) / people)
    few, many = costs
    assert many <= few
    assert many < 20
    assert previews[0] == previews[1]
