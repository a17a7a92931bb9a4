"""What is chosen about codes to be printed."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice


class CardsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped.
    """For whom cards are made."""

    whom = RadioField(
        _l("For whom"),
        choices=[
            SelectChoice("unreached", _l("Those who have no e-mail address, and got no letter")),
            SelectChoice("everyone", _l("Everyone who comes")),
        ],
        default="unreached",
    )
