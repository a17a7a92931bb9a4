"""What the office types when it works on many: a chosen group, a message, a file to take along."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField

from dialogues.core.common.fields import Form
from dialogues.people.participants.forms import IdsField


class ManyForm(Form):
    """A chosen group, to be confirmed; `also` is for those whom it concerns only if the office says so."""

    people = IdsField()
    also = BooleanField()


class ExportForm(Form):
    """As what the list is taken along."""

    kind = RadioField(_l("Kind of file"), default="xlsx")
    answers = BooleanField(_l("With the answers to the office's questions"))

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        self.kind.choices = [("xlsx", _l("Workbook (XLSX), for people")), ("csv", _l("CSV, for other programs"))]
