"""What a person says about taking part, as typed values."""

from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import AnyOf, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from dialogues.common.fields import LineField, VersionField
from dialogues.common.presentation import word
from dialogues.meetings.rules import NameOrder
from dialogues.participants.rules import Answer, Details

#: The languages that meetings of this kind are held in; a person's others are added.
_LANGUAGES = ("en", "fr", "ru", "zh", "ko", "ja", "mn", "de")


class AnswerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped.
    """Yes or no to an invitation; each is a button."""

    answer = HiddenField(
        _l("Answer"),
        [AnyOf([answer.value for answer in Answer], _l("Please accept or decline by one of the buttons."))],
    )


class DetailsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped.
    """What a person says of themself for a meeting."""

    version = VersionField()
    name = LineField(_l("Name as you style it"), 200)
    native = LineField(_l("Name in its own script"), 200, required=False)
    family = LineField(_l("Family name"), 120, required=False)
    given = LineField(_l("Given name"), 120, required=False)
    name_order = SelectField(_l("Order of the parts"))
    sort_key = LineField(_l("Listed under"), 200, required=False)
    affiliation = LineField(_l("Affiliation"), 200, required=False)
    languages = SelectMultipleField(
        _l("Languages you work in"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    present_from = DateField(_l("From"), [InputRequired(_l("Please choose your first day."))])
    present_to = DateField(_l("Until"), [InputRequired(_l("Please choose your last day."))])
    always_discreet = BooleanField(_l("Keep my calendar entries discreet, always"))

    def __init__(self, own: Any, **rest: Any):
        super().__init__(obj=own, **rest)
        self.name_order.choices = [(order.value, word(order)) for order in NameOrder]
        self.languages.choices = [(code, language_name(code)) for code in dict.fromkeys((*_LANGUAGES, *own.languages))]
        if not self.is_submitted():
            self.name_order.data = own.name_order.value

    def details(self) -> Details:
        """What was said."""
        return Details(
            name=self.name.data,
            native=self.native.data or "",
            family=self.family.data or "",
            given=self.given.data or "",
            name_order=NameOrder(self.name_order.data),
            sort_key=self.sort_key.data or "",
            affiliation=self.affiliation.data or "",
            languages=tuple(self.languages.data),
            present_from=self.present_from.data,
            present_to=self.present_to.data,
            always_discreet=self.always_discreet.data,
        )


def language_name(code: str) -> str:
    """The language in the reader's words."""
    reader = get_locale() or Locale("en")
    return str(reader.languages.get(code, code))
