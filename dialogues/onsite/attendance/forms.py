"""Form for printed codes."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from dialogues.core.common.fields import Form


class CardsForm(Form):
    whom = RadioField(
        _l("For whom"),
        choices=[
            SelectChoice("unreached", _l("Those who have no e-mail address, and got no letter")),
            SelectChoice("everyone", _l("Everyone who comes")),
        ],
        default="unreached",
    )
