"""Invitations from a file: valid lines are invited, invalid lines come back in a file to correct."""

import csv
import io
from typing import Any

from sqlalchemy import event
from werkzeug.test import TestResponse

from dialogues.extensions import db
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


def upload(site: Site, content: bytes, code: str = "SCD-1") -> TestResponse:
    return send(site.cast.client("st-coord"), site.page(code, "/import"), file=(io.BytesIO(content), "people.csv"))


def test_valid_lines_are_invited_and_invalid_lines_return_with_number_and_reason(site: Site) -> None:
    answer = upload(site, MIXED.encode())

    rows = {row.th.get_text(strip=True): row.td.get_text(" ", strip=True) for row in page(answer).select("tbody tr")}
    assert rows.keys() == {"3", "4", "5", "6", "7", "8", "9"}
    assert rows["3"] == "The name is missing."
    assert rows["4"] == "The e-mail address is missing."
    assert "is not an e-mail address" in rows["5"]
    assert "“XX” is no party of this meeting: write one of" in rows["6"]
    assert "“king” is no capacity" in rows["7"]
    assert rows["8"] == "The same address stands in line 2 already."
    assert {email.recipients[0] for email in site.mail()} == {"bat@example.org", "park@example.org"}
    assert "2 people are invited" in answer.text
    assert "These columns were not used: table." in answer.text


def test_correction_file_contains_the_original_lines_with_reasons_and_no_formula(site: Site) -> None:
    client = site.cast.client("st-coord")
    answer = send(client, site.page("SCD-1", "/import"), file=(io.BytesIO(MIXED.encode()), "people.csv"))
    form = page(answer).select_one("main form[action$=mend]")

    mended = client.post(form["action"], data=held(form), headers=SAME_ORIGIN)

    assert mended.headers["Content-Disposition"] == 'attachment; filename="to-mend.csv"'
    assert mended.data.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(mended.data.decode("utf-8-sig")))
    assert header == ["name", "email", "party", "capacity", "table", "what to mend"]
    assert rows[0] == ["", "nameless@example.org", "MN", "", "2", "The name is missing."]
    assert rows[-1][0] == "'=cmd|' /C calc'!A1"


def test_corrected_file_can_be_uploaded(site: Site) -> None:
    answer = upload(site, b"name,email,party,what to mend\nOyun Bat,oyun@example.org,MN,The party is missing\n")

    assert "1 person is invited" in answer.text


def test_uploading_a_file_twice_invites_nobody_twice(site: Site) -> None:
    content = b"name,email,party\nOyun Bat,oyun@example.org,MN\n"
    assert upload(site, content).status_code == 303
    assert len(site.mail()) == 1

    again = upload(site, content)

    assert "Nobody was invited" in again.text
    assert "belongs to Oyun Bat, who is on the list already" in again.text
    assert site.mail() == []


def test_known_person_keeps_their_name_and_the_page_says_so(site: Site) -> None:
    invite(site)
    client = site.cast.client("st-coord")
    send(client, site.page("SCD-1", f"/{site.participation('oyun@example.org').id}/take-back"))

    answer = upload(site, "name,email,party\nOyuna,Oyun@Example.org,MN\n".encode("utf-16"))

    assert "the address belongs to Oyun Bat" in answer.text


def test_file_in_another_encoding_is_read_and_the_page_says_so(site: Site) -> None:
    answer = upload(site, "name;email;party\nИванов Пётр;petr@example.org;RU\n".encode("cp1251"))

    assert "it was read as windows-1251" in answer.text
    assert "Иванов Пётр" in site.cast.client("st-coord").get(site.page("SCD-1")).text


def test_unreadable_file_is_refused_on_the_form(site: Site) -> None:
    for content, said in (
        ("name,email,party\n金志源,a@example.org,KR\n".encode("gb18030"), "CSV UTF-8"),
        (b"", "empty"),
        (b"nom;tel\n", "must name the columns"),
    ):
        answer = upload(site, content)
        assert answer.status_code == 422
        assert said in complaints(answer)


def test_missing_file_is_reported(site: Site) -> None:
    answer = send(site.cast.client("st-coord"), site.page("SCD-1", "/import"), file=None)

    assert "choose a file" in complaints(answer)


def test_html_in_a_file_is_shown_as_text(site: Site) -> None:
    answer = upload(site, b"name,email,party\n<script>alert(1)</script>,bad,MN\n")

    assert "<script>alert" not in answer.text


def test_correction_file_accepts_only_rows_of_text(site: Site) -> None:
    client = site.cast.client("st-coord")
    answer = send(client, site.page("SCD-1", "/import"), file=(io.BytesIO(MIXED.encode()), "people.csv"))
    form = page(answer).select_one("main form[action$=mend]")

    for lines in ("", "no json", "[]", "{}", "[[1]]", "[[]]", '["a"]'):
        sent: dict[str, Any] = held(form) | {"lines": lines}
        assert client.post(form["action"], data=sent, headers=SAME_ORIGIN).status_code == 400


def test_statements_per_person_stay_few_for_many_people(site: Site) -> None:
    sent: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: sent.append(statement))
    costs = []
    for number, people in enumerate((10, 200)):
        lines = "".join(f"Guest {n},guest{number}-{n}@example.org,MN\n" for n in range(people))
        sent.clear()

        assert upload(site, f"name,email,party\n{lines}".encode()).status_code == 303

        costs.append(len(sent) / people)
    few, many = costs
    assert many <= few
    assert many < 20
