"""Forms for venues and rooms."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Regexp

from dialogues.core.common.fields import CodeField, Form, LineField, NumberField, TitleField, VersionField
from dialogues.meetings.venues.rules import RoomFacts, VenueFacts


class VenueForm(Form):
    name = TitleField(_l("Name"), 200)
    city = TitleField(_l("City"), 120)
    country = CodeField(
        _l("Country code"), 2, validators=[Regexp("^[A-Za-z]{2}$", message=_l("Write two letters, as MN or CH."))]
    )
    subdivision = CodeField(_l("Region code"), 10, required=False)
    zone = LineField(_l("Time zone"), 64)
    address = LineField(_l("Address"), 400, required=False)
    version = VersionField()

    def facts(self) -> VenueFacts:
        return VenueFacts(
            name=self.name.data,
            city=self.city.data,
            country=self.country.data.upper(),
            subdivision=self.subdivision.data or "",
            zone=self.zone.data,
            address=self.address.data or "",
        )


class RoomForm(Form):
    name = TitleField(_l("Name"), 120)
    capacity = NumberField(_l("People"), [InputRequired(_l("Please fill this in."))])
    booths = NumberField(_l("Interpreters' booths"), [InputRequired(_l("Please fill this in."))], default=0)

    def facts(self) -> RoomFacts:
        return RoomFacts(name=self.name.data, capacity=self.capacity.data, booths=self.booths.data)
