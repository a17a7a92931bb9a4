"""The export of the filtered list: every cell is text, and the coordinator must have proved their identity recently."""

import csv
import io
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from dialogues.core.audit.models import AuditEntry
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.people.participants.models import Participation
from tests.beds.forms import page, send
from tests.people.conftest import Site
from tests.people.question_forms import create_question, post_answers

#: Characters that spreadsheets may read as a formula, also behind invisible or compatibility characters.
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "|calc",
    "%0a=1",
    '"=1+1"',
    "\N{MINUS SIGN}1+1",
    "\N{FULLWIDTH EQUALS SIGN}1+1",
    "\N{FULLWIDTH PLUS SIGN}1",
    "\N{FULLWIDTH HYPHEN-MINUS}1",
    "\N{FULLWIDTH COMMERCIAL AT}SUM(1)",
    "\N{SMALL EQUALS SIGN}1",
    "\N{SMALL PLUS SIGN}1",
    "\N{SUPERSCRIPT EQUALS SIGN}1",
    "\N{ZERO WIDTH NON-JOINER}=1+1",
    "\N{ZERO WIDTH JOINER}@SUM(1)",
    " =1+1",
    "\N{NO-BREAK SPACE}=1+1",
    "\N{IDEOGRAPHIC SPACE}+1",
    '=HYPERLINK("http://example.org","x")',
    "=cmd|' /C calc'!A0",
    "@@=1",
)


def proved(site: Site, address: str) -> FlaskClient:
    """The coordinator's browser after a fresh proof of identity."""
    client = site.cast.client("st-coord")
    first = client.get(address)
    assert first.status_code == 303
    assert "purpose=participants.export" in first.location
    assert send(client, first.location).status_code == 303
    return client


def export(site: Site, rest: str = "", code: str = "SCD-1", **typed: Any) -> TestResponse:
    address = site.page(code, f"/export{rest}")
    return send(proved(site, address), address, **typed)


def as_rows(answer: TestResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def sheet(answer: TestResponse) -> Any:
    return load_workbook(io.BytesIO(answer.data)).active


def test_file_contains_what_the_list_shows(site: Site) -> None:
    party = site.cast.party("JP", "SCD")

    head, *rows = as_rows(export(site, f"?party={party}", kind="csv"))

    assert head[:3] == ["Name", "Native script", "Party"]
    assert {row[2] for row in rows} == {"JP"}
    assert len(rows) == 3


def test_workbook_and_csv_have_the_same_contents(site: Site) -> None:
    book = export(site, kind="xlsx")

    cells = [[cell or "" for cell in row] for row in sheet(book).iter_rows(values_only=True)]

    assert cells == as_rows(export(site, kind="csv"))


def test_no_cell_is_a_formula(site: Site) -> None:
    in_scd_1 = select(Participation.person_id).where(Participation.meeting_id == site.cast.meeting("SCD-1"))
    with upkeep(system(Purpose.SAMPLE)) as session:
        for person, formula in zip(
            session.scalars(select(Person).where(Person.id.in_(in_scd_1))), FORMULAS, strict=False
        ):
            # Written to the table directly, because the model refuses an "@".
            session.execute(update(Person).where(Person.id == person.id).values(affiliation=formula))

    book = sheet(export(site, kind="xlsx"))
    cells = {cell.value: cell.data_type for row in book.iter_rows() for cell in row}
    marked = {cell for row in as_rows(export(site, kind="csv")) for cell in row}

    assert set(cells.values()) <= {"s", "n"}
    assert set(cells) >= set(FORMULAS)
    assert marked >= {f"'{formula}" for formula in FORMULAS}


def test_file_has_a_neutral_name_and_no_author(site: Site) -> None:
    answer = export(site, kind="xlsx")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="list.xlsx"'
    properties = load_workbook(io.BytesIO(answer.data)).properties
    assert not any((properties.creator, properties.lastModifiedBy, properties.title, properties.description))
    inside = b"".join(zipfile.ZipFile(io.BytesIO(answer.data)).read(name) for name in _names(answer))
    assert b"example.invalid" not in inside
    assert b"SCD-1" not in inside


def _names(answer: TestResponse) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(answer.data)).namelist()


def test_answers_are_included_on_request(site: Site) -> None:
    question = create_question(site, "Do you bring papers?")
    post_answers(site, "jp1", {question: "Two of them"})

    without = as_rows(export(site, kind="csv"))
    with_them = as_rows(export(site, kind="csv", answers="y"))

    assert "Do you bring papers?" not in without[0]
    assert with_them[0][-1] == "Do you bring papers?"
    assert [row[-1] for row in with_them[1:] if row[-1]] == ["Two of them"]


def test_export_is_logged(site: Site) -> None:
    before = export_count()

    export(site, kind="csv")

    assert export_count() == before + 1


def export_count() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(AuditEntry.seq).where(AuditEntry.action == "participants.exported")).all())


def test_proof_for_one_meeting_does_not_open_another(site: Site) -> None:
    client = proved(site, site.page("SCD-1", "/export"))

    assert client.get(site.page("TRD-1", "/export")).status_code == 303


def test_nothing_is_downloaded_without_a_fresh_proof(site: Site) -> None:
    client = proved(site, site.page("SCD-1", "/export"))
    form = page(client.get(site.page("SCD-1", "/export"))).select_one("main form[method=post]")
    assert form is not None

    unproved = site.cast.client("st-coord")

    assert unproved.post(site.page("SCD-1", "/export"), data={"kind": "csv"}).status_code in {303, 400}


@pytest.mark.parametrize("persona", ["st-host", "ch1", "kr1", "us4", "st-travel", "st-rap1", "xo2"])
def test_only_the_coordinator_exports_the_list(site: Site, persona: str) -> None:
    assert site.cast.client(persona).get(site.page("TRD-1", "/export")).status_code == 404
