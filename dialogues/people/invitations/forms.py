"""Forms to invite people, to correct invitations, and to answer them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired

from dialogues.core.common.fields import Form, LineField, NameField, VersionField, labelled_choices
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.rules import Invitee
from dialogues.people.nominations.queries.nominations import NomineeLine
from dialogues.people.participants.forms import enum_value
from dialogues.people.participants.rules.standing import Answer


class InviteForm(Form):
    name = NameField(_l("Name"), 200)
    email = LineField(_l("E-mail"), 254)
    party_id = SelectField(_l("Party"), [InputRequired(_l("Please choose a party."))])
    capacity = SelectField(
        _l("Capacity"), choices=labelled_choices(Capacity), coerce=enum_value, default=Capacity.PARTICIPANT
    )

    def __init__(self, parties: Sequence[Any], **rest: Any):
        super().__init__(**rest)
        self.party_id.choices = [SelectChoice("", _l("Choose …")), *_party_choices(parties)]

    def invitee(self) -> Invitee:
        return Invitee(
            name=self.name.data,
            email=self.email.data,
            party_id=UUID(self.party_id.data),
            capacity=Capacity(self.capacity.data),
        )


class CorrectForm(Form):
    version = VersionField()
    email = LineField(_l("E-mail"), 254)
    party_id = SelectField(_l("Party"))
    capacity = SelectField(_l("Capacity"), choices=labelled_choices(Capacity), coerce=enum_value)

    def __init__(self, invited: NomineeLine, parties: Sequence[Any], **rest: Any):
        super().__init__(obj=invited, **rest)
        self.party_id.choices = _party_choices(parties)


def _party_choices(parties: Sequence[Any]) -> list[SelectChoice]:
    return [SelectChoice(str(party.id), party.names.get("en", party.code)) for party in parties]


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
