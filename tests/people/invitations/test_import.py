"""Invitations from a file: valid lines are invited, invalid lines come back in a file to correct."""

import csv
import io
from typing import Any

from sqlalchemy import event
from werkzeug.test import TestResponse

from dialogues.extensions import db
from tests.beds.forms import SAME_ORIGIN, complaints, held, page, send
from tests.people.conftest import Office
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


def upload(office: Office, content: bytes, code: str = "SCD-1") -> TestResponse:
    return send(office.cast.client("st-coord"), office.page(code, "/import"), file=(io.BytesIO(content), "people.csv"))


def test_valid_lines_are_invited_and_invalid_lines_return_with_number_and_reason(office: Office) -> None:
    answer = upload(office, MIXED.encode())

    rows = {row.th.get_text(strip=True): row.td.get_text(" ", strip=True) for row in page(answer).select("tbody tr")}
    assert rows.keys() == {"3", "4", "5", "6", "7", "8", "9"}
    assert rows["3"] == "The name is missing."
    assert rows["4"] == "The e-mail address is missing."
    assert "is not an e-mail address" in rows["5"]
    assert "“XX” is no party of this meeting: write one of" in rows["6"]
    assert "“king” is no capacity" in rows["7"]
    assert rows["8"] == "The same address stands in line 2 already."
    assert {letter.recipients[0] for letter in office.mail()} == {"bat@example.org", "park@example.org"}
    assert "2 people are invited" in answer.text
    assert "These columns were not used: table." in answer.text


def test_correction_file_contains_the_original_lines_with_reasons_and_no_formula(office: Office) -> None:
    client = office.cast.client("st-coord")
    answer = send(client, office.page("SCD-1", "/import"), file=(io.BytesIO(MIXED.encode()), "people.csv"))
    form = page(answer).select_one("main form[action$=mend]")

    mended = client.post(form["action"], data=held(form), headers=SAME_ORIGIN)

    assert mended.headers["Content-Disposition"] == 'attachment; filename="to-mend.csv"'
    assert mended.data.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(mended.data.decode("utf-8-sig")))
    assert header == ["name", "email", "party", "capacity", "table", "what to mend"]
    assert rows[0] == ["", "nameless@example.org", "MN", "", "2", "The name is missing."]
    assert rows[-1][0] == "'=cmd|' /C calc'!A1"


def test_corrected_file_can_be_uploaded(office: Office) -> None:
    answer = upload(office, b"name,email,party,what to mend\nOyun Bat,oyun@example.org,MN,The party is missing\n")

    assert "1 person is invited" in answer.text


def test_uploading_a_file_twice_invites_nobody_twice(office: Office) -> None:
    content = b"name,email,party\nOyun Bat,oyun@example.org,MN\n"
    assert upload(office, content).status_code == 303
    assert len(office.mail()) == 1

    again = upload(office, content)

    assert "Nobody was invited" in again.text
    assert "belongs to Oyun Bat, who is on the list already" in again.text
    assert office.mail() == []


def test_known_person_keeps_their_name_and_the_page_says_so(office: Office) -> None:
    invite(office)
    client = office.cast.client("st-coord")
    send(client, office.page("SCD-1", f"/{office.participation('oyun@example.org').id}/take-back"))

    answer = upload(office, "name,email,party\nOyuna,Oyun@Example.org,MN\n".encode("utf-16"))

    assert "the address belongs to Oyun Bat" in answer.text


def test_file_in_another_encoding_is_read_and_the_page_says_so(office: Office) -> None:
    answer = upload(office, "name;email;party\nИванов Пётр;petr@example.org;RU\n".encode("cp1251"))

    assert "it was read as windows-1251" in answer.text
    assert "Иванов Пётр" in office.cast.client("st-coord").get(office.page("SCD-1")).text


def test_unreadable_file_is_refused_on_the_form(office: Office) -> None:
    for content, said in (
        ("name,email,party\n金志源,a@example.org,KR\n".encode("gb18030"), "CSV UTF-8"),
        (b"", "empty"),
        (b"nom;tel\n", "must name the columns"),
    ):
        answer = upload(office, content)
        assert answer.status_code == 422
        assert said in complaints(answer)


def test_missing_file_is_reported(office: Office) -> None:
    answer = send(office.cast.client("st-coord"), office.page("SCD-1", "/import"), file=None)

    assert "choose a file" in complaints(answer)


def test_html_in_a_file_is_shown_as_text(office: Office) -> None:
    answer = upload(office, b"name,email,party\n<script>alert(1)</script>,bad,MN\n")

    assert "<script>alert" not in answer.text


def test_correction_file_accepts_only_rows_of_text(office: Office) -> None:
    client = office.cast.client("st-coord")
    answer = send(client, office.page("SCD-1", "/import"), file=(io.BytesIO(MIXED.encode()), "people.csv"))
    form = page(answer).select_one("main form[action$=mend]")

    for lines in ("", "no json", "[]", "{}", "[[1]]", "[[]]", '["a"]'):
        sent: dict[str, Any] = held(form) | {"lines": lines}
        assert client.post(form["action"], data=sent, headers=SAME_ORIGIN).status_code == 400


def test_statements_per_person_stay_few_for_many_people(office: Office) -> None:
    sent: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: sent.append(statement))
    costs = []
    for number, people in enumerate((10, 200)):
        lines = "".join(f"Guest {n},guest{number}-{n}@example.org,MN\n" for n in range(people))
        sent.clear()

        assert upload(office, f"name,email,party\n{lines}".encode()).status_code == 303

        costs.append(len(sent) / people)
    few, many = costs
    assert many <= few
    assert many < 20
