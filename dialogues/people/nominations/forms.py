"""Forms of nominations, seats and the exchange."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, Field, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from dialogues.core.common.fields import Form, LineField, NameField, VersionField
from dialogues.core.common.presentation import word
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder, PartyKind
from dialogues.people.nominations.queries.nominations import PartySeats
from dialogues.people.nominations.queries.nominee import NomineeOnForm
from dialogues.people.nominations.rules import Nominee

_MOST_SEATS = 500


def _capacities(kind: PartyKind) -> list[tuple[str, str]]:
    return [(capacity.value, word(capacity)) for capacity in kind.capacities]


class NomineeForm(Form):
    version = VersionField()
    #: Random id of this page, so that sending the form twice nominates one person.
    once = HiddenField(validators=[Optional(), Regexp(r"\A[0-9a-f]{32}\Z")])
    name = NameField(_l("Name as the person styles it"), 200)
    native = NameField(_l("Name in its own script"), 200, required=False)
    family = NameField(_l("Family name"), 120, required=False)
    given = NameField(_l("Given name"), 120, required=False)
    name_order = SelectField(_l("Order of the parts"), default=NameOrder.FAMILY_FIRST.value)
    email = LineField(_l("E-mail"), 254, required=False)
    capacity = SelectField(_l("Capacity"))
    affiliation = NameField(_l("Affiliation"), 200, required=False)

    def __init__(self, kind: PartyKind, known: NomineeOnForm | None = None, **rest: Any):
        super().__init__(obj=known, **rest)
        self.name_order.choices = [(order.value, word(order)) for order in NameOrder]
        self.capacity.choices = _capacities(kind)
        if not self.is_submitted():
            self.once.data = uuid4().hex
            self.capacity.data = kind.capacities[0].value
            if known is not None:
                self.name_order.data = known.name_order.value
                self.capacity.data = (known.requested or known.capacity).value

    def nominee(self) -> Nominee:
        return Nominee(
            name=self.name.data,
            native=self.native.data or "",
            family=self.family.data or "",
            given=self.given.data or "",
            name_order=NameOrder(self.name_order.data),
            email=self.email.data or "",
            capacity=Capacity(self.capacity.data),
            affiliation=self.affiliation.data or "",
        )


class CapacityForm(Form):
    """Capacity of a person whose other data the party may not edit."""

    version = VersionField()
    capacity = SelectField(_l("Capacity"))

    def __init__(self, known: NomineeOnForm, **rest: Any):
        super().__init__(obj=known, **rest)
        self._known = known
        self.capacity.choices = _capacities(known.party_kind)
        if not self.is_submitted():
            self.capacity.data = (known.requested or known.capacity).value

    def nominee(self) -> Nominee:
        """Returns the known nominee with the chosen capacity."""
        return Nominee(name=self._known.name, email=self._known.email, capacity=Capacity(self.capacity.data))


class ReplacementForm(NomineeForm):
    """Data of a replacement, who gets the same capacity."""

    capacity = None

    def __init__(self, version: int, **rest: Any):
        super(NomineeForm, self).__init__(data={"version": version}, **rest)
        self.name_order.choices = [(order.value, word(order)) for order in NameOrder]
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


class WithdrawalForm(Form):
    """Confirmation that a nominee is withdrawn."""

    version = VersionField()


class DecisionForm(Form):
    """Decision of a coordinator about a waiting person."""

    version = VersionField()


class MomentForm(Form):
    """Time of the exchange in local time of the meeting; empty: when all parties have submitted."""

    version = VersionField()
    moment = DateTimeLocalField(_l("Day and hour"), [Optional()])


class AddressDoubtForm(Form):
    """Decision of a coordinator about an address that another person uses."""

    way = RadioField(_l("What is to be done"), [InputRequired(_l("Please choose one of the two."))])

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        self.way.choices = [
            ("same", _l("It is the same person: the nominee is who has this address.")),
            ("other", _l("They are two people: the party is asked for another address.")),
        ]


class SeatsForm(Form):
    """Seats per party and capacity; :func:`seats_form` adds the fields."""

    version = VersionField()

    def of(self, party_id: UUID, capacity: Capacity) -> Field:
        """Returns the field of this party and capacity."""
        return self[_seats_name(party_id, capacity)]

    def seats(self, parties: Sequence[PartySeats]) -> Mapping[UUID, Mapping[str, int]]:
        """Returns the submitted numbers; an empty field means no seats."""
        return {
            party.party_id: {
                capacity.value: int(self.of(party.party_id, capacity).data)
                for capacity in party.kind.capacities
                if self.of(party.party_id, capacity).data is not None
            }
            for party in parties
        }


def seats_form(parties: Sequence[PartySeats], mark: int) -> SeatsForm:
    """Builds the form with one field per party and capacity."""
    range_check = NumberRange(0, _MOST_SEATS, _l("Write a number from 0 to 500, or nothing."))
    fields = {
        _seats_name(party.party_id, capacity): IntegerField(
            f"{party.name}, {word(capacity)}", [Optional(), range_check]
        )
        for party in parties
        for capacity in party.kind.capacities
    }
    values = {
        _seats_name(party.party_id, capacity): party.seats.get(capacity.value)
        for party in parties
        for capacity in party.kind.capacities
    }
    form: SeatsForm = type("SeatsOfMeetingForm", (SeatsForm,), fields)(data={"version": mark, **values})
    return form


def _seats_name(party_id: UUID, capacity: Capacity) -> str:
    return f"seats_{party_id.hex}_{capacity.value}"
