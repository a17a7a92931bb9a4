"""Forms of nominations, seats and the exchange."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from dialogues.core.common.fields import (
    Form,
    LineField,
    MomentField,
    NameField,
    NumberField,
    VersionField,
    labelled_choices,
)
from dialogues.core.common.presentation import word
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder, PartyKind
from dialogues.people.nominations.queries.nominations import NomineeLine
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants.forms import enum_value

_MOST_SEATS = 500


class ReplacementForm(Form):
    """Data of a person who gets the capacity of another."""

    version = VersionField()
    #: Random id of this page, so that sending the form twice nominates one person.
    once = HiddenField(validators=[Optional(), Regexp(r"\A[0-9a-f]{32}\Z")])
    name = NameField(_l("Name as the person styles it"), 200)
    native = NameField(_l("Name in its own script"), 200, required=False)
    family = NameField(_l("Family name"), 120, required=False)
    given = NameField(_l("Given name"), 120, required=False)
    name_order = SelectField(
        _l("Order of the parts"), choices=labelled_choices(NameOrder), coerce=enum_value, default=NameOrder.FAMILY_FIRST
    )
    email = LineField(_l("E-mail"), 254, required=False)
    affiliation = NameField(_l("Affiliation"), 200, required=False)

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        if not self.is_submitted():
            self.once.data = uuid4().hex

    def nominee(self) -> Nominee:
        return Nominee(
            name=self.name.data,
            native=self.native.data or "",
            family=self.family.data or "",
            given=self.given.data or "",
            name_order=NameOrder(self.name_order.data),
            email=self.email.data or "",
            affiliation=self.affiliation.data or "",
        )


class CapacityForm(Form):
    """Capacity of a person whose other data the party may not edit."""

    version = VersionField()
    capacity = SelectField(_l("Capacity"), coerce=enum_value)

    def __init__(self, kind: PartyKind, known: NomineeLine | None = None, **rest: Any):
        super().__init__(obj=known, **rest)
        self.capacity.choices = labelled_choices(kind.capacities)
        if not self.is_submitted():
            self.capacity.data = ((known.requested or known.capacity) if known else kind.capacities[0]).value


class NomineeForm(CapacityForm, ReplacementForm):
    def nominee(self) -> Nominee:
        return replace(super().nominee(), capacity=Capacity(self.capacity.data))


class VersionForm(Form):
    """A button that acts on what the page showed."""

    version = VersionField()


class MomentForm(Form):
    """Time of the exchange in local time of the meeting; empty: when all parties have submitted."""

    version = VersionField()
    moment = MomentField(_l("Day and hour"), [Optional()])


class AddressDoubtForm(Form):
    """Decision of a coordinator about an address that another person uses."""

    way = RadioField(
        _l("What is to be done"),
        [InputRequired(_l("Please choose one of the two."))],
        choices=[
            SelectChoice("same", _l("It is the same person: the nominee is who has this address.")),
            SelectChoice("other", _l("They are two people: the party is asked for another address.")),
        ],
    )


class SeatsForm(Form):
    """Seats per party and capacity; :func:`seats_form` adds the fields."""

    version = VersionField()

    def of(self, party_id: UUID, capacity: Capacity) -> Field:
        return self[_seats_name(party_id, capacity)]

    def seats(self, parties: Sequence[Any]) -> Mapping[UUID, Mapping[str, int]]:
        """Returns the submitted numbers; an empty field means no seats."""
        return {
            party.party_id: {
                capacity.value: int(self.of(party.party_id, capacity).data)
                for capacity in party.kind.capacities
                if self.of(party.party_id, capacity).data is not None
            }
            for party in parties
        }


def seats_form(parties: Sequence[Any], mark: int) -> SeatsForm:
    """Builds the form with one field per party and capacity."""
    checks = [Optional(), NumberRange(0, _MOST_SEATS, _l("Write a number from 0 to 500, or nothing."))]
    fields_of_parties: dict[str, Field] = {}
    values: dict[str, int | None] = {"version": mark}
    for party in parties:
        for capacity in party.kind.capacities:
            name = _seats_name(party.party_id, capacity)
            fields_of_parties[name] = NumberField(f"{party.name}, {word(capacity)}", checks)
            values[name] = party.seats.get(capacity.value)
    form: SeatsForm = type("SeatsOfMeetingForm", (SeatsForm,), fields_of_parties)(data=values)
    return form


def _seats_name(party_id: UUID, capacity: Capacity) -> str:
    return f"seats_{party_id.hex}_{capacity.value}"
