"""Whom the office invites, as typed values."""

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
    """Someone to be invited."""

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
        """Who is to be invited."""
        return Invitee(
            name=self.name.data,
            email=self.email.data,
            party_id=UUID(self.party_id.data),
            capacity=Capacity(self.capacity.data),
        )


class CorrectForm(Form):
    """Where an invitation goes, for which party and in which capacity it is."""

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
        """What was typed."""
        return Correction(
            email=self.email.data, party_id=UUID(self.party_id.data), capacity=Capacity(self.capacity.data)
        )


class ImportForm(Form):
    """A file of people to invite."""

    file = FileField(_l("File"), [FileRequired(_l("Please choose a file."))])


class MendForm(Form):
    """The lines that were not used, on their way back as a file."""

    lines = HiddenField(validators=[InputRequired()])


class AnswerForm(Form):
    """Yes or no to an invitation; each is a button."""

    answer = HiddenField(
        _l("Answer"),
        [AnyOf([answer.value for answer in Answer], _l("Please accept or decline by one of the buttons."))],
    )
