"""What is typed about dialogues, meetings and roles, as typed values."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from dialogues.core.common.fields import Form, LineField, VersionField
from dialogues.meetings.dialogues.forms import form_value, labelled_choices
from dialogues.meetings.dialogues.rules.kinds import PartyOrder


class OrderForm(Form):
    """By what the parties stand in every list of a meeting."""

    by = RadioField(_l("Order of the parties"), choices=labelled_choices(PartyOrder), coerce=form_value)
    version = VersionField()

    @property
    def chosen(self) -> PartyOrder:
        return PartyOrder(self.by.data)


class LotForm(Form):
    """Before whom a lot is drawn."""

    witnesses = LineField(_l("Witnesses"), 300)
    version = VersionField()
