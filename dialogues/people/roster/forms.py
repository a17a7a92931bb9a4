"""Forms of bulk actions and of the export."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField

from dialogues.core.common.fields import Form
from dialogues.people.participants.forms import IdsField


class ManyForm(Form):
    """Confirmation of a bulk action. `also` includes people who are included only on request."""

    people = IdsField()
    also = BooleanField()


class ExportForm(Form):
    kind = RadioField(_l("Kind of file"), default="xlsx")
    answers = BooleanField(_l("With the answers to the office's questions"))

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        self.kind.choices = [("xlsx", _l("Workbook (XLSX), for people")), ("csv", _l("CSV, for other programs"))]
