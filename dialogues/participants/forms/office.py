"""What the office types when it works on many: a chosen group, a message, a file to take along."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from dialogues.common.fields import Form, LineField, LinesField
from dialogues.common.presentation import word
from dialogues.meetings.rules import Capacity
from dialogues.participants.queries.messages import Wish
from dialogues.participants.rules import ParticipationStatus
from dialogues.participants.rules.messages import LONGEST_TEXT, Recipients
from dialogues.participants.rules.office import MOST_ROWS


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


class ManyForm(Form):
    """A chosen group, to be confirmed; `also` is for those whom it concerns only if the office says so."""

    people = IdsField()
    also = BooleanField()


def _boxes(label: Any) -> Any:
    return SelectMultipleField(label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


class MessageForm(Form):
    """A message and the group it is for: chosen here, or brought from the list."""

    #: Makes sending it twice one message.
    id = HiddenField()
    #: Persons who were checked on the list; those whom the preview counted.
    picked = IdsField()
    people = IdsField()
    recipients = RadioField(_l("Who"), default=Recipients.PARTICIPANTS.value)
    statuses = _boxes(_l("Status"))
    parties = _boxes(_l("Party"))
    capacities = _boxes(_l("Capacity"))
    subject = LineField(_l("Subject"), 120)
    text = LinesField(_l("Message"), LONGEST_TEXT, required=True)

    def __init__(self, parties: Sequence[Any], **rest: Any):
        super().__init__(**rest)
        self.recipients.choices = [(one.value, word(one)) for one in Recipients]
        self.statuses.choices = [(one.value, word(one)) for one in ParticipationStatus]
        self.parties.choices = [(str(party.id), party.names.get("en", party.code)) for party in parties]
        self.capacities.choices = [(one.value, word(one)) for one in Capacity]

    def wish(self) -> Wish:
        """Which group was chosen."""
        return Wish(
            recipients=Recipients(self.recipients.data),
            statuses=frozenset(ParticipationStatus(one) for one in self.statuses.data or ()),
            parties=frozenset(UUID(one) for one in self.parties.data or ()),
            capacities=frozenset(Capacity(one) for one in self.capacities.data or ()),
        )

    def chosen(self) -> dict[str, Any]:
        """How the group was chosen, in plain values."""
        if self.picked.data:
            return {"picked": len(self.picked.data)}
        names = dict(self.parties.choices)
        return {
            "recipients": self.recipients.data,
            "statuses": list(self.statuses.data or ()),
            "parties": [str(names[one]) for one in self.parties.data or ()],
            "capacities": list(self.capacities.data or ()),
        }


class ExportForm(Form):
    """As what the list is taken along."""

    kind = RadioField(_l("Kind of file"), default="xlsx")
    answers = BooleanField(_l("With the answers to the office's questions"))

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        self.kind.choices = [("xlsx", _l("Workbook (XLSX), for people")), ("csv", _l("CSV, for other programs"))]
