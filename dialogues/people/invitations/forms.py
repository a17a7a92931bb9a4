"""Forms to invite people, to correct invitations, and to answer them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField
from wtforms.validators import AnyOf, InputRequired

from dialogues.core.common.fields import Form, LineField, NameField, VersionField
from dialogues.core.common.presentation import word
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.rules import Correction, Invitee
from dialogues.people.participants.rules.standing import Answer


class InviteForm(Form):
    """Person to invite."""

    name = NameField(_l("Name"), 200)
    email = LineField(_l("E-mail"), 254)
    party_id = SelectField(_l("Party"), [InputRequired(_l("Please choose a party."))])
    capacity = SelectField(_l("Capacity"), default=Capacity.PARTICIPANT.value)

    def __init__(self, parties: Sequence[Any], **rest: Any):
        super().__init__(**rest)
        named = [(str(party.id), party.names.get("en", party.code)) for party in parties]
        self.party_id.choices = [("", _l("Choose …")), *named]
        self.capacity.choices = [(capacity.value, word(capacity)) for capacity in Capacity]

    def invitee(self) -> Invitee:
        return Invitee(
            name=self.name.data,
            email=self.email.data,
            party_id=UUID(self.party_id.data),
            capacity=Capacity(self.capacity.data),
        )


class CorrectForm(Form):
    """Address, party and capacity of an invitation."""

    version = VersionField()
    email = LineField(_l("E-mail"), 254)
    party_id = SelectField(_l("Party"))
    capacity = SelectField(_l("Capacity"))

    def __init__(self, invited: Any, parties: Sequence[Any], **rest: Any):
        super().__init__(
            data={
                "version": invited.version,
                "email": invited.email,
                "party_id": str(invited.party_id),
                "capacity": invited.capacity.value,
            },
            **rest,
        )
        self.party_id.choices = [(str(party.id), party.names.get("en", party.code)) for party in parties]
        self.capacity.choices = [(capacity.value, word(capacity)) for capacity in Capacity]

    def correction(self) -> Correction:
        return Correction(
            email=self.email.data, party_id=UUID(self.party_id.data), capacity=Capacity(self.capacity.data)
        )


class ImportForm(Form):
    file = FileField(_l("File"), [FileRequired(_l("Please choose a file."))])


class RejectedLinesForm(Form):
    """The rejected lines of an import as JSON, for download as a file."""

    lines = HiddenField(validators=[InputRequired()])


class AnswerForm(Form):
    """Answer to an invitation; each answer is a submit button."""

    answer = HiddenField(
        _l("Answer"),
        [AnyOf([answer.value for answer in Answer], _l("Please accept or decline by one of the buttons."))],
    )
