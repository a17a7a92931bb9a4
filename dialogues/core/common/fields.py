"""Base form and text fields that clean their input, and a field for optimistic locking."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import DateField, DateTimeLocalField, FileField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from dialogues.core.common.numbers import DIGITS
from dialogues.lib.labels import Labelled
from dialogues.lib.markup import refuse_overloaded
from dialogues.lib.refusal import Refusal
from dialogues.lib.text import IN_NAMES, IN_TITLES, LINK_IN_NAME, many_lines, one_line, refuse_link


def labelled_choices(values: Iterable[Labelled]) -> list[SelectChoice]:
    return [SelectChoice(value.value, _l(value.label)) for value in values]


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped.
    """A form that passes uploaded files to its file fields only."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF is untyped.
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read text fields from text only: a file or JSON under the name of a text field is ignored."""
            if formdata is not None and request.is_json and form.is_submitted():
                return request.form
            sent = super().wrap_formdata(form, formdata)
            if not isinstance(sent, CombinedMultiDict):
                return sent
            takers = {field.name for field in form if isinstance(field, FileField)}
            files = MultiDict((name, file) for name, file in request.files.items(multi=True) if name in takers)
            return CombinedMultiDict((files, request.form))


def _validators(longest: int, required: bool, more: Sequence[Any]) -> list[Any]:
    first = DataRequired(_l("Please fill this in.")) if required else Optional()
    return [first, Length(max=longest, message=_l("Write at most %(max)d characters.")), *more]


class LineField(StringField):  # type: ignore[misc]  # WTForms is untyped.
    """One line of text; invisible characters are removed."""

    def __init__(self, label: Any, longest: int, *, required: bool = True, validators: Sequence[Any] = (), **rest: Any):
        super().__init__(label, _validators(longest, required, validators), **rest)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = one_line(valuelist[0])


class NameField(LineField):
    """A name without web or e-mail addresses, because emails repeat it."""

    signs: Sequence[str] = IN_NAMES

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  WTForms' signature
        """:raises ValidationError: the name contains part of an address."""
        try:
            refuse_link(self.data or "", self.signs)
        except Refusal as refusal:
            raise ValidationError(_l(LINK_IN_NAME, **refusal.facts)) from None


class TitleField(NameField):
    """A title, or the name of a place or party; these often contain a slash."""

    signs = IN_TITLES


def half_width(text: str | None) -> str | None:
    """Filter for numbers and codes: East Asian keyboards type them in full width (NFKC makes them ASCII)."""
    return unicodedata.normalize("NFKC", text) if text else text


class CodeField(LineField):
    """A number or code."""

    def __init__(self, label: Any, longest: int, **rest: Any):
        super().__init__(label, longest, filters=[half_width], **rest)


class LinesField(TextAreaField):  # type: ignore[misc]  # WTForms is untyped.
    """Text of several lines; invisible characters are removed."""

    def __init__(self, label: Any, longest: int, *, required: bool = False, **rest: Any):
        super().__init__(label, _validators(longest, required, ()), **rest)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = many_lines(valuelist[0])


class NumberField(IntegerField):  # type: ignore[misc]  # WTForms is untyped.
    """A whole number that fits into a column."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """:raises ValueError: it is too long."""
        if valuelist and len(valuelist[0].strip().lstrip("+-")) > DIGITS:
            self.data = None
            raise ValueError(_l("Write a number of at most %(digits)s digits.", digits=DIGITS))
        super().process_formdata(valuelist)


#: Years that a date of our time can have.
FIRST_YEAR, LAST_YEAR = 1900, 2199


class _InOurTime:
    """A date or time in a year of our time, because a browser sends 0027 while "2027" is being typed."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        """:raises ValidationError: the year is not plausible."""
        super().pre_validate(form)  # type: ignore[misc]  # of the field that this class is mixed into
        if self.data is not None and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise ValidationError(_l("Look at the year: %(year)s.", year=f"{self.data.year:04}"))


class DayField(_InOurTime, DateField):  # type: ignore[misc]  # WTForms is untyped.
    """A date in a year of our time."""


class MomentField(_InOurTime, DateTimeLocalField):  # type: ignore[misc]  # WTForms is untyped.
    """A local date and time in a year of our time."""


class MarkdownField(LinesField):
    """Text of several lines that is shown with its formatting."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  WTForms' signature
        """:raises ValidationError: the formatting would take too long to read."""
        try:
            refuse_overloaded(self.data or "")
        except Refusal as refusal:
            raise ValidationError(_l(refusal.message, **refusal.facts)) from None


class ListedField(StringField):  # type: ignore[misc]  # WTForms is untyped.
    def __init__(self, label: Any, **rest: Any):
        super().__init__(label, [_few_and_short], **rest)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = [text for text in (one_line(part) for part in valuelist[0].split(",")) if text]

    def _value(self) -> str:
        return ", ".join(self.data or ())


def _few_and_short(_form: Any, field: ListedField) -> None:
    if len(field.data or ()) > 20 or any(len(text) > 80 for text in field.data or ()):
        raise ValidationError(_l("Write at most 20 entries of at most 80 characters each."))


#: Digits of the largest number of a column.
_LONGEST_VERSION = 19


class VersionField(HiddenField):  # type: ignore[misc]  # WTForms is untyped.
    """The version of the row that the page showed, for optimistic locking.

    After a refused stale write it holds the saved version, so that the next attempt can succeed without retyping.
    """

    def __init__(self, **rest: Any):
        super().__init__(_l("Changed meanwhile"), **rest)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; anything else counts as version 0, which is always stale."""
        if valuelist:
            is_number = valuelist[0].isascii() and valuelist[0].isdigit() and len(valuelist[0]) <= _LONGEST_VERSION
            self.data = int(valuelist[0]) if is_number else 0

    def _value(self) -> str:
        saved = self.object_data if self.errors else self.data
        return str(saved if saved is not None else 0)
