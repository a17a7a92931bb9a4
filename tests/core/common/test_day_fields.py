"""Years of our time in every date that people type."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from wtforms import DateField, DateTimeLocalField

import dialogues
from dialogues.core.common.fields import DayField, Form, MomentField

Dated = DateField | DateTimeLocalField


class _Trip(Form):
    day = DayField("Day")
    moment = MomentField("Moment")


@pytest.mark.parametrize("year", ["0027", "0199", "1027", "1899", "2200", "9999"])
def test_a_year_outside_our_time_is_refused(app: Flask, year: str) -> None:
    with app.test_request_context(method="POST", data={"day": f"{year}-09-10", "moment": f"{year}-09-10T12:00"}):
        form = _Trip(meta={"csrf": False})
        assert not form.validate()
        assert [str(error) for error in (*form.day.errors, *form.moment.errors)] == [f"Look at the year: {year}."] * 2
        assert form.day._value() == f"{year}-09-10"


@pytest.mark.parametrize("year", ["1900", "2027", "2199"])
def test_a_year_of_our_time_is_taken(app: Flask, year: str) -> None:
    with app.test_request_context(method="POST", data={"day": f"{year}-09-10", "moment": f"{year}-09-10T12:00"}):
        assert _Trip(meta={"csrf": False}).validate()


def test_every_date_of_our_forms_has_such_a_year(app: Flask) -> None:
    with app.test_request_context():
        found = {f"{form.__name__}.{name}" for form in _forms() for name, field in _dates(form)}
    # The archive asks about an old date instead, and an example is never sent.
    assert found == {"UploadForm.dated", "ExampleForm.starts", "ExampleForm.ends"}


def _forms() -> list[type[FlaskForm]]:
    for module in walk_packages(dialogues.__path__, "dialogues."):
        if module.name.endswith("forms"):
            import_module(module.name)
    return [form for form in _below(Form) if form.__module__.startswith("dialogues.")]


def _below(base: type) -> Iterator[type]:
    for form in base.__subclasses__():
        yield form
        yield from _below(form)


def _dates(form: type[FlaskForm]) -> Iterator[tuple[str, type]]:
    for name in dir(form):
        kind = getattr(getattr(form, name), "field_class", None)
        if kind is not None and issubclass(kind, Dated) and not issubclass(kind, DayField | MomentField):
            yield name, kind
