"""A form with every kind of field, for the page that shows all components."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from dialogues.core.common.fields import Form


class ExampleForm(Form):
    """One field of each kind; it is never submitted."""

    title = StringField(_l("Title"), [InputRequired(_l("Write a title.")), Length(max=200)])
    kind = SelectField(
        _l("Kind"),
        choices=[
            SelectChoice("plenary", _l("plenary")),
            SelectChoice("breakout", _l("breakout")),
        ],
    )
    room = SelectField(_l("Room"), choices=[SelectChoice("1", "Tuul"), SelectChoice("2", "Larch")])
    starts = DateTimeLocalField(_l("Starts"), [InputRequired(_l("Write when it starts."))])
    ends = DateTimeLocalField(_l("Ends"), [InputRequired(_l("Write when it ends."))])
    rule = RadioField(
        _l("Rule"),
        choices=[
            SelectChoice("on_the_record", _l("on the record")),
            SelectChoice("chatham_house", _l("Chatham House Rule")),
            SelectChoice("off_the_record", _l("off the record")),
            SelectChoice("closed", _l("closed")),
        ],
        default="chatham_house",
    )
    languages = SelectMultipleField(
        _l("Languages"),
        choices=[
            SelectChoice("en", "English"),
            SelectChoice("ko", "한국어"),
            SelectChoice("zh", "中文"),
            SelectChoice("ru", "Русский"),
        ],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    observers = BooleanField(_l("Admit observers"))
    notes = TextAreaField(_l("Notes"))
    paper = FileField(_l("Paper"))


def form_with_errors() -> ExampleForm:
    form = ExampleForm(formdata=None, prefix="wrong-")
    form.title.errors = [str(_l("Write a title."))]
    form.starts.errors = [str(_l("Write when it starts."))]
    form.ends.errors = [str(_l("Write when it ends."))]
    return form
