"""What the office types when it works on many: a chosen group, a message, a file to take along."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import HiddenField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from dialogues.core.common.fields import Form
from dialogues.people.participants.rules.details import MOST_ROWS


class PlainForm(Form):
    """Nothing but the token: a button was pressed."""


def ids_in(texts: Iterable[str]) -> list[UUID]:
    """The ids among these texts, each once and no more than any meeting has; what is no id chooses nobody."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)[:MOST_ROWS]


class IdsField(HiddenField):  # type: ignore[misc]  # WTForms is untyped.
    """Ids on their way through a page."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what is an id."""
        self.data = ids_in(valuelist[0].split()) if valuelist else []

    def _value(self) -> str:
        return " ".join(str(one) for one in self.data or ())


def check_boxes(label: Any) -> Any:
    return SelectMultipleField(label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
