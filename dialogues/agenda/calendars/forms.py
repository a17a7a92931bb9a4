"""What is typed on the page of one's own calendar."""

from flask_babel import lazy_gettext as _l

from dialogues.core.common.fields import Form, LineField


class FeedForm(Form):
    """A new feed address, named for the device or program that is to have it."""

    name = LineField(_l("For which device or program"), 80)
