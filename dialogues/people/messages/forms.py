"""Form of a message to a group."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField

from dialogues.core.common.fields import Form, LineField, LinesField, labelled_choices
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.messages.queries import RecipientFilter
from dialogues.people.messages.rules import LONGEST_TEXT, Recipients
from dialogues.people.participants.forms import IdsField, check_boxes
from dialogues.people.participants.rules.standing import ParticipationStatus


class MessageForm(Form):
    """A message and its recipients: chosen here, or selected on the list."""

    #: Idempotency key of the message.
    id = HiddenField()
    #: `picked`: people selected on the list. `people`: everyone in the preview.
    picked = IdsField()
    people = IdsField()
    recipients = RadioField(_l("Who"), default=Recipients.PARTICIPANTS.value)
    statuses = check_boxes(_l("Status"))
    parties = check_boxes(_l("Party"))
    capacities = check_boxes(_l("Capacity"))
    subject = LineField(_l("Subject"), 120)
    text = LinesField(_l("Message"), LONGEST_TEXT, required=True)

    def __init__(self, parties: Sequence[Any], **rest: Any):
        super().__init__(**rest)
        self.recipients.choices = labelled_choices(Recipients)
        self.statuses.choices = labelled_choices(ParticipationStatus)
        self.parties.choices = [(str(party.id), party.names.get("en", party.code)) for party in parties]
        self.capacities.choices = labelled_choices(Capacity)

    def recipient_filter(self) -> RecipientFilter:
        return RecipientFilter(
            recipients=Recipients(self.recipients.data),
            statuses=frozenset(ParticipationStatus(one) for one in self.statuses.data or ()),
            parties=frozenset(UUID(one) for one in self.parties.data or ()),
            capacities=frozenset(Capacity(one) for one in self.capacities.data or ()),
        )

    def chosen(self) -> dict[str, Any]:
        """How the group was chosen, as JSON values."""
        if self.picked.data:
            return {"picked": len(self.picked.data)}
        names = dict(self.parties.choices)
        return {
            "recipients": self.recipients.data,
            "statuses": list(self.statuses.data or ()),
            "parties": [str(names[one]) for one in self.parties.data or ()],
            "capacities": list(self.capacities.data or ()),
        }
