"""Input of the wrong kind is treated as a missing value or refused."""

from io import BytesIO

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import DateField
from wtforms.validators import NumberRange

from dialogues.core.accounts.forms import CodeForm
from dialogues.core.common.fields import Form, LineField, LinesField, NumberField
from dialogues.meetings.dialogues.forms import DialogueForm, PartyForm
from dialogues.meetings.venues.forms import RoomForm, VenueForm
from dialogues.records.archive.forms import FileSummaryForm


class _Paper(Form):
    line = LineField("Line", 20)
    lines = LinesField("Lines", 200)
    day = DateField("Day")
    paper = FileField("Paper")


def _file() -> FileStorage:
    return FileStorage(BytesIO(b"x"), filename="x.txt")


def test_a_file_reaches_only_a_file_field(app: Flask) -> None:
    sent = {"line": _file(), "lines": [_file(), "typed"], "day": _file(), "paper": _file()}
    with app.test_request_context(method="POST", data=sent):
        form = _Paper(meta={"csrf": False})
        assert (form.line.data, form.lines.data, form.day.data) == (None, "typed", None)
        assert form.paper.data.filename == "x.txt"


def test_a_body_that_is_not_a_form_is_treated_as_empty(app: Flask) -> None:
    with app.test_request_context(method="POST", json={"line": 5, "day": {}}):
        form = _Paper(meta={"csrf": False})
        assert (form.line.data, form.day.data) == (None, None)


class _Seats(Form):
    seats = NumberField("Seats", [NumberRange(0, 500)])


@pytest.mark.parametrize(("typed", "seats"), [("12", 12), ("9" * 400, None), ("9" * 5000, None), ("x", None)])
def test_a_number_with_very_many_digits_is_refused(app: Flask, typed: str, seats: int | None) -> None:
    with app.test_request_context(method="POST", data={"seats": typed}):
        form = _Seats(meta={"csrf": False})
        assert form.validate() is (seats is not None)
        assert form.seats.data == seats


@pytest.mark.usefixtures("app")
def test_every_form_uses_this_base_class() -> None:
    ours = [form for form in _all(FlaskForm) if form.__module__.startswith("dialogues.")]

    assert len(ours) > 50
    assert [form for form in ours if not issubclass(form, Form)] == []


def _all(base: type) -> list[type]:
    return [base, *(deeper for form in base.__subclasses__() for deeper in _all(form))]


@pytest.mark.parametrize(
    ("form", "field", "typed", "read"),
    [
        (PartyForm, "code", "ＣＨ", "CH"),
        (DialogueForm, "code", "ＴＲＤ－１", "TRD-1"),
        (VenueForm, "country", "ＭＮ", "MN"),
        (CodeForm, "code", "１２３　４５６", "123 456"),
        (FileSummaryForm, "reference", "ＴＲＤ／Ｓ．１", "TRD/S.1"),
        (RoomForm, "capacity", "１２", 12),
    ],
)
def test_codes_and_numbers_may_be_typed_in_full_width(
    app: Flask, form: type[Form], field: str, typed: str, read: object
) -> None:
    with app.test_request_context(method="POST", data={field: typed}):
        filled = form(meta={"csrf": False})
        assert filled[field].data == read
        filled.validate()
        assert filled[field].errors in ([], ())
