"""Forms, and fields that clean what was typed; one notices a change made by someone else meanwhile."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from dialogues.lib.refusal import Refusal
from dialogues.lib.text import IN_NAMES, IN_TITLES, LINK_IN_NAME, many_lines, one_line, refuse_link


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped.
    """A form as sent: files reach only the fields that ask for one, and to all others are as if not sent."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF is untyped.
        """Where a form takes its values from."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Keep what was put by hand where text belongs, a file or JSON, from being read as text."""
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
    """One line of text, without what no reader can see."""

    def __init__(self, label: Any, longest: int, *, required: bool = True, validators: Sequence[Any] = (), **rest: Any):
        super().__init__(label, _validators(longest, required, validators), **rest)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the line as typed, cleaned."""
        if valuelist:
            self.data = one_line(valuelist[0])


class NameField(LineField):
    """A name, which emails repeat: no web or e-mail address."""

    signs: Sequence[str] = IN_NAMES

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  WTForms' signature
        """:raises ValidationError: it contains such a sign."""
        try:
            refuse_link(self.data or "", self.signs)
        except Refusal as refusal:
            raise ValidationError(_l(LINK_IN_NAME, **refusal.facts)) from None


class TitleField(NameField):
    """A title, or the name of a place or party, in which a slash is common."""

    signs = IN_TITLES


class LinesField(TextAreaField):  # type: ignore[misc]  # WTForms is untyped.
    """Text of several lines, without what no reader can see."""

    def __init__(self, label: Any, longest: int, *, required: bool = False, **rest: Any):
        super().__init__(label, _validators(longest, required, ()), **rest)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the text as typed, cleaned."""
        if valuelist:
            self.data = many_lines(valuelist[0])


class ListedField(StringField):  # type: ignore[misc]  # WTForms is untyped.
    """Several short texts on one line, with commas between them."""

    def __init__(self, label: Any, **rest: Any):
        super().__init__(label, [_few_and_short], **rest)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the texts between the commas."""
        if valuelist:
            self.data = [text for text in (one_line(part) for part in valuelist[0].split(",")) if text]

    def _value(self) -> str:
        return ", ".join(self.data or ())


def _few_and_short(_form: Any, field: ListedField) -> None:
    if len(field.data or ()) > 20 or any(len(text) > 80 for text in field.data or ()):
        raise ValidationError(_l("Write at most 20 entries of at most 80 characters each."))


class VersionField(HiddenField):  # type: ignore[misc]  # WTForms is untyped.
    """The version that the page showed; after a refused stale write the one saved now, so that nothing is retyped."""

    def __init__(self, **rest: Any):
        super().__init__(_l("Changed meanwhile"), **rest)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the number; anything else is as stale as can be."""
        if valuelist:
            self.data = int(valuelist[0]) if valuelist[0].isascii() and valuelist[0].isdigit() else 0

    def _value(self) -> str:
        saved = self.object_data if self.errors else self.data
        return str(saved if saved is not None else 0)
