"""Forms for roles."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from dialogues.core.common.fields import Form, LineField, NameField, labelled_choices
from dialogues.meetings.dialogues.forms import form_value, party_choices
from dialogues.meetings.roles.rules import OFFERED_ROLES


class OfferRoleForm(Form):
    name = NameField(_l("Name"), 200)
    email = LineField(_l("E-mail"), 254)
    role = SelectField(
        _l("Role"),
        [InputRequired(_l("Choose the role."))],
        choices=[
            SelectChoice("", _l("choose one")),
            *labelled_choices(OFFERED_ROLES),
        ],
        coerce=form_value,
    )
    party = SelectField(_l("Party"), coerce=form_value)

    def set_choices(self, parties: Sequence[Any]) -> None:
        """Set the parties to choose from; a party is needed for a focal point only."""
        self.party.choices = [SelectChoice("", gettext("only for a focal point")), *party_choices(parties)]
