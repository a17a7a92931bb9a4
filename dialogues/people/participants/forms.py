"""Form parts shared by the features of this area."""

from collections.abc import Iterable
from enum import Enum
from typing import Any
from uuid import UUID

from wtforms import HiddenField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from dialogues.core.common.fields import Form

#: Upper limit of ids accepted from one form; no meeting has that many people.
MOST_ROWS = 5_000


class PlainForm(Form):
    """Form with only the CSRF token, for a single button."""


def enum_value(value: Any) -> Any:
    """Coercion for choices that are filled from a row with an enum column."""
    return value.value if isinstance(value, Enum) else value


def ids_in(texts: Iterable[str]) -> list[UUID]:
    """Returns the distinct valid ids, at most `MOST_ROWS`. Text that is not an id is ignored."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)[:MOST_ROWS]


class IdsField(HiddenField):  # type: ignore[misc]  # WTForms is untyped.
    """Hidden field that carries a list of ids through a page."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = ids_in(valuelist[0].split()) if valuelist else []

    def _value(self) -> str:
        return " ".join(str(one) for one in self.data or ())


def check_boxes(label: Any) -> Any:
    return SelectMultipleField(label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
