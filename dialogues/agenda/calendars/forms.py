"""Forms of the page "My calendar"."""

from flask_babel import lazy_gettext as _l

from dialogues.core.common.fields import Form, LineField


class FeedForm(Form):
    name = LineField(_l("For which device or program"), 80)
