"""Forms for dialogues, parties and institutions, and form parts that other features use."""

from collections.abc import Sequence
from enum import Enum
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Regexp

from dialogues.core.common.fields import (
    Form,
    ListedField,
    NumberField,
    TitleField,
    VersionField,
    half_width,
    labelled_choices,
)
from dialogues.meetings.dialogues.rules.facts import DialogueFacts, InstitutionFacts, PartyFacts
from dialogues.meetings.dialogues.rules.kinds import LANGUAGES, Existence, PartyKind

FILL_IN = _l("Please fill this in.")
CODE_PATTERN = Regexp(r"^[\w.-]+$", message=_l("Write letters, digits, dots and hyphens, without spaces."))


def form_value(value: Any) -> str:
    """Return the value of an enum or id as the browser sends it back; "" for None."""
    return "" if value is None else str(value.value if isinstance(value, Enum) else value)


class ConfirmForm(Form):
    """Confirmation with the version of the row as it was shown."""

    version = VersionField()


class DialogueForm(Form):
    code = TitleField(_l("Code"), 20, filters=[half_width], validators=[CODE_PATTERN])
    title = TitleField(_l("Title"), 200)
    themes = ListedField(_l("Themes"))
    phase = NumberField(
        _l("Phase"),
        [InputRequired(FILL_IN), NumberRange(1, 9, _l("Write a number between 1 and 9."))],
        default=1,
    )
    existence = RadioField(
        _l("Existence"), choices=labelled_choices(Existence), coerce=form_value, default=Existence.NORMAL.value
    )
    version = VersionField()

    def facts(self) -> DialogueFacts:
        return DialogueFacts(
            code=self.code.data,
            title=self.title.data,
            themes=self.themes.data or [],
            phase=self.phase.data,
            existence=Existence(self.existence.data),
        )


class PartyForm(Form):
    """A party with one name per language, in the wording the party accepts."""

    code = TitleField(_l("Code"), 8, filters=[half_width], validators=[CODE_PATTERN])
    kind = SelectField(_l("Kind"), choices=labelled_choices(PartyKind), coerce=form_value)
    city = TitleField(_l("City"), 120, required=False)
    name_en = TitleField(LANGUAGES["en"], 120)
    name_fr = TitleField(LANGUAGES["fr"], 120, required=False)
    name_ru = TitleField(LANGUAGES["ru"], 120, required=False)
    name_zh = TitleField(LANGUAGES["zh"], 120, required=False)
    name_ko = TitleField(LANGUAGES["ko"], 120, required=False)
    name_ja = TitleField(LANGUAGES["ja"], 120, required=False)
    name_mn = TitleField(LANGUAGES["mn"], 120, required=False)
    version = VersionField()

    @property
    def names(self) -> list[Any]:
        """The name fields, English first."""
        return [field for field in self if field.name.startswith("name_")]

    def facts(self) -> PartyFacts:
        names = {field.name.removeprefix("name_"): field.data for field in self.names if field.data}
        return PartyFacts(code=self.code.data, names=names, city=self.city.data or None, kind=PartyKind(self.kind.data))


class InstitutionForm(Form):
    name = TitleField(_l("Name"), 200)
    acronym = TitleField(_l("Acronym"), 40, required=False)
    aliases = ListedField(_l("Other spellings"))
    party_id = SelectField(_l("Party"), coerce=form_value)

    def set_choices(self, parties: Sequence[Any]) -> None:
        self.party_id.choices = [SelectChoice("", gettext("none, as the liaison office")), *party_choices(parties)]

    def facts(self) -> InstitutionFacts:
        return InstitutionFacts(
            name=self.name.data,
            acronym=self.acronym.data or "",
            aliases=self.aliases.data or [],
            party_id=uuid_or_none(self.party_id.data),
        )


def party_choices(parties: Sequence[Any]) -> list[SelectChoice]:
    return [SelectChoice(str(party.id), party.names.get("en", party.code)) for party in parties]


def uuid_or_none(value: UUID | str | None) -> UUID | None:
    return UUID(str(value)) if value else None
