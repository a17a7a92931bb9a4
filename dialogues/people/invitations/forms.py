"""Forms to invite people, to correct invitations, and to answer them."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Optional, ValidationError

from dialogues.core.common.fields import Form, LineField, NameField, VersionField, labelled_choices
from dialogues.lib.tables.delimited import SEPARATORS
from dialogues.lib.tables.encodings import ENCODINGS, CodePage
from dialogues.lib.tables.rows import FileFormat
from dialogues.lib.tables.writing import Table
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder
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


class ContentField(HiddenField):  # type: ignore[misc]  # WTForms is untyped.
    """The bytes of a file that the page carries, so that the server stores nothing before the import."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """:raises ValueError: the text is not what `_value` wrote; WTForms shows it as an error of the field."""
        self.data = urlsafe_b64decode(valuelist[0]) if valuelist else None

    def _value(self) -> str:
        return urlsafe_b64encode(self.data or b"").decode()


class PreviewForm(Form):
    """The file that was read, how to read it, and what the coordinator saw of it."""

    file = ContentField(_l("File"), [InputRequired()])
    encoding = RadioField(_l("Which names are right?"), validators=[Optional()])
    order = RadioField(
        _l("Which name comes first?"), choices=labelled_choices(NameOrder), validators=[Optional()], coerce=enum_value
    )
    #: Digest of the plan that the page shows.
    previewed = HiddenField(_l("Preview"))

    def __init__(self, code_pages: Sequence[CodePage] = (), **rest: Any):
        super().__init__(**rest)
        self.encoding.choices = [SelectChoice(page.encoding, _l(page.label)) for page in code_pages]

    @property
    def name_order(self) -> NameOrder | None:
        return next((order for order in NameOrder if order.value == self.order.data), None)


class RowsToFixForm(Form):
    """The rows to fix of an import, the header first, and the format of their file, for download as a file."""

    table = HiddenField(validators=[InputRequired()])

    @classmethod
    def of(cls, file_format: FileFormat, table: Table) -> "RowsToFixForm":
        return cls(formdata=None, data={"table": json.dumps([[file_format.separator, file_format.encoding], *table])})

    def validate_table(self, _field: Any) -> None:
        """:raises ValidationError: it is not what `of` wrote."""
        try:
            self.parsed()
        except ValueError as error:
            raise ValidationError from error

    def parsed(self) -> tuple[FileFormat, Table]:
        """:raises ValueError: it is not what `of` wrote."""
        written = json.loads(self.table.data or "")
        rows = written if isinstance(written, list) and all(isinstance(row, list) for row in written) else []
        if len(rows) < 2 or not all(isinstance(cell, str) for row in rows for cell in row):
            raise ValueError("This is no table.")
        separator, encoding = rows[0]
        if bool(separator) != bool(encoding) or separator not in SEPARATORS or encoding not in {"", *ENCODINGS}:
            raise ValueError("There is no such format.")
        return FileFormat(separator, encoding), rows[1:]


class AnswerForm(Form):
    """Answer to an invitation; each answer is a submit button."""

    answer = HiddenField(
        _l("Answer"),
        [AnyOf([answer.value for answer in Answer], _l("Please accept or decline by one of the buttons."))],
    )
