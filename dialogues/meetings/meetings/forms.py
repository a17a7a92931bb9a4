"""Forms for meetings: typed input to `MeetingFacts` and `PracticalFacts`."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from dialogues.core.common.fields import (
    CodeField,
    DayField,
    Form,
    LineField,
    LinesField,
    MomentField,
    NameField,
    NumberField,
    TitleField,
    VersionField,
    half_width,
    labelled_choices,
)
from dialogues.meetings.dialogues.forms import (
    CODE_PATTERN,
    FILL_IN,
    DialogueForm,
    form_value,
    party_choices,
    uuid_or_none,
)
from dialogues.meetings.dialogues.rules.facts import Days, MeetingFacts, PracticalFacts
from dialogues.meetings.dialogues.rules.kinds import (
    LANGUAGES,
    Existence,
    InviteProfile,
    Invites,
    MeetingFormat,
    MeetingStatus,
    PartyAttribution,
    Rule,
)


class OpenDialogueForm(DialogueForm):
    name = NameField(_l("Your name"), 200)


class MeetingForm(Form):
    """Fields of a new meeting; `set_choices` must run before validation because it sets the choices."""

    code = TitleField(_l("Code"), 20, filters=[half_width], validators=[CODE_PATTERN])
    title = TitleField(_l("Title"), 200, required=False)
    format = SelectField(_l("Format"), choices=labelled_choices(MeetingFormat), coerce=form_value)
    venue_id = SelectField(_l("Venue"), coerce=form_value)
    city = TitleField(_l("City"), 120, required=False)
    zone = LineField(_l("Time zone"), 64, required=False)
    arrive_on = DayField(_l("Arrival"), [Optional()])
    starts_on = DayField(_l("First day"), [InputRequired(FILL_IN)])
    ends_on = DayField(_l("Last day"), [InputRequired(FILL_IN)])
    depart_on = DayField(_l("Departure"), [Optional()])
    default_rule = SelectField(
        _l("Rule of a new session"), choices=labelled_choices(Rule), coerce=form_value, default=Rule.CHATHAM_HOUSE.value
    )
    party_attribution = SelectField(
        _l("May a released text name a party?"), choices=labelled_choices(PartyAttribution), coerce=form_value
    )
    profile = RadioField(
        _l("Calendar files"),
        choices=[
            SelectChoice(InviteProfile.DISCREET.value, _l("Discreet: a neutral word and the city, nothing else")),
            SelectChoice(
                InviteProfile.FULL.value, _l("Full: titles and rooms, on every device that shows the calendar")
            ),
        ],
        coerce=form_value,
        default=InviteProfile.DISCREET.value,
    )
    invites = RadioField(
        _l("Send calendar invites"),
        choices=[
            SelectChoice(Invites.BY_DAYS.value, _l("By its days: for each session if it lasts longer than four days")),
            SelectChoice(Invites.MEETING.value, _l("For the meeting")),
            SelectChoice(Invites.SESSIONS.value, _l("For each session")),
        ],
        coerce=form_value,
        default=Invites.BY_DAYS.value,
    )
    existence = RadioField(
        _l("Existence"),
        choices=[
            SelectChoice(Existence.NORMAL.value, _l("Not secret: offers of roles name the meeting")),
            SelectChoice(
                Existence.CONFIDENTIAL.value, _l("Confidential: nobody outside its circle is told that it takes place")
            ),
        ],
        coerce=form_value,
        default=Existence.NORMAL.value,
    )
    observers_may_read = BooleanField(_l("Observers may read the participants list and the released summaries"))
    working_languages = SelectMultipleField(
        _l("Working languages"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    rules_text = LinesField(_l("Rules that everyone accepts"), 20_000)
    registration_closes = MomentField(_l("Registration closes"), [Optional()])
    parties = SelectMultipleField(
        _l("Parties"), coerce=form_value, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    seats = NumberField(
        _l("Seats per party"), [Optional(), NumberRange(1, 500, _l("Write a number between 1 and 500."))]
    )
    version = VersionField()

    def set_choices(self, venues: Sequence[Any], parties: Sequence[Any]) -> None:
        self.venue_id.choices = [
            SelectChoice("", gettext("none yet, or online")),
            *(SelectChoice(str(venue.id), f"{venue.city}: {venue.name} ({venue.zone})") for venue in venues),
        ]
        self.parties.choices = party_choices(parties)

    def facts(self, venues: Sequence[Any], status: MeetingStatus) -> MeetingFacts:
        """Return the typed values; an empty time zone means the zone of the chosen venue."""
        venue_zone = {str(venue.id): venue.zone for venue in venues}.get(self.venue_id.data, "")
        return MeetingFacts(
            code=self.code.data,
            title=self.title.data or "",
            venue_id=uuid_or_none(self.venue_id.data),
            city=self.city.data or None,
            zone=self.zone.data or venue_zone,
            days=Days(
                starts_on=self.starts_on.data,
                ends_on=self.ends_on.data,
                arrive_on=self.arrive_on.data,
                depart_on=self.depart_on.data,
            ),
            status=status,
            format=MeetingFormat(self.format.data),
            existence=Existence(self.existence.data),
            default_rule=Rule(self.default_rule.data),
            party_attribution=PartyAttribution(self.party_attribution.data),
            profile=InviteProfile(self.profile.data),
            invites=Invites(self.invites.data),
            observers_may_read=self.observers_may_read.data,
            working_languages=self.working_languages.data or [],
            rules_text=self.rules_text.data or "",
            registration_closes=self.registration_closes.data,
            parties=frozenset(UUID(party) for party in self.parties.data or ()),
            seats=self.seats.data,
        )


class MeetingSettingsForm(MeetingForm):
    status = SelectField(
        _l("Status"), choices=labelled_choices([MeetingStatus.PROVISIONAL, MeetingStatus.CONFIRMED]), coerce=form_value
    )
    keeps_distance = BooleanField(_l("When the first day moves, move the sessions of the draft with it"), default=True)

    def set_status_choices(self, status: MeetingStatus) -> None:
        """Offer only "closed" for a closed meeting, because it cannot be reopened."""
        if status is MeetingStatus.CLOSED:
            self.status.choices = labelled_choices([MeetingStatus.CLOSED])


class CopyMeetingForm(Form):
    code = TitleField(_l("Code"), 20, filters=[half_width], validators=[CODE_PATTERN])
    title = TitleField(_l("Title"), 200, required=False)
    starts_on = DayField(_l("First day"), [InputRequired(FILL_IN)])


class PracticalForm(Form):
    way = LinesField(_l("The way"), 6000)
    hotel = LinesField(_l("Hotel"), 3000)
    night_telephone = CodeField(_l("Night telephone"), 80, required=False)
    more = LinesField(_l("More"), 6000)
    version = VersionField()

    def facts(self) -> PracticalFacts:
        return PracticalFacts(**{field.name: self[field.name].data or "" for field in fields(PracticalFacts)})
