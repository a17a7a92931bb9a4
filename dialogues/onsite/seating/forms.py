"""Forms for seating."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    SubmitField,
)
from wtforms import Form as PartOfForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput

from dialogues.core.common.fields import Form, NumberField, VersionField, labelled_choices
from dialogues.lib.refusal import N_, Refusal
from dialogues.onsite.seating.queries.apart import Names
from dialogues.onsite.seating.rules.kinds import HeadPlaces, InterpreterPlace, ObserverPlaces, TableForm
from dialogues.onsite.seating.rules.order import Guest
from dialogues.onsite.seating.rules.plans import Interpreting, SeatingOptions

_NOT_THERE = "none"


class InterpreterForm(PartOfForm):  # type: ignore[misc]  # WTForms is untyped.
    interpreter = HiddenField()
    where = SelectField(_l("Works"), default=InterpreterPlace.BOOTH.value)
    beside = SelectField(_l("Whom"), default="")


class PlanForm(Form):
    form = RadioField(_l("Form of the table"), default=TableForm.HOLLOW_SQUARE.value)
    places = NumberField(_l("Places at the table"), [Optional()])
    heads = RadioField(_l("Co-chairs sit"), default=HeadPlaces.TOGETHER.value)
    observers = RadioField(_l("Observers sit"), default=ObserverPlaces.SECOND_ROW.value)
    left_out = SelectMultipleField(_l("Leave out of this plan"), option_widget=CheckboxInput())
    interpreters = FieldList(FormField(InterpreterForm))
    version = VersionField()
    preview = SubmitField()

    def __init__(self, people: Iterable[Guest], interpreters: Mapping[UUID, str], **rest: Any) -> None:
        super().__init__(**rest)
        self._names = {str(person): name for person, name in interpreters.items()}
        self.form.choices = labelled_choices(TableForm)
        self.heads.choices = labelled_choices(HeadPlaces)
        self.observers.choices = labelled_choices(ObserverPlaces)
        named = [(str(one.id), f"{one.name} ({one.party_code})") for one in people]
        self.left_out.choices = named
        if not self.is_submitted():
            for person in interpreters:
                self.interpreters.append_entry({"interpreter": str(person)})
        places = [*labelled_choices(InterpreterPlace), SelectChoice(_NOT_THERE, _l("not in the room"))]
        for entry in self.interpreters:
            entry.form.where.choices = places
            entry.form.beside.choices = [("", _l("nobody in particular")), *named]

    def name_of(self, entry: Any) -> str:
        """Return the interpreter's name of an entry; "" if the submitted id is not an interpreter of the meeting."""
        return self._names.get(entry.form.interpreter.data, "")

    def options(self) -> SeatingOptions:
        """Return the typed values.

        :raises Refusal: an interpreter does not work in a booth, and the person next to them is missing.
        """
        return SeatingOptions(
            form=TableForm(self.form.data),
            places=self.places.data,
            heads=HeadPlaces(self.heads.data),
            observers=ObserverPlaces(self.observers.data),
            left_out=frozenset(UUID(one) for one in self.left_out.data or ()),
            interpreting=tuple(self._interpreting()),
        )

    def _interpreting(self) -> Iterable[Interpreting]:
        for entry in self.interpreters:
            name, where = self.name_of(entry), entry.form.where.data
            if not name or where == _NOT_THERE:
                continue
            place, beside = InterpreterPlace(where), entry.form.beside.data
            in_booth = place is InterpreterPlace.BOOTH
            if not beside and not in_booth:
                raise Refusal(
                    N_("Say with whom %(name)s sits, or let them work in a booth."), field="places", name=name
                )
            person = UUID(entry.form.interpreter.data)
            yield Interpreting(interpreter=person, where=place, beside=None if in_booth else UUID(beside))


class ExchangeForm(Form):
    one = SelectField(_l("This place"), coerce=int)
    other = SelectField(_l("With this place"), coerce=int)
    version = VersionField()

    def __init__(self, places: list[tuple[int, str]], **rest: Any) -> None:
        super().__init__(**rest)
        self.one.choices = self.other.choices = places


class ApartForm(Form):
    one = SelectField(_l("Keep apart"), coerce=UUID)
    other = SelectField(_l("From"), coerce=UUID)

    def __init__(self, parties: Names, persons: Names, **rest: Any) -> None:
        super().__init__(**rest)
        groups = {_l("Parties"): parties, _l("Persons"): persons}
        self.one.choices = self.other.choices = {
            str(title): [(str(one), name) for one, name in found.items()] for title, found in groups.items() if found
        }
