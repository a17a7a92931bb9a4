"""Forms for the order of parties."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from dialogues.core.common.fields import Form, LineField, VersionField, labelled_choices
from dialogues.meetings.dialogues.forms import form_value
from dialogues.meetings.dialogues.rules.kinds import PartyOrder


class OrderForm(Form):
    by = RadioField(_l("Order of the parties"), choices=labelled_choices(PartyOrder), coerce=form_value)
    version = VersionField()


class LotForm(Form):
    witnesses = LineField(_l("Witnesses"), 300)
    version = VersionField()
